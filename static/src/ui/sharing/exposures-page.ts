/** `<pv-exposures>`: everything this account shares, in one list, and the way out of each and of all. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { endEverything, endExposure, glanceAtExposures, readOverview, signEnds, stopAlbum, wakeLink, type ExposedAlbum, type Exposure, type Overview } from "../../vault/sharing/exposures.ts";
import type { OwnAlbum } from "../../vault/sharing/own-albums.ts";
import { dayText } from "../format.ts";
import { icon, ring } from "../icons.ts";
import { initials } from "../people/initials.ts";
import { publishingKeeper } from "../publishing/keeper.ts";
import { WithdrawSheet } from "../publishing/withdraw-sheet.ts";
import { GlancingSection } from "../people/seen-section.ts";
import { confirmDialog, toast } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { everyoneCard } from "./everyone-card.ts";
import { albumName, exposureName, exposureTitle, revealWords, useWords } from "./exposure-words.ts";

@customElement("pv-exposures")
export class ExposuresPage extends GlancingSection {
  @state() private overview: Overview | null = null;

  protected override render(): TemplateResult {
    const { overview } = this;
    const count = overview === null ? 0 : waysOf(overview).length;
    return html`<div class="page exposures">
      <a class="btn ghost accent album-back" href="/people">${icon("back")}${t("All people")}</a>
      <header class="page-head">
        <div><h1 tabindex="-1">${t("Everything I share")}</h1>${overview === null ? nothing : html`<p class="quiet">${countWords(overview)}</p>`}</div>
        ${count === 0 ? nothing : html`<div class="acts"><button class="btn danger" type="button" ?disabled=${this.isBusy} @click=${() => void this.endAll(count)}>${t("End everything")}</button></div>`}
      </header>
      ${this.trouble()}
      ${overview === null ? nothing : html`<div class="stack">
        ${overview.unsettled.length === 0 ? nothing : this.unsettled(overview.unsettled)}
        ${count === 0 ? this.nothingShared() : html`${overview.albums.map((album) => this.album(album))}
          ${overview.everyone.length === 0 ? nothing : everyoneCard(overview.everyone, this.isBusy, () => void this.takeBack())}
          ${overview.collectLinks.length === 0 ? nothing : this.collecting(overview.collectLinks)}
          <p class="small quiet read">${t("Whoever could open something may have kept a copy. Ending it here takes back what comes after, not what they saved.")}</p>`}
      </div>`}
    </div>`;
  }

  protected override async glance(): Promise<string> {
    return await glanceAtExposures();
  }

  protected override async read(): Promise<void> {
    const { vault } = this;
    this.overview = await readOverview(vault);
    // What the service ended by itself is signed by whichever page of the owner's is open next.
    void signEnds(vault, this.overview);
  }

  private nothingShared(): TemplateResult {
    return html`<div class="empty">${ring("only-you", "big")}
      <p>${t("Only you can open what is in your vault. Whatever you share with people, with groups or by a link is listed here.")}</p>
      <a class="btn" href="/albums">${t("Your albums")}</a>
    </div>`;
  }

  /** Ending is at once; a new key is another step, and the page does not say that it was taken before it was. */
  private unsettled(albums: readonly OwnAlbum[]): TemplateResult {
    return html`<section class="note" aria-label=${t("Keys to be replaced")}>${icon("key")}<div class="grow">
      <strong>${tn("The key of {n} album is still to be replaced", "The keys of {n} albums are still to be replaced", albums.length)}</strong>
      <p>${t("Somebody whose access ended still has the old key on their device. We give them nothing any more that it opens. Until the key is replaced, what is added to the album is locked with it too.")}</p>
      <ul class="due">${albums.map((album) => html`<li><a class="text-link" href="/albums/${album.id}">${albumName(album)}</a> <span class="quiet">${t("since {day}", { day: dayText(album.rotationDueAt ?? "") })}</span></li>`)}</ul>
    </div></section>`;
  }

  private album(album: ExposedAlbum): TemplateResult {
    const name = albumName(album);
    return html`<section class="card" aria-label=${name}>
      <header><div class="grow"><h2><a href="/albums/${album.id}">${name}</a></h2><p class="num">${tn("{n} photo", "{n} photos", album.itemCount)}</p></div>
        <button class="btn ghost danger" type="button" aria-label=${t("Stop sharing {name}", { name })} ?disabled=${this.isBusy} @click=${() => void this.stopSharing(album)}>${t("Stop sharing")}</button></header>
      <ul class="rows">${album.exposures.map((exposure) => this.row(exposure, name))}</ul>
    </section>`;
  }

  private async takeBack(): Promise<void> {
    const keeper = publishingKeeper();
    await this.attempt(() => keeper.look());
    if (this.problem !== "" || !(await new WithdrawSheet(keeper.publications, true).ask())) return;
    await this.attempt(async () => {
      await Promise.all([keeper.look(), this.load()]);
      this.find<HTMLElement>("h1")?.focus({ preventScroll: true });
    });
  }

  private collecting(links: readonly Exposure[]): TemplateResult {
    return html`<section class="card" aria-label=${t("Links that bring photos to you")}>
      <header><h2>${t("Links that bring photos to you")}</h2></header>
      <ul class="rows">${links.map((exposure) => this.row(exposure, ""))}</ul>
    </section>`;
  }

  private row(exposure: Exposure, album: string): TemplateResult {
    const name = exposureName(exposure);
    const label = album === "" ? t("End {name}", { name }) : t("End {name} in {album}", { name, album });
    return html`<li>${drawing(exposure)}
      <div class="grow"><strong>${exposureTitle(exposure)}</strong>
        ${exposure.isAsleep ? html`<span class="sub"><span class="asleep">${t("Asleep: a hundred wrong passwords. It opens for nobody.")}</span></span>` : nothing}
        <span class="sub">${revealWords(exposure)}</span><span class="sub num">${useWords(exposure)}</span></div>
      <div class="acts">${exposure.isAsleep ? html`<button class="btn" type="button" aria-label=${t("Wake {name}", { name })} ?disabled=${this.isBusy} @click=${() => void this.act(() => wakeLink(exposure), t("Awake: it can be opened again."))}>${t("Wake")}</button>` : nothing}
      <button class="btn" type="button" aria-label=${label} ?disabled=${this.isBusy} @click=${() => void this.end(exposure, album)}>${t("End")}</button></div></li>`;
  }

  private async end(exposure: Exposure, album: string): Promise<void> {
    const name = exposureName(exposure);
    const goesOn = await confirmDialog({
      title: exposure.kind === "link" ? t("End this link?") : t("End it for {name}?", { name }),
      sentences: endWords(exposure, album),
      confirm: t("End it"),
      danger: true,
    });
    if (goesOn) await this.act(() => endExposure(this.vault, exposure), t("Ended, from this moment on."));
  }

  private async stopSharing(album: ExposedAlbum): Promise<void> {
    const name = albumName(album);
    const goesOn = await confirmDialog({
      title: t("Stop sharing {name}?", { name }),
      sentences: [
        tn("{n} way in ends at once. Photos that others added go back to them.", "{n} ways in end at once. Photos that others added go back to them.", album.exposures.length),
        t("The album stays yours, with your photos in it. What others saved stays with them."),
      ],
      confirm: t("Stop sharing"),
      danger: true,
    });
    if (goesOn) await this.act(() => stopAlbum(this.vault, album.id), t("{name} is shared with nobody any more.", { name }));
  }

  private async endAll(count: number): Promise<void> {
    const goesOn = await confirmDialog({
      title: t("End everything you share?"),
      sentences: [
        tn("{n} way in ends in the same moment, and nobody but you can open anything of yours through us.", "{n} ways in end in the same moment, and nobody but you can open anything of yours through us.", count),
        t("Photos that others added go back to them; photos that guests brought stay with you. What people saved stays with them. None of this can be taken back, only shared anew."),
      ],
      confirm: t("End everything"),
      danger: true,
    });
    if (goesOn) await this.act(endEverything, t("Nothing of yours is shared any more."));
  }

  private async act(run: () => Promise<void>, done: string): Promise<void> {
    let isDone = false;
    await this.attempt(async () => {
      try {
        await run();
        isDone = true;
      } finally {
        await this.load();
      }
    });
    // Whoever turned back at the password did nothing.
    if (!isDone) return;
    toast(done);
    // The button that was pressed is gone.
    this.find<HTMLElement>("h1")?.focus({ preventScroll: true });
  }
}

