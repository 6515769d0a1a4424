/** Dragging photos to another place, where the order is the person's own. The selection's buttons do the same. */
import type { Timeline, TimelineOptions } from "./timeline.ts";

interface Goal {
  readonly id: string;
  readonly isAfter: boolean;
}

/** Whether the order of what is shown is the person's own just now. */
export const canMove = ({ onMove }: TimelineOptions): boolean => (onMove?.() ?? null) !== null;

export class Dragging {
  readonly #timeline: Timeline;
  readonly #box: HTMLElement;
  readonly #options: TimelineOptions;
  readonly #mark = document.createElement("div");
  #ids: readonly string[] = [];
  #goal: Goal | null = null;

  constructor(timeline: Timeline, box: HTMLElement, options: TimelineOptions) {
    this.#timeline = timeline;
    this.#box = box;
    this.#options = options;
    this.#mark.className = "drop-mark";
    this.#mark.ariaHidden = "true";
  }

  listen(signal: AbortSignal): void {
    const box = this.#box;
    box.addEventListener("dragstart", (event) => { this.#start(event); }, { signal });
    box.addEventListener("dragover", (event) => { this.#over(event); }, { signal });
    box.addEventListener("drop", (event) => { this.#drop(event); }, { signal });
    box.addEventListener("dragend", () => { this.#end(); }, { signal });
  }

  #tileAt({ target }: Event): HTMLElement | null {
    return target instanceof Element ? target.closest<HTMLElement>('[role="option"]') : null;
  }

  /** A picked photo brings all that are picked along. */
  #start(event: DragEvent): void {
    const id = this.#timeline.idOf(this.#tileAt(event));
    if (id === null || event.dataTransfer === null || !canMove(this.#options)) return;
    const { selection } = this.#options;
    this.#ids = selection.has(id) ? selection.ids : [id];
    event.dataTransfer.effectAllowed = "move";
  }

  #over(event: DragEvent): void {
    const tile = this.#tileAt(event);
    const id = this.#timeline.idOf(tile);
    if (this.#ids.length === 0 || tile === null || id === null) return;
    event.preventDefault();
    const { left, width } = tile.getBoundingClientRect();
    this.#goal = { id, isAfter: event.clientX > left + width / 2 };
    this.#mark.classList.toggle("is-after", this.#goal.isAfter);
    if (this.#mark.parentNode !== tile) tile.append(this.#mark);
  }

  #drop(event: DragEvent): void {
    const move = this.#options.onMove?.() ?? null;
    if (this.#ids.length === 0 || this.#goal === null || move === null) return;
    event.preventDefault();
    move(this.#ids, this.#goal.id, this.#goal.isAfter);
    this.#end();
  }

  #end(): void {
    this.#mark.remove();
    this.#ids = [];
    this.#goal = null;
  }
}
