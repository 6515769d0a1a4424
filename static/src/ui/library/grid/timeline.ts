/**
 * The virtual grid: lays a whole view out, and keeps nodes only for what is near the eye.
 *
 * The page itself scrolls. Tiles and headings stand in a layer that is moved under the viewport,
 * so that coordinates stay small however long the page is (see ScrollMap).
 */
import type { Pictured } from "../../../vault/library/media.ts";
import type { View } from "../../../vault/library/view.ts";
import { firstBelow, justify, sectionAt, type Layout } from "../layout.ts";
import { ScrollMap } from "../scroll-map.ts";
import type { Selection } from "../selection.ts";
import { canMove, Dragging } from "./dragging.ts";
import { GridInput } from "./input.ts";
import { Headings } from "./headings.ts";
import { daySections, plainSection, type DaySection } from "./sections.ts";
import { Scrubber } from "./scrubber.ts";
import { Tile } from "./tile.ts";

export interface TimelineOptions {
  readonly media: Pictured;
  readonly selection: Selection;
  readonly label: string;
  /** Days and months above the photos, or one list. */
  readonly headings: () => "days" | "none";
  /** Whose a photo is, where it is not one's own. */
  readonly whose?: (id: string) => string | null;
  /** Whether everyone can see a photo. */
  readonly isPublic?: (id: string) => boolean;
  readonly onOpen: (id: string) => void;
  readonly onDelete: () => void;
  /** Photos were dragged beside another one. Null while the order is not the person's own. */
  readonly onMove?: () => ((ids: readonly string[], anchor: string, isAfter: boolean) => void) | null;
}

interface Page {
  readonly view: View;
  readonly sections: readonly DaySection[];
  readonly layout: Layout;
  readonly map: ScrollMap;
  readonly monthHeight: number;
  /** What the page's own bar covers at the top of the window. */
  readonly bar: number;
}

/** Pixels beyond the edges of the viewport that are kept ready. */
const AHEAD = 120;
/** What tiles are placed from moves in steps, so that most frames of a scroll move only the layer. */
const BASE_STEP = 4096;
/** Pixels a frame beyond which pictures are not asked for until the page calms down. */
const HURRY = 400;
/** What the first tiles of a page may take of one frame. A slow device draws the others in the next, so that a tap in between is heard. */
const FIRST_TILES_MS = 8;

export class Timeline {
  readonly element = document.createElement("div");
  readonly #options: TimelineOptions;
  readonly #grid = document.createElement("div");
  readonly #layer = document.createElement("div");
  readonly #box = document.createElement("div");
  readonly #headings: Headings;
  readonly #scrubber: Scrubber;
  readonly #tiles = new Map<number, Tile>();
  readonly #spare: Tile[] = [];
  readonly #ending = new AbortController();
  readonly #resize = new ResizeObserver(() => { this.#relayout(); });
  #page: Page | null = null;
  #drawn: Page | null = null;
  /** Whether the first tiles did not all come in one frame. */
  #hasMoreToDraw = false;
  #base = 0;
  #view: View | null = null;
  #width = 0;
  #windowWidth = 0;
  /** How high the window is, asked where it may have changed and not at each frame. */
  #viewport = 0;
  #lastTop = 0;
  #frame = 0;
  #focusId = "";

