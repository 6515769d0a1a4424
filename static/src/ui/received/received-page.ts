/** `<pv-received>`: an album that somebody shares with this account. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";

import { Problem } from "../../api/problem.ts";
import type { Media } from "../../vault/library/media.ts";
import { readPeople } from "../../vault/people/people.ts";
import type { Circle, KnownContact } from "../../vault/sharing/groups.ts";
import { hasAlbumMoved, mayAdd, readReceivedAlbum, type ReceivedAlbum } from "../../vault/sharing/received.ts";
import { leaveAlbum, showInTimeline } from "../../vault/sharing/received-changes.ts";
import { ReceivedPhotos } from "../../vault/sharing/received-photos.ts";
import { currentVault } from "../../vault/unlock.ts";
import { icon, ring } from "../icons.ts";
import { Timeline } from "../library/grid/timeline.ts";
import { isAbort, sentenceOf } from "../library/outcome.ts";
import { setPickPlace } from "../library/pickbar.ts";
import type { LibrarySession } from "../library/session.ts";
import { openViewer, viewerIsOpen } from "../library/viewer/open.ts";
import { whileSeen } from "../people/while-seen.ts";
import { Section } from "../settings/section.ts";
import { confirmDialog, toast } from "../shell/notices.ts";
import { go } from "../shell/router.ts";
import { t, tn } from "../text.ts";
import { receivedActs, type ReceivedPlace } from "./acts.ts";
import { AddOwnSheet } from "./add-own-sheet.ts";
import { TalkSheet } from "./album-talk.ts";
import { PeopleSheet } from "./people-sheet.ts";
import { receivedSource } from "./source.ts";
import { warningNotes } from "./warning-notes.ts";
import { changedKeysWords, gapWords, mayWords, ownerName } from "./words.ts";

/** An album that somebody changes all the time is shown as it was, and read again at the next look. */
const ATTEMPTS = 3;

