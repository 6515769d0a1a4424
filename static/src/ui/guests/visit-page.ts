/** `<pv-visit>`: an album that was opened by link. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { KdfWire } from "../../api/types.ts";
import { download } from "../../transfer/download.ts";
import { openPictures, type OpenPictures } from "../../vault/guests/pictures.ts";
import { askLink, beginVisit, lookAgain, openVisit, type Visit } from "../../vault/guests/visit.ts";
import { readPhotos, type VisitedPhotos } from "../../vault/guests/visited-photos.ts";
import { dayText } from "../format.ts";
import { icon, ring } from "../icons.ts";
import { Timeline } from "../library/grid/timeline.ts";
import { isAbort, tellOutcome } from "../library/outcome.ts";
import { Selection } from "../library/selection.ts";
import { whileSeen } from "../people/while-seen.ts";
import { codeOf, sentenceOf } from "../sentence.ts";
import { toast } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { fact, GuestPage, type Unlocked } from "./guest-page.ts";
import { openGuestViewer } from "./guest-viewer.ts";

/** What ends a visit; anything else may pass. */
const OVER = new Set(["link_ended", "visit_ended"]);

interface Open {
  readonly visit: Visit;
  readonly photos: VisitedPhotos;
  readonly pictures: OpenPictures;
  readonly timeline: Timeline;
}

@customElement("pv-visit")
export class VisitPage extends GuestPage {
  @state() private isSaving = false;
  private open: Open | null = null;
  private closeViewer: () => void = () => undefined;
  private stopLooking: () => void = () => undefined;

  protected readonly passwordTitle = t("This album asks for a password");

  protected override async ask(id: string): Promise<KdfWire | null> {
    return await askLink(id);
  }

  protected override async enter({ address, keys }: Unlocked): Promise<void> {
    const visit = await openVisit(await beginVisit(address.id, keys), address, keys);
    const photos = await readPhotos(visit, (number) => t("Photo {n}", { n: number }));
    const pictures = openPictures(visit, photos, ({ code, sentence }) => { this.end(code, sentence); });
    const timeline = new Timeline({
      media: pictures.media,
      selection: new Selection(() => false),
      label: visit.settings.name,
      headings: () => "none",
      onOpen: (id) => { this.show(id); },
      onDelete: () => undefined,
    });
    this.open = { visit, photos, pictures, timeline };
    this.stopLooking = whileSeen(() => void this.look());
    document.title = `${visit.settings.name} · PocketVault`;
  }

  protected override leave(): void {
    this.stopLooking();
    this.closeViewer();
    this.open?.timeline.end();
    this.open?.pictures.end();
    this.open = null;
  }

  protected override updated(): void {
    if (this.phase !== "open" || this.open === null) return;
    const { timeline, photos } = this.open;
    if (timeline.view === null && timeline.element.isConnected) timeline.show(photos.view);
  }

  protected override opened(): TemplateResult {
    if (this.open === null) return html``;
    const { visit, photos, timeline } = this.open;
    const { name, description } = visit.settings;
    const count = photos.view.count;
    return html`<header class="album-door">
        <h1>${name}</h1>
        ${description === "" ? nothing : html`<p class="read">${description}</p>`}
        <p class="quiet facts-line">${ring("link", "small")}<span class="num">${tn("{n} photo", "{n} photos", count)}</span>${fact(t("open until {day}", { day: dayText(visit.expiresAt) }))}</p>
        ${visit.canDownload && count > 0 ? this.saveAll(photos) : nothing}
        ${photos.missing === 0 ? nothing : html`<p class="note">${icon("info")}<span>${tn(
          "{n} photo of this album is not here. Its owner took it back, or it is kept back.",
          "{n} photos of this album are not here. Their owner took them back, or they are kept back.", photos.missing)}</span></p>`}
      </header>
      ${count === 0 ? html`<div class="empty"><p>${t("There are no photos in this album just now.")}</p></div>` : timeline.element}`;
  }

  private saveAll({ view }: VisitedPhotos): TemplateResult {
    const ids = Array.from({ length: view.count }, (_, at) => view.idAt(at));
    return html`<p class="acts"><button class="btn" type="button" ?disabled=${this.isSaving} aria-busy=${this.isSaving} @click=${() => void this.save(ids)}>
      ${icon("download")}${tn("Download the photo", "Download all {n} photos", ids.length)}</button></p>`;
  }

  private async save(ids: readonly string[]): Promise<void> {
    if (this.open === null || this.isSaving) return;
    this.isSaving = true;
    try {
      const { photos, pictures } = this.open;
      await tellOutcome(download(ids, { library: photos, mediaPool: pictures.pool }), (n) => tn("{n} photo is saved.", "{n} photos are saved.", n));
    } catch (error) {
      if (!isAbort(error)) toast(sentenceOf(error), { seconds: 12 });
    } finally {
      this.isSaving = false;
    }
  }

  private show(id: string): void {
    if (this.open === null) return;
    const { visit, photos: { view }, pictures: { media }, timeline } = this.open;
    const save = visit.canDownload ? (shown: string) => void this.save([shown]) : null;
    this.closeViewer = openGuestViewer({ view, media, save, index: view.indexOf(id) }, (shown) => { timeline.focusOn(shown); });
  }

  /** Whoever ends a link ends what is open by it: also a page that asks for no more pictures. */
  private async look(): Promise<void> {
    if (this.open === null) return;
    try {
      await lookAgain(this.open.visit);
    } catch (error) {
      this.end(codeOf(error), sentenceOf(error));
    }
  }

  private end(code: string, sentence: string): void {
    if (this.open !== null && OVER.has(code)) this.shutBy(code, sentence);
  }
}
