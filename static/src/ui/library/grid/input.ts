/** Mouse, touch and keys on the grid: opening, picking and moving about. */
import { neighbourInColumn } from "../layout.ts";
import type { Timeline, TimelineOptions } from "./timeline.ts";

/** The corner of a tile that picks it, in pixels. */
const CORNER = 40;
const LONG_PRESS_MS = 420;
const STILL_PX = 10;

export class GridInput {
  readonly #timeline: Timeline;
  readonly #box: HTMLElement;
  readonly #options: TimelineOptions;
  #press: { readonly timer: number; readonly x: number; readonly y: number } | null = null;
  #wasLong = false;

  constructor(timeline: Timeline, box: HTMLElement, options: TimelineOptions) {
    this.#timeline = timeline;
    this.#box = box;
    this.#options = options;
  }

  listen(signal: AbortSignal): void {
    const box = this.#box;
    box.addEventListener("click", (event) => { this.#click(event); }, { signal });
    box.addEventListener("keydown", (event) => { this.#key(event); }, { signal });
    box.addEventListener("focusin", (event) => { this.#remember(event); }, { signal });
    box.addEventListener("pointerdown", (event) => { this.#startPress(event); }, { signal });
    for (const name of ["pointerup", "pointercancel", "pointerleave"] as const) {
      box.addEventListener(name, () => { this.#endPress(); }, { signal });
    }
    box.addEventListener("pointermove", (event) => { this.#drift(event); }, { signal });
    box.addEventListener("contextmenu", (event) => {
      if (this.#wasLong) event.preventDefault();
    }, { signal });
  }

  #idAt(event: Event): string | null {
    const tile = event.target instanceof Element ? event.target.closest('[role="option"]') : null;
    return this.#timeline.idOf(tile);
  }

  #remember(event: Event): void {
    const id = this.#idAt(event);
    if (id !== null) this.#timeline.rememberFocus(id);
  }

  #click(event: MouseEvent): void {
    const id = this.#idAt(event);
    if (this.#wasLong || id === null) {
      this.#wasLong = false;
      return;
    }
    const { selection } = this.#options;
    if (event.shiftKey) this.#extendTo(id);
    else if (event.ctrlKey || event.metaKey || selection.size > 0 || this.#isOnTick(event)) selection.toggle(id);
    else this.#options.onOpen(id);
  }

  #isOnTick(event: MouseEvent): boolean {
    const tile = event.target instanceof Element ? event.target.closest('[role="option"]') : null;
    const isTouch = event instanceof PointerEvent && event.pointerType === "touch";
    if (tile === null || isTouch) return false;
    const { left, top } = tile.getBoundingClientRect();
    return event.clientX - left < CORNER && event.clientY - top < CORNER;
  }

  #extendTo(id: string): void {
    const { selection } = this.#options;
    const view = this.#timeline.view;
    if (view === null) return;
    const from = selection.anchor === null ? -1 : view.indexOf(selection.anchor);
    const to = view.indexOf(id);
    if (from < 0 || to < 0) {
      selection.toggle(id);
      return;
    }
    const [low, high] = from < to ? [from, to] : [to, from];
    selection.add(Array.from({ length: high - low + 1 }, (_, at) => view.idAt(low + at)));
  }

  #startPress(event: PointerEvent): void {
    this.#wasLong = false;
    const id = this.#idAt(event);
    if (event.pointerType !== "touch" || id === null) return;
    const timer = window.setTimeout(() => {
      this.#wasLong = true;
      this.#options.selection.toggle(id);
    }, LONG_PRESS_MS);
    this.#press = { timer, x: event.clientX, y: event.clientY };
  }

  #drift(event: PointerEvent): void {
    if (this.#press === null) return;
    if (Math.hypot(event.clientX - this.#press.x, event.clientY - this.#press.y) > STILL_PX) this.#endPress();
  }

  #endPress(): void {
    if (this.#press !== null) clearTimeout(this.#press.timer);
    this.#press = null;
  }

  #key(event: KeyboardEvent): void {
    const id = this.#idAt(event);
    const view = this.#timeline.view;
    if (id === null || view === null) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
      event.preventDefault();
      this.#options.selection.add(Array.from({ length: view.count }, (_, index) => view.idAt(index)));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.#act(event.key, id)) {
      event.preventDefault();
      return;
    }
    this.#move(event, view.indexOf(id));
  }

  #act(key: string, id: string): boolean {
    const { selection } = this.#options;
    if (key === "Enter") this.#options.onOpen(id);
    else if (key === " ") selection.toggle(id);
    else if (key === "Delete" && selection.size > 0) this.#options.onDelete();
    else return false;
    return true;
  }

  #move(event: KeyboardEvent, index: number): void {
    const view = this.#timeline.view;
    const to = this.#target(event.key, index);
    if (view === null || to === null) return;
    event.preventDefault();
    const id = view.idAt(Math.max(0, Math.min(view.count - 1, to)));
    if (event.shiftKey) {
      if (this.#options.selection.anchor === null) this.#options.selection.toggle(view.idAt(index));
      this.#extendTo(id);
    }
    this.#timeline.focusOn(id);
  }

  #target(key: string, index: number): number | null {
    const layout = this.#timeline.layout;
    if (layout === null) return null;
    if (key === "ArrowRight") return index + 1;
    if (key === "ArrowLeft") return index - 1;
    if (key === "ArrowDown") return neighbourInColumn(layout, index, 1);
    if (key === "ArrowUp") return neighbourInColumn(layout, index, -1);
    if (key === "Home") return 0;
    if (key === "End") return layout.top.length - 1;
    if (key === "PageDown" || key === "PageUp") return this.#pageFrom(index, key === "PageDown" ? 1 : -1);
    return null;
  }

  #pageFrom(index: number, direction: 1 | -1): number {
    const layout = this.#timeline.layout;
    if (layout === null) return index;
    const goal = (layout.top[index] ?? 0) + direction * this.#timeline.viewportHeight * 0.8;
    let at = index;
    for (let next = neighbourInColumn(layout, at, direction); next !== at; next = neighbourInColumn(layout, at, direction)) {
      at = next;
      if (((layout.top[at] ?? 0) - goal) * direction >= 0) break;
    }
    return at;
  }
}