  constructor(options: TimelineOptions) {
    this.#options = options;
    this.#headings = new Headings((section) => { this.#pickSection(section); });
    this.#scrubber = new Scrubber((share) => { this.#jumpTo(share); });
    this.#build();
    new GridInput(this, this.#box, options).listen(this.#ending.signal);
    new Dragging(this, this.#box, options).listen(this.#ending.signal);
    const again = { signal: this.#ending.signal, passive: true };
    addEventListener("scroll", () => { this.#soon(); }, again);
    addEventListener("resize", () => { this.#relayout(); }, again);
    this.#ending.signal.addEventListener("abort", options.selection.subscribe(() => { this.#markSelected(); }));
    this.#resize.observe(this.#grid);
  }

  get view(): View | null {
    return this.#view;
  }

  get layout(): Layout | null {
    return this.#page?.layout ?? null;
  }

  /** How many rows a page key moves by. */
  get viewportHeight(): number {
    return this.#viewport - (this.#page?.bar ?? 0);
  }

  /** Show a view. What the eye rests on stays where it is. */
  show(view: View): void {
    this.#view = view;
    this.#layOutAndDraw();
  }

  /** Where the focus goes when it comes into the grid. */
  get focusId(): string {
    return this.#focusId;
  }

  /** Bring a photo into view and put the focus on it. */
  focusOn(id: string): void {
    const index = this.#view?.indexOf(id) ?? -1;
    if (index < 0) return;
    this.#relayout();
    this.#focusId = id;
    this.#bringIntoView(index);
    this.#draw({ isAtOnce: true });
    this.#tiles.get(index)?.element.focus({ preventScroll: true });
  }

  idOf(element: Element | null): string | null {
    for (const tile of this.#tiles.values()) if (tile.element === element) return tile.id;
    return null;
  }

  /** End everything. The element may be dropped afterwards. */
  end(): void {
    this.#ending.abort();
    this.#resize.disconnect();
    cancelAnimationFrame(this.#frame);
    for (const tile of this.#tiles.values()) tile.clear();
    this.#tiles.clear();
  }

  #build(): void {
    this.element.className = "timeline";
    this.#grid.className = "placed";
    this.#layer.className = "layer";
    this.#box.role = "listbox";
    this.#box.ariaMultiSelectable = "true";
    this.#box.ariaLabel = this.#options.label;
    this.#layer.append(this.#headings.element, this.#box);
    this.#grid.append(this.#layer);
    this.element.append(this.#grid, this.#scrubber.element);
  }

  #relayout(): void {
    const width = this.#grid.clientWidth;
    // Under the viewer the page only lost its scroll bar; laying out again would lose the place.
    const isCovered = document.documentElement.classList.contains("is-viewing") && innerWidth === this.#windowWidth;
    if (width === 0 || this.#view === null || isCovered) return;
    if (width === this.#width) {
      this.#viewport = innerHeight;
      this.#soon();
      return;
    }
    this.#layOutAndDraw();
  }

  #layOutAndDraw(): void {
    const [anchor, scrolled] = [this.#anchor(), this.#scrolled()];
    this.#layOut();
    if (anchor !== null) this.#holdStill(anchor);
    // Where nothing was moved, nothing is measured again: each look after a change has the browser lay out all of it anew.
    this.#draw({ scrolled: anchor === null ? scrolled : undefined });
  }

  #layOut(): void {
    const view = this.#view;
    this.#width = this.#grid.clientWidth;
    this.#windowWidth = innerWidth;
    const viewport = (this.#viewport = innerHeight);
    if (view === null || this.#width === 0) return;
    const style = getComputedStyle(this.#grid);
    const pixels = (name: string, usual: number): number => Number.parseFloat(style.getPropertyValue(name)) || usual;
    const monthHeight = pixels("--month-height", 84);
    const heights = { month: monthHeight, day: pixels("--day-height", 44) };
    const hasDays = this.#options.headings() === "days";
    const sections = hasDays ? daySections(view.times, heights) : plainSection(view.times);
    const bar = pixels("--bar", 64);
    const layout = justify(view.ratios, sections, { width: this.#width, rowHeight: pixels("--row", 184), gap: pixels("--gap", 4) });
    const map = new ScrollMap(layout.totalHeight, viewport);
    this.#page = { view, sections, layout, map, monthHeight, bar };
    this.#grid.style.height = `${map.pageHeight}px`;
    this.#scrubber.show(sections, layout, { hasDays, viewport });
  }

  /** Pixels of the page that are scrolled past the top of the grid. */
  #scrolled(): number {
    return -this.#grid.getBoundingClientRect().top;
  }

  #clamped(page: Page, scrolled = this.#scrolled()): number {
    return Math.max(0, Math.min(scrolled, page.map.pageHeight - this.#viewport));
  }

  /** The photo at the top of what is seen, and how far below the viewport's top it stands. */
  #anchor(): { id: string; offset: number } | null {
    const page = this.#page;
    if (page === null || page.view.count === 0 || this.#scrolled() < 8) return null;
    const top = page.map.toContent(this.#clamped(page));
    const index = Math.min(page.view.count - 1, firstBelow(page.layout, top + page.bar));
    return { id: page.view.idAt(index), offset: (page.layout.top[index] ?? 0) - top };
  }

  #holdStill({ id, offset }: { id: string; offset: number }): void {
    const page = this.#page;
    const index = page?.view.indexOf(id) ?? -1;
    if (page === null || index < 0) return;
    this.#scrollToContent((page.layout.top[index] ?? 0) - offset);
  }

  #scrollToContent(offset: number): void {
    const page = this.#page;
    if (page === null) return;
    const gridTop = scrollY - this.#scrolled();
    scrollTo({ top: gridTop + page.map.toScroll(offset), behavior: "instant" });
  }

  #bringIntoView(index: number): void {
    const page = this.#page;
    if (page === null) return;
    const top = page.map.toContent(this.#clamped(page));
    const low = page.layout.top[index] ?? 0;
    const high = low + (page.layout.height[index] ?? 0);
    const { bar } = page;
    if (low < top + bar + 8) this.#scrollToContent(low - bar - 52);
    else if (high > top + innerHeight - 120) this.#scrollToContent(high - innerHeight + 160);
  }

  #jumpTo(share: number): void {
    const page = this.#page;
    if (page === null) return;
    this.#scrollToContent(share * Math.max(0, page.layout.totalHeight - innerHeight));
  }

  #soon(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  /** `scrolled` is given where it is known. */
  #draw(how: { readonly isAtOnce?: boolean; readonly scrolled?: number | undefined } = {}): void {
    const page = this.#page;
    if (page === null || !this.#grid.isConnected) return;
    // Asked before anything is moved, so that styles are settled once for each frame.
    const scrolled = this.#clamped(page, how.scrolled);
    const top = page.map.toContent(scrolled);
    const isHurried = Math.abs(top - this.#lastTop) > HURRY;
    this.#lastTop = top;
    const first = firstBelow(page.layout, top - AHEAD);
    const end = this.#endBelow(page, top + this.#viewport + AHEAD);
    const base = Math.floor((page.layout.top[first] ?? 0) / BASE_STEP) * BASE_STEP;
    const isFresh = page !== this.#drawn || base !== this.#base;
    this.#drawn = page;
    this.#base = base;
    this.#layer.style.top = `${Math.round(base + page.map.shift(scrolled))}px`;
    this.#dropOutside(first, end);
    // Tiles that stand already move at once: half of them in their old places would be seen.
    const isFirst = how.isAtOnce !== true && (this.#tiles.size === 0 || this.#hasMoreToDraw);
    const until = isFirst ? performance.now() + FIRST_TILES_MS : Infinity;
    this.#hasMoreToDraw = false;
    for (let index = first; index < end; index += 1) {
      const isThere = this.#tiles.has(index);
      if (isThere && !isFresh) continue;
      if (isThere || performance.now() < until) this.#drawTile(page, index, base, isHurried);
      else this.#hasMoreToDraw = true;
    }
    this.#keepOneStop(first);
    // What stands around them comes in a frame of its own, if theirs was long.
    this.#hasMoreToDraw ||= performance.now() >= until;
    if (this.#hasMoreToDraw) this.#soon();
    else this.#drawAround(page, { first, base, top });
  }

  #drawAround(page: Page, { first, base, top }: { readonly first: number; readonly base: number; readonly top: number }): void {
    const viewport = this.#viewport;
    const firstSection = sectionAt(page.layout, page.layout.top[first] ?? 0);
    const lastSection = sectionAt(page.layout, top + viewport + AHEAD);
    this.#headings.show(page.sections, firstSection, page.view.count === 0 ? -1 : lastSection, (index) => ({
      top: (page.layout.sectionTop[index] ?? 0) - base,
      monthHeight: page.monthHeight,
    }));
    this.#scrubber.at(page.layout.totalHeight <= viewport ? 0 : top / (page.layout.totalHeight - viewport), top + page.bar);
  }

  #endBelow(page: Page, y: number): number {
    let end = firstBelow(page.layout, y);
    const row = page.layout.top[end];
    if (row !== undefined && row > y) return end;
    while (end < page.view.count && page.layout.top[end] === row) end += 1;
    return end;
  }

  #dropOutside(first: number, end: number): void {
    for (const [index, tile] of this.#tiles) {
      if (index >= first && index < end) continue;
      // The focus must not fall into nothing while the page is scrolled past it.
      if (tile.element === document.activeElement && this.#view?.indexOf(tile.id) === index) continue;
      this.#tiles.delete(index);
      tile.clear();
      tile.element.remove();
      this.#spare.push(tile);
    }
  }

  #drawTile(page: Page, index: number, base: number, isHurried: boolean): void {
    const item = page.view.itemAt(index);
    const tile = this.#tiles.get(index) ?? this.#newTile(index);
    tile.show(item, index, page.view.count, isHurried);
    tile.whose = this.#options.whose?.(item.id) ?? null;
    tile.isPublic = this.#options.isPublic?.(item.id) ?? false;
    tile.isSelected = this.#options.selection.has(item.id);
    tile.element.draggable = canMove(this.#options);
    tile.place({
      left: page.layout.left[index] ?? 0,
      top: (page.layout.top[index] ?? 0) - base,
      width: page.layout.width[index] ?? 0,
      height: page.layout.height[index] ?? 0,
    });
  }

  #newTile(index: number): Tile {
    const tile = this.#spare.pop() ?? new Tile(this.#options.media);
    let next: Tile | null = null;
    for (const [at, other] of this.#tiles) if (at > index && (next === null || at < next.index)) next = other;
    this.#box.insertBefore(tile.element, next?.element ?? null);
    tile.index = index;
    this.#tiles.set(index, tile);
    return tile;
  }

  /** Exactly one tile is a stop of the Tab key: the last one that had the focus, else the first in view. */
  #keepOneStop(first: number): void {
    const wanted = this.#view?.indexOf(this.#focusId) ?? -1;
    const stop = this.#tiles.has(wanted) ? wanted : first;
    for (const [index, tile] of this.#tiles) tile.element.tabIndex = index === stop ? 0 : -1;
  }

  #markSelected(): void {
    const { selection } = this.#options;
    this.element.classList.toggle("is-picking", selection.size > 0);
    for (const tile of this.#tiles.values()) tile.isSelected = selection.has(tile.id);
  }

  #pickSection(index: number): void {
    const section = this.#page?.sections[index];
    const view = this.#view;
    if (section === undefined || view === null) return;
    const ids = Array.from({ length: section.end - section.start }, (_, at) => view.idAt(section.start + at));
    this.#options.selection.toggleAll(ids);
  }

  /** Remember where the focus is, as GridInput learns of it. */
  rememberFocus(id: string): void {
    this.#focusId = id;
    this.#keepOneStop(Math.min(...this.#tiles.keys()));
  }
}
