/** `<pv-photo-page>`: a view of the library as a timeline, whatever its filter. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Filter } from "../../../vault/library/filter.ts";
import type { View } from "../../../vault/library/view.ts";
import { LightElement } from "../../element.ts";
import { t } from "../../text.ts";
import { placePhotos, type Place } from "../acts.ts";
import { deletePhotos, refreshBinPreference } from "../deleting.ts";
import { firstScreen } from "../first-screen.ts";
import { Timeline } from "../grid/timeline.ts";
import type { AmongOwn } from "../../received/among.ts";
import { followPublishing, isPublic } from "../../publishing/present.ts";
import { setPickPlace } from "../pickbar.ts";
import type { LibrarySession } from "../session.ts";
import { leaveAlbum, uploadInto } from "../upload/asking.ts";
import { openViewer, viewerIsOpen } from "../viewer/open.ts";

/** What a page shows, and what it says when there is nothing to show. */
export interface PhotoList {
  readonly title: string;
  readonly place: Place;
  readonly filter: () => Filter;
  /** Photos of others that stand among one's own. */
  readonly others?: AmongOwn;
  /** What else is followed while the page stands, with what answers how to stop. */
  readonly follow?: (changed: () => void) => () => void;
  /** Whether more of it is still to come, so that nothing can be said of how little there is. */
  readonly isOpening?: () => boolean;
  readonly headings: () => "days" | "none";
  /** Stands above the photos. */
  readonly intro?: (count: number) => TemplateResult | typeof nothing;
  readonly empty: () => TemplateResult;
}

@customElement("pv-photo-page")
export class PhotoPage extends LightElement {
  @property({ attribute: false }) list: PhotoList | null = null;
  @property({ attribute: false }) session: LibrarySession | null = null;
  /** The photo in the address, shown over the list once it is there. */
  @property({ attribute: false }) photoId: string | null = null;
  @state() private count = -1;
  private isRunning = false;
  private timeline: Timeline | null = null;
  private shown: { readonly view: View; readonly headings: string } | null = null;
  private stop: () => void = () => undefined;
  /** The page was opened at a photo, which stands over it: what is under it waits for that. */
  private isCovered = false;

  override connectedCallback(): void {
    super.connectedCallback();
    const { session, list } = this;
    if (session === null || list === null || this.isRunning) return;
    this.isRunning = true;
    const { others, place } = list;
    setPickPlace(place, others === undefined ? undefined : () => {
      const { arrived } = others;
      return arrived?.mixedPicks({ session, place, others: arrived.others });
    });
    refreshBinPreference();
    uploadInto(list.place.albumId);
    const stops = [session.access.library.subscribe(({ kind }) => {
      if (kind === "public" || (kind === "status" && this.count <= 0)) this.refresh();
      else if (kind !== "status") this.refreshIfOther();
    })];
    if (others !== undefined) stops.push(others.onPhotos(() => { this.refresh(); }));
    stops.push(followPublishing(() => { this.refresh(); }));
    if (list.follow !== undefined) stops.push(list.follow(() => { this.requestUpdate(); }));
    this.stop = () => { for (const stop of stops) stop(); };
    if (this.hasUpdated) this.refresh();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // The router may put the same view in again at once; then nothing ends.
    queueMicrotask(() => {
      if (!this.isConnected) this.end();
    });
  }

  private end(): void {
    this.isRunning = this.isCovered = false;
    leaveAlbum(this.list?.place.albumId);
    this.stop();
    this.timeline?.end();
    this.timeline?.element.remove();
    this.timeline = this.shown = null;
    this.session?.selection.clear();
  }

  /** Take a new view: what matches may have changed, or what is asked for. */
  refresh(): void {
    const { session, list } = this;
    if (session === null || list === null) return;
    const view = this.view(session, list);
    this.shown = { view, headings: list.headings() };
    this.count = view.count;
    if (this.photoId !== null && view.indexOf(this.photoId) >= 0) this.cover(this.photoId);
    // Of what went nothing stays, the last of it included.
    if (!this.isCovered && (view.count > 0 || this.timeline !== null)) this.grid(session, list).show(view);
    this.requestUpdate();
    void this.updateComplete.then(() => { this.attach(view.count > 0); });
    session.selection.keepOnly((id) => view.indexOf(id) >= 0);
  }

