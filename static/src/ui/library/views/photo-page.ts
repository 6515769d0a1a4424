/** `<pv-photo-page>`: a view of the library as a timeline, whatever its filter. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Filter } from "../../../vault/library/filter.ts";
import type { View } from "../../../vault/library/view.ts";
import { LightElement } from "../../element.ts";
import { t } from "../../text.ts";
import { placePhotos, type Place } from "../acts.ts";
import { deletePhotos, refreshBinPreference } from "../deleting.ts";
import { Timeline } from "../grid/timeline.ts";
import { timelinePicks, timelineSource } from "../../received/among-own.ts";
import { setPickPlace } from "../pickbar.ts";
import type { LibrarySession } from "../session.ts";
import { leaveAlbum, uploadInto } from "../upload/asking.ts";
import { librarySource } from "../viewer/library-source.ts";
import { openViewer } from "../viewer/open.ts";

/** What a page shows, and what it says when there is nothing to show. */
export interface PhotoList {
  readonly title: string;
  readonly place: Place;
  readonly filter: () => Filter;
  /** Photos of others stand among one's own, where they were chosen to. */
  readonly isWithOthers?: boolean;
  readonly headings: () => "days" | "none";
  /** Stands above the photos. */
  readonly intro?: (count: number) => TemplateResult | typeof nothing;
  readonly empty: () => TemplateResult;
}

@customElement("pv-photo-page")
export class PhotoPage extends LightElement {
  @property({ attribute: false }) list: PhotoList | null = null;
  @property({ attribute: false }) session: LibrarySession | null = null;
  @state() private count = -1;
  private isRunning = false;
  private timeline: Timeline | null = null;
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    const { session, list } = this;
    if (session === null || list === null || this.isRunning) return;
    this.isRunning = true;
    setPickPlace(list.isWithOthers === true ? { ...list.place, received: timelinePicks(session, list.place) } : list.place);
    refreshBinPreference();
    uploadInto(list.place.albumId);
    const stops = [session.access.library.subscribe(({ kind }) => {
      if (kind !== "status" || this.count <= 0) this.refresh();
    })];
    if (list.isWithOthers === true) stops.push(session.others.photos.subscribe(() => { this.refresh(); }));
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
    this.isRunning = false;
    leaveAlbum(this.list?.place.albumId);
    this.stop();
    this.timeline?.end();
    this.timeline?.element.remove();
    this.timeline = null;
    this.session?.selection.clear();
  }

  /** Take a new view: what matches may have changed, or what is asked for. */
  refresh(): void {
    const { session, list } = this;
    if (session === null || list === null) return;
    const view = this.view(session, list);
    this.count = view.count;
    if (view.count > 0) this.grid(session, list).show(view);
    this.requestUpdate();
    void this.updateComplete.then(() => { this.attach(view.count > 0); });
    session.selection.keepOnly((id) => view.indexOf(id) >= 0);
  }

  private view({ access, others }: LibrarySession, list: PhotoList): View {
    const own = access.library.view(list.filter());
    return list.isWithOthers === true ? others.viewWith(own) : own;
  }

  /** Put the focus on a photo, as when the viewer closes over it. */
  lookAt(id: string): void {
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
      media: list.isWithOthers === true ? session.others.mediaWith(session.access.media) : session.access.media,
      selection: session.selection,
      label: list.title,
      headings: list.headings,
      whose: (id) => (list.isWithOthers === true ? session.others.whose(id) : null),
      onOpen: (id) => { this.open(id); },
      onMove: () => {
        const { albumId } = list.place;
        if (albumId === undefined || list.filter().order !== "custom") return null;
        return (ids, anchor, isAfter) => void placePhotos(session, albumId, ids, anchor, isAfter);
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
    const { session, list } = this;
    if (session === null || list === null || session.access.library.isPending(id)) return;
    const source = list.isWithOthers === true ? timelineSource : librarySource;
    openViewer(source(session, list.place, () => this.view(session, list)), id, {
      onClose: (last) => { this.lookAt(last); },
    });
  }
}