const waysOf = ({ albums, collectLinks, everyone }: Overview): readonly Exposure[] => [...albums.flatMap(({ exposures }) => exposures), ...everyone, ...collectLinks];

function countWords({ albums, collectLinks, everyone }: Overview): string {
  const ways = albums.reduce((sum, { exposures }) => sum + exposures.length, 0);
  const words: string[] = [];
  if (ways > 0) words.push(t("{ways} to {albums}", { ways: tn("{n} way in", "{n} ways in", ways), albums: tn("{n} album", "{n} albums", albums.length) }));
  if (everyone.length > 0) words.push(tn("{n} photo to everyone", "{n} photos to everyone", everyone.length));
  if (collectLinks.length > 0) words.push(tn("{n} link that brings photos to you", "{n} links that bring photos to you", collectLinks.length));
  return words.length === 0 ? t("Nothing at the moment") : words.join(" · ");
}

function drawing({ kind, name }: Exposure): TemplateResult {
  if (kind === "account") return html`<span class="avatar" aria-hidden="true">${initials(name ?? "")}</span>`;
  if (kind === "group") return html`<span class="avatar group" aria-hidden="true">${ring("people", "small")}</span>`;
  return html`<span class="avatar" aria-hidden="true">${ring("link", "small")}</span>`;
}

function endWords({ kind, role }: Exposure, album: string): string[] {
  if (kind === "collect-link") return [t("Nobody can bring photos through it any more. What came through it stays with you.")];
  const words = kind === "link"
    ? [t("Whoever has it cannot open {album} with it any more, and a visit that is under way ends.", { album })]
    : [t("They cannot open {album} any more, from this moment on.", { album })];
  if (role !== "viewer") words.push(t("Photos they added go back to them."));
  return [...words, t("They keep what they already saved.")];
}
