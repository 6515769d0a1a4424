/** `<pv-duplicates-page>`: photos that are probably the same, for the person to judge. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Item, View } from "../../../vault/library/view.ts";
import { LightElement } from "../../element.ts";
import { bytesText } from "../../format.ts";
import { t, tn } from "../../text.ts";
import { wholeMoment } from "../dates.ts";
import { deletePhotos } from "../deleting.ts";
import { findTwins, type TwinSet } from "../duplicates.ts";
import { spokenName } from "../grid/tile.ts";
import type { LibrarySession } from "../session.ts";
import { openViewer } from "../viewer/open.ts";
import { picture } from "./cover.ts";

const SETS_AT_ONCE = 20;

function* itemsOf(view: View): Generator<Item> {
  for (let index = 0; index < view.count; index += 1) yield view.itemAt(index);
}

@customElement("pv-duplicates-page")
export class DuplicatesPage extends LightElement {
  @property({ attribute: false }) session: LibrarySession | null = null;
  @state() private sets: readonly TwinSet[] | null = null;
  @state() private shown = SETS_AT_ONCE;
  /** What the person decided, by photo. */
  @state() private decided: ReadonlyMap<string, boolean> = new Map();
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stop = this.session?.access.library.subscribe(({ kind }) => { if (kind !== "albums") this.search(); }) ?? this.stop;
    this.search();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  protected override render(): TemplateResult {
    return html`<div class="page">
      <header class="page-head"><div><h1>${t("Duplicates")}</h1>
        <p>${t("Compared on this device by how they look, their shape and the second they were taken. They may still differ, so look before you delete.")}</p></div></header>
      ${this.sets === null || this.sets.length === 0 ? this.none() : this.list(this.sets)}
    </div>`;
  }

  private none(): TemplateResult {
    const isLoading = this.session?.access.library.status === "loading" || this.sets === null;
    if (isLoading) return html`<div class="empty" role="status"><p>${t("Comparing your photos on this device.")}</p></div>`;
    return html`<div class="empty"><p>${t("No two of your photos look the same.")}</p><a class="btn" href="/photos">${t("Go to your photos")}</a></div>`;
  }

  private list(sets: readonly TwinSet[]): TemplateResult {
    return html`<div class="twins">
      ${repeat(sets.slice(0, this.shown), ({ items }) => items[0]?.id, (set) => this.set(set))}
      ${sets.length > this.shown ? html`<button class="btn" type="button" @click=${() => { this.shown += SETS_AT_ONCE; }}>${t("Show more of {n}", { n: sets.length })}</button>` : nothing}
    </div>`;
  }

  private set(set: TwinSet): TemplateResult {
    const doomed = set.items.filter((item) => this.isDoomed(set, item)).map(({ id }) => id);
    const words = set.sign === "looks" ? t("They look the same") : t("Taken in the same second");
    const sub = set.sign === "looks" ? t("Same small picture and shape.") : t("Same camera, same second, same shape: a burst, or copies.");
    const isAll = doomed.length === set.items.length;
    return html`<section class="twin-set" aria-label=${words}>
      <header><div><h2>${words}</h2><p>${sub}</p></div>
        <button class="btn danger" type="button" ?disabled=${doomed.length === 0} @click=${() => { deletePhotos(doomed); }}>
          ${doomed.length === 0 ? t("Nothing picked") : isAll ? tn("Delete the only one", "Delete all {n}", doomed.length) : tn("Delete {n} photo", "Delete {n} photos", doomed.length)}</button></header>
      <div class="twin-row">${set.items.map((item, index) => this.twin(set, item, index))}</div>
    </section>`;
  }

  private twin(set: TwinSet, item: Item, index: number): TemplateResult {
    const { session } = this;
    if (session === null) return html``;
    return html`<div class="twin">
      <button class="look" type="button" aria-label=${t("Look at {name}", { name: spokenName(item) })} @click=${() => { this.look(set, item, session); }}><img alt="" hidden ${picture(session.access.media, item.id)} /></button>
      <label><input type="checkbox" .checked=${this.isDoomed(set, item)} @change=${() => { this.decide(item.id, !this.isDoomed(set, item)); }} />
        <strong>${item.name || t("Photo")}</strong>
        <span class="sub num">${item.width} × ${item.height} · ${bytesText(item.bytes)}</span>
        <span class="sub">${item.isTimeKnown ? wholeMoment(item.time) : t("Date not known")}${index === 0 ? html` · ${t("the largest")}` : nothing}</span></label>
    </div>`;
  }

  /** Smaller copies that look the same are proposed; of one moment nothing is. */
  private isDoomed(set: TwinSet, item: Item): boolean {
    return this.decided.get(item.id) ?? (set.sign === "looks" && item !== set.items[0]);
  }

  private decide(id: string, isDoomed: boolean): void {
    this.decided = new Map(this.decided).set(id, isDoomed);
  }

  private look(set: TwinSet, item: Item, session: LibrarySession): void {
    const { library } = session.access;
    const ids = new Set(set.items.map(({ id }) => id));
    const origin = document.activeElement;
    void openViewer(({ librarySource }) => librarySource(session, { kind: "photos" }, () => only(library.view({ place: "kept" }), ids)), item.id, {
      onClose: () => { if (origin instanceof HTMLElement) origin.focus(); },
    });
  }

  private search(): void {
    const { session } = this;
    if (session === null) return;
    const { library } = session.access;
    this.sets = findTwins(itemsOf(library.view({ place: "kept" })));
  }
}

/** The part of a view that holds these photos. */
function only(view: View, ids: ReadonlySet<string>): View {
  const places = [...ids].map((id) => view.indexOf(id)).filter((index) => index >= 0).sort((a, b) => a - b);
  const at = (index: number): number => places[index] ?? -1;
  return {
    count: places.length,
    times: Float64Array.from(places, (index) => view.times[index] ?? 0),
    ratios: Float32Array.from(places, (index) => view.ratios[index] ?? 1),
    idAt: (index) => view.idAt(at(index)),
    itemAt: (index) => view.itemAt(at(index)),
    indexOf: (id) => places.indexOf(view.indexOf(id)),
    isLike: () => false,
  };
}