@customElement("pv-received")
export class ReceivedPage extends Section {
  @property({ attribute: false }) albumId = "";
  @property({ attribute: false }) session: LibrarySession | null = null;
  /** The photo in the address, shown over the album once it is there. */
  @property({ attribute: false }) photoId: string | null = null;
  @state() private album: ReceivedAlbum | null = null;
  @state() private absence: { readonly error: unknown; readonly isGone: boolean } | null = null;
  @state() private count = 0;
  private contacts: readonly KnownContact[] = [];
  private photos = new ReceivedPhotos();
  private media: Media | null = null;
  private timeline: Timeline | null = null;
  private isRunning = false;
  private isLooking = false;
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.isRunning) return;
    this.isRunning = true;
    this.media = this.session?.access.mediaOf(this.photos) ?? null;
    this.photos.subscribe(() => { this.refresh(); });
    this.stop = whileSeen(() => void this.lookAgain());
    setPickPlace({ kind: "received" }, () => ({ actsFor: (ids) => receivedActs(this.place, ids), bytesOf: (ids) => ids.reduce((sum, id) => sum + (this.photos.byId(id)?.bytes ?? 0), 0) }));
    void this.attempt(() => this.load());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // The router may put the same view in again at once; then nothing ends.
    queueMicrotask(() => {
      if (!this.isConnected) this.end();
    });
  }

  protected override updated(): void {
    this.attach();
  }

  protected override render(): TemplateResult {
    const { album, absence } = this;
    return html`<div class="received">
      ${absence !== null ? this.absent(absence) : album === null ? html`<header class="list-head">${this.wayBack()}<h1 class="sr">${t("Shared album")}</h1></header>` : this.head(album)}
      ${this.trouble()}
      ${album === null ? this.opening() : html`<div class="grid-host"></div>${this.nothingHere(album)}`}
    </div>`;
  }

  /** The album, for what is done on it. */
  private get place(): ReceivedPlace {
    const { session } = this;
    if (session === null) throw new TypeError("The vault is locked.");
    return {
      session,
      photos: this.photos,
      address: `/shared/${this.albumId}`,
      read: () => readReceivedAlbum(this.albumId, this.circle),
      album: () => this.opened,
      circle: () => this.circle,
      reload: () => this.lookAgain(true),
    };
  }

  private get opened(): ReceivedAlbum {
    if (this.album === null) throw new TypeError("The album is not open.");
    return this.album;
  }

  private get circle(): Circle {
    const vault = currentVault();
    if (vault === null) throw new TypeError("The vault is locked.");
    return { vault, contacts: this.contacts };
  }

  private async load(): Promise<void> {
    try {
      this.contacts = (await readPeople(this.circle.vault)).contacts;
      for (let attempt = 1; ; attempt += 1) {
        this.album = await readReceivedAlbum(this.albumId, this.circle);
        this.absence = null;
        if ((await this.photos.load(this.album)) || attempt >= ATTEMPTS) return;
      }
    } catch (error) {
      if (isAbort(error)) return;
      if (error instanceof Problem && error.status !== 404) throw error;
      this.forget({ error, isGone: error instanceof Problem });
    }
  }

  /** Quietly: what did not answer now is asked again soon. */
  private async lookAgain(isWanted = false): Promise<void> {
    const { album } = this;
    if (this.isBusy || this.isLooking || album === null) return;
    this.isLooking = true;
    try {
      if (isWanted || (await hasAlbumMoved(album))) await this.load();
    } catch (error) {
      if (error instanceof Problem && error.status === 404) this.forget({ error, isGone: true });
    } finally {
      this.isLooking = false;
    }
  }

  /** It ended, or cannot be believed: nothing of it stays on this page. */
  private forget(absence: { readonly error: unknown; readonly isGone: boolean }): void {
    this.letGo();
    this.album = null;
    this.absence = absence;
    this.photos = new ReceivedPhotos();
    this.photos.subscribe(() => { this.refresh(); });
    this.media = this.session?.access.mediaOf(this.photos) ?? null;
  }

  private end(): void {
    this.isRunning = false;
    this.stop();
    this.letGo();
    this.album = null;
  }

  private letGo(): void {
    this.photos.close();
    this.timeline?.end();
    this.timeline?.element.remove();
    this.timeline = null;
    this.media?.clear();
    this.session?.selection.clear();
  }

  private refresh(): void {
    const { session, album } = this;
    if (session === null || album === null || !this.isRunning) return;
    const view = this.photos.view();
    this.count = view.count;
    if (view.count > 0) this.grid(session, album).show(view);
    session.selection.keepOnly((id) => view.indexOf(id) >= 0);
    this.requestUpdate();
    if (this.photoId !== null && this.photos.byId(this.photoId) !== null) this.showAddressed(this.photoId);
  }

  private grid(session: LibrarySession, album: ReceivedAlbum): Timeline {
    const { media } = this;
    if (media === null) throw new TypeError("The vault is locked.");
    this.timeline ??= new Timeline({
      media,
      selection: session.selection,
      label: album.settings.name,
      headings: () => (album.settings.order === "captured" && this.isDated() ? "days" : "none"),
      onOpen: (id) => { this.open(id); },
      onDelete: () => undefined,
    });
    this.attach();
    return this.timeline;
  }

  private isDated(): boolean {
    const view = this.photos.view();
    return Array.from({ length: view.count }, (_, at) => view.itemAt(at)).every(({ isTimeKnown }) => isTimeKnown);
  }

  private attach(): void {
    const [host, element] = [this.find(".grid-host"), this.timeline?.element];
    if (host === null || element === undefined) return;
    element.hidden = this.count === 0;
    if (element.parentNode !== host) host.append(element);
  }

  private open(id: string, isAtAddress = false): void {
    if (this.media === null || viewerIsOpen()) return;
    const source = receivedSource(this.place, this.media);
    void openViewer(() => source, id, { isAtAddress, onClose: (last) => { this.timeline?.focusOn(last); } });
  }

  private showAddressed(id: string): void {
    this.photoId = null;
    this.open(id, true);
  }

  /** The switch stands as it was put while the server is asked. */
  private noteChoice(isInTimeline: boolean): void {
    const { album } = this;
    if (album !== null) this.album = { ...album, wire: { ...album.wire, isInTimeline } };
  }

  private readonly choose = (event: Event): void => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement)) return;
    const isShown = field.checked;
    void this.attempt(async () => {
      this.noteChoice(isShown);
      await showInTimeline(this.albumId, isShown).catch((error: unknown) => {
        this.noteChoice(!isShown);
        throw error;
      });
      toast(isShown ? t("Its photos stand among yours now.") : t("Its photos left your timeline. The album stays here."));
      void this.session?.others.lookAgain();
    });
  };

  private wayBack(): TemplateResult {
    return html`<a class="btn ghost accent album-back" href="/albums">${icon("back")}${t("All albums")}</a>`;
  }

  private head(album: ReceivedAlbum): TemplateResult {
    const { name, description } = album.settings;
    return html`<header class="list-head">${this.wayBack()}
      <div class="line">
        <div><h1>${name}</h1>
          ${description === "" ? nothing : html`<p class="about">${description}</p>`}
          <p class="shared-by">${ring("people", "small")}<span>${t("{name} shares this with you", { name: ownerName(album) })} · <span class="num">${tn("{n} photo", "{n} photos", album.wire.itemCount)}</span></span></p>
          <p>${mayWords({ role: album.role, canDownload: album.wire.canDownload })}.</p></div>
        <div class="acts">
          <button class="btn" type="button" aria-label=${t("Conversation")} @click=${() => void new TalkSheet(album.id).open()}>${icon("comment")}<span class="wide-only">${t("Conversation")}</span></button>
          <button class="btn" type="button" aria-label=${t("People and what happened")} @click=${() => void new PeopleSheet(Promise.resolve(album)).open()}>${icon("people")}<span class="wide-only">${t("People and what happened")}</span></button>
          ${mayAdd(album) ? html`<button class="btn main" type="button" @click=${() => void this.add()}>${icon("add")}${t("Add photos")}</button>` : nothing}
          ${album.through === null ? html`<button class="btn ghost danger" type="button" @click=${() => void this.leave(album)}>${t("Leave")}</button>` : nothing}
        </div>
      </div>
      <div class="switch-line"><label for="in-timeline">${t("Show in my timeline")}<span class="sub">${t("Its photos stand among yours by their date, marked with whose they are.")}</span></label>
        <input class="switch" id="in-timeline" type="checkbox" role="switch" .checked=${live(album.wire.isInTimeline)} ?disabled=${this.isBusy} @change=${this.choose} /></div>
      ${this.warnings(album)}
    </header>`;
  }

  private warnings(album: ReceivedAlbum): TemplateResult {
    const { completeness } = this.photos;
    return warningNotes(changedKeysWords(album), completeness === null ? [] : gapWords(completeness));
  }

  private opening(): TemplateResult | typeof nothing {
    if (this.absence !== null || this.problem !== "") return nothing;
    return html`<div class="empty" role="status"><p>${t("Opening the album on this device.")}</p></div>`;
  }

  private nothingHere(album: ReceivedAlbum): TemplateResult | typeof nothing {
    if (this.count > 0 || this.photos.completeness === null) return nothing;
    return html`<div class="empty"><p>${mayAdd(album)
      ? t("Nothing in this album yet. Whoever is in it sees what you add.")
      : t("Nothing in this album yet. What {name} adds appears here by itself.", { name: ownerName(album) })}</p></div>`;
  }

  private absent({ error, isGone }: { readonly error: unknown; readonly isGone: boolean }): TemplateResult {
    if (isGone) {
      return html`<div class="empty"><h1>${t("This album is not shared with you any more")}</h1>
        <p>${t("Its owner ended it, or you left it. Copies you kept stay with you; nothing else of it is left on this page.")}</p>
        <a class="btn main" href="/albums">${t("Back to your albums")}</a></div>`;
    }
    return html`<header class="list-head">${this.wayBack()}<h1>${t("An album that cannot be believed")}</h1>
      <div class="note danger" role="alert">${icon("warning")}<div class="grow"><strong>${sentenceOf(error)}</strong>
        <p>${t("What the service shows of this album does not agree with what its people signed, so it stays closed on this device. Nothing of yours was changed. Ask whoever shares it by another way.")}</p>
        <p class="acts"><button class="btn" type="button" @click=${() => void this.attempt(() => this.load())}>${t("Look again")}</button></p></div></div></header>`;
  }

  private async add(): Promise<void> {
    const { session } = this;
    if (session === null) return;
    const count = await new AddOwnSheet(session, this.circle.vault, this.opened, (id) => this.photos.byId(id) !== null).ask();
    if (count > 0) toast(tn("{n} photo is in the album now. It stays yours.", "{n} photos are in the album now. They stay yours.", count));
    // What photos tell may have been chosen anew without any coming in.
    await this.lookAgain(count > 0);
  }

  private async leave(album: ReceivedAlbum): Promise<void> {
    const goesOn = await confirmDialog({
      title: t("Leave “{name}”?", { name: album.settings.name }),
      sentences: [
        t("You stop seeing it at once. Photos you put in go with you, and what was said about them."),
        t("Copies you kept stay. To come back, {name} has to share it with you again.", { name: ownerName(album) }),
      ],
      confirm: t("Leave"),
      danger: true,
    });
    if (!goesOn) return;
    await this.attempt(async () => {
      await leaveAlbum(this.circle.vault, album.id);
      this.letGo();
      toast(t("You left the album."));
      go("/albums");
    });
  }
}