  /** News of what stands here already, as of albums among all photos, costs a look and no drawing. */
  private refreshIfOther(): void {
    const { session, list, shown } = this;
    if (session === null || list === null) return;
    const isAlike = shown !== null && list.place.albumId === undefined && shown.headings === list.headings() && this.view(session, list).isLike(shown.view);
    if (isAlike) this.requestUpdate();
    else this.refresh();
  }

  private view({ access }: LibrarySession, list: PhotoList): View {
    const own = access.library.view(list.filter());
    return list.others?.viewWith(own) ?? own;
  }

  /** Put the focus on a photo, as when the viewer closes over it. */
  lookAt(id: string): void {
    this.uncover();
    this.timeline?.focusOn(id);
  }

  protected override firstUpdated(): void {
    this.refresh();
  }

  protected override render(): TemplateResult {
    const { list } = this;
    if (list === null) return html``;
    return html`${list.intro?.(Math.max(0, this.count)) ?? html`<h1 class="sr">${list.title}</h1>`}
      <div class="grid-host"></div>
      ${this.count === 0 ? this.nothingHere(list) : nothing}`;
  }

  private nothingHere(list: PhotoList): TemplateResult {
    const status = this.session?.access.library.status;
    if (list.isOpening?.() === true) return html`<div class="empty" role="status"><p>${t("Opening the album on this device.")}</p></div>`;
    if (status === "loading" || (status === "syncing" && this.session?.access.library.size === 0)) {
      return html`<div class="empty" role="status"><p>${t("Opening your photos on this device.")}</p></div>`;
    }
    const failure = this.session?.access.library.failure;
    if (status === "failed" && failure) {
      return html`<div class="empty" role="alert"><p>${failure.sentence}</p>
        <button class="btn" type="button" @click=${() => void this.session?.access.library.sync()}>${t("Try again")}</button></div>`;
    }
    return list.empty();
  }

  private grid(session: LibrarySession, list: PhotoList): Timeline {
    this.timeline ??= new Timeline({
      media: list.others?.mediaWith(session.access.media) ?? session.access.media,
      selection: session.selection,
      label: list.title,
      headings: list.headings,
      isPublic,
      whose: (id) => list.others?.whose(id) ?? null,
      onOpen: (id) => { this.open(id); },
      onMove: () => {
        const { albumId } = list.place;
        if (albumId === undefined || list.filter().order !== "custom") return null;
        return (ids, anchor, isAfter) => void placePhotos(session, list.place, ids, anchor, isAfter);
      },
      onDelete: () => { deletePhotos(session.selection.ids.filter((id) => session.access.library.byId(id) !== null), list.place.kind === "bin"); },
    });
    this.attach(true);
    return this.timeline;
  }

  private attach(isWanted: boolean): void {
    const host = this.find(".grid-host");
    const { timeline } = this;
    if (timeline === null || host === null) return;
    timeline.element.hidden = !isWanted;
    if (isWanted && timeline.element.parentNode !== host) host.append(timeline.element);
  }

  private open(id: string): void {
    if (this.session?.access.library.isPending(id) === true) return;
    void this.openOver(id);
  }

  /** Draw nothing until a viewer that is being opened has its picture: it comes before those under it, which nobody sees. */
  standUnder(opening: Promise<void>): void {
    const { session } = this;
    if (session === null) return;
    this.isCovered = true;
    void opening.then(() => firstScreen(session)).then(() => { this.uncover(); });
  }

  /** Show the photo in the address. */
  private cover(id: string): void {
    this.photoId = null;
    if (viewerIsOpen()) return;
    this.standUnder(this.openOver(id, location.pathname));
  }

  private uncover(): void {
    if (!this.isCovered) return;
    this.isCovered = false;
    if (this.isRunning) this.refresh();
  }

  /** `pageAddress` is that of the page, where it was opened at this photo. */
  private async openOver(id: string, pageAddress?: string): Promise<void> {
    const { session, list } = this;
    if (session === null || list === null) throw new TypeError("The vault is locked.");
    const { place, others } = list;
    const isAtAddress = pageAddress !== undefined;
    await openViewer(({ listSource }) => {
      const source = listSource({ session, place, others }, () => this.view(session, list));
      return isAtAddress ? { ...source, pageAddress } : source;
    }, id, { isAtAddress, onClose: (last) => { this.lookAt(last); } });
  }
}
