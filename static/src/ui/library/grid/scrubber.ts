/** The years along the edge: a slider over the whole timeline, by pointer and by key. */
import { iconElement } from "../../icons.ts";
import { t } from "../../text.ts";
import { monthNumber, monthTitle, shortMonthTitle } from "../dates.ts";
import type { Layout } from "../layout.ts";
import type { DaySection } from "./sections.ts";

interface Stop {
  readonly time: number;
  readonly top: number;
  readonly month: number;
}

/** Pixels two years, or two ticks, need between them. */
const YEAR_ROOM = 26;
const TICK_ROOM = 9;
/** Pixels around a year that ticks leave free. */
const YEAR_MARGIN = 14;
const TICK_WIDTH = 6;
const SVG = "http://www.w3.org/2000/svg";
const LABEL_STAYS_MS = 1100;
const AT_END = 0.999;

export class Scrubber {
  readonly element = document.createElement("div");
  readonly #marks = document.createElement("ol");
  readonly #ticks = document.createElementNS(SVG, "svg");
  readonly #tickPath = document.createElementNS(SVG, "path");
  readonly #thumb = document.createElement("div");
  readonly #label = document.createElement("span");
  readonly #jump: (share: number) => void;
  #stops: readonly Stop[] = [];
  #height = 1;
  #span = 1;
  #current = 0;
  #fading = 0;
  #wasAt = -1;
  /** Pixels from its top to its bottom; 0 until the browser has said so. */
  #room = 0;
  readonly #resize = new ResizeObserver(([seen]) => {
    const room = Math.round(seen?.contentRect.height ?? 0);
    if (room === 0 || room === this.#room) return;
    this.#room = room;
    this.#drawMarks();
  });

  constructor(jump: (share: number) => void) {
    this.#jump = jump;
    this.element.className = "scrubber";
    this.element.hidden = true;
    this.#marks.ariaHidden = "true";
    this.#ticks.ariaHidden = "true";
    this.#ticks.setAttribute("preserveAspectRatio", "none");
    this.#ticks.append(this.#tickPath);
    this.#thumb.className = "thumb";
    this.#thumb.role = "slider";
    this.#thumb.tabIndex = 0;
    this.#thumb.ariaLabel = t("Move through time");
    this.#thumb.ariaOrientation = "vertical";
    this.#label.className = "label";
    this.#thumb.append(this.#label, iconElement("scrub"));
    this.element.append(this.#ticks, this.#marks, this.#thumb);
    this.element.addEventListener("pointerdown", (event) => { this.#drag(event); });
    this.#resize.observe(this.element);
    this.#thumb.addEventListener("keydown", (event) => { this.#key(event); });
  }

  /** Take over a new page. A page of less than two screens needs no scrubber. */
  show(sections: readonly DaySection[], layout: Layout, { hasDays, viewport }: { readonly hasDays: boolean; readonly viewport: number }): void {
    this.#height = layout.totalHeight;
    this.#span = Math.max(1, layout.totalHeight - viewport);
    this.element.hidden = !hasDays || layout.totalHeight < viewport * 1.6;
    if (this.element.hidden) return;
    this.#stops = sections.flatMap((section, index) =>
      section.monthCount === 0 ? [] : [{ time: section.time, top: layout.sectionTop[index] ?? 0, month: monthNumber(section.time) }],
    );
    this.#thumb.ariaValueMin = "0";
    this.#thumb.ariaValueMax = String(Math.max(0, this.#stops.length - 1));
    this.#drawMarks();
  }

  /** Follow the page: `share` is how far down it is, `offset` what is read now. */
  at(share: number, offset: number): void {
    if (this.element.hidden) return;
    const at = Math.max(0, Math.min(1, share));
    this.#thumb.style.top = `${(at * 100).toFixed(3)}%`;
    // At the very end the last stop is meant, though its photos may not reach the top.
    const read = at >= AT_END ? this.#stops.length - 1 : this.#stops.findLastIndex((stop) => stop.top <= offset + 60);
    this.#current = Math.max(0, read);
    const time = this.#stops[this.#current]?.time ?? 0;
    this.#label.textContent = shortMonthTitle(time);
    this.#thumb.ariaValueNow = String(this.#current);
    this.#thumb.ariaValueText = monthTitle(time);
    if (this.#wasAt >= 0 && this.#wasAt !== at) this.#linger();
    this.#wasAt = at;
  }

  #linger(): void {
    this.element.classList.add("is-moving");
    clearTimeout(this.#fading);
    this.#fading = window.setTimeout(() => { this.element.classList.remove("is-moving"); }, LABEL_STAYS_MS);
  }

  /** Ticks are one path and not an element each: what is drawn is cheap however many years there are. */
  #drawMarks(): void {
    const room = this.#room;
    if (room === 0) return;
    const { years, ticks } = marksOf(this.#stops, this.#height, room);
    this.#ticks.setAttribute("viewBox", `0 0 ${TICK_WIDTH} ${room}`);
    this.#tickPath.setAttribute("d", ticks.map((at) => `M0 ${at.toFixed(1)}h${TICK_WIDTH}`).join(""));
    this.#marks.replaceChildren(...years.map(({ at, year }) => yearMark(at / room, year)));
  }

  #drag(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    const { top, height } = this.element.getBoundingClientRect();
    const grip = this.#thumb.getBoundingClientRect();
    const isOnThumb = event.target instanceof Node && this.#thumb.contains(event.target);
    const shift = isOnThumb ? event.clientY - (grip.top + grip.height / 2) : 0;
    const follow = (y: number): void => { this.#jump(Math.max(0, Math.min(1, (y - shift - top) / height))); };
    if (!isOnThumb) follow(event.clientY);
    this.#thumb.focus({ preventScroll: true });
    this.element.setPointerCapture(event.pointerId);
    this.element.classList.add("is-dragging");
    const move = (moved: PointerEvent): void => { follow(moved.clientY); };
    const stop = new AbortController();
    const done = (): void => {
      this.element.classList.remove("is-dragging");
      stop.abort();
    };
    this.element.addEventListener("pointermove", move, stop);
    this.element.addEventListener("pointerup", done, stop);
    this.element.addEventListener("pointercancel", done, stop);
  }

  #key(event: KeyboardEvent): void {
    const to = this.#target(event.key);
    if (to === null) return;
    event.preventDefault();
    const stop = this.#stops[Math.max(0, Math.min(this.#stops.length - 1, to))];
    if (stop !== undefined) this.#jump(Math.min(1, stop.top / this.#span));
  }

  #target(key: string): number | null {
    if (key === "ArrowDown" || key === "ArrowRight") return this.#current + 1;
    if (key === "ArrowUp" || key === "ArrowLeft") return this.#current - 1;
    if (key === "Home") return 0;
    if (key === "End") return this.#stops.length - 1;
    if (key === "PageDown") return this.#yearAway(1);
    if (key === "PageUp") return this.#yearAway(-1);
    return null;
  }

  #yearAway(direction: 1 | -1): number {
    const here = this.#stops[this.#current]?.month ?? 0;
    const year = Math.floor(here / 12) - direction;
    const found = this.#stops.findIndex((stop) => Math.floor(stop.month / 12) <= year);
    if (found >= 0) return found;
    return direction === 1 ? this.#stops.length - 1 : 0;
  }
}

/** Where years and, between them, months are marked on so many pixels, as far as there is room. */
function marksOf(stops: readonly Stop[], height: number, room: number): { years: { at: number; year: number }[]; ticks: number[] } {
  const years: { at: number; year: number }[] = [];
  const ticks: number[] = [];
  for (const stop of stops) {
    const at = Math.min(1, stop.top / height) * room;
    const year = Math.floor(stop.month / 12);
    const last = years.at(-1);
    if (year !== last?.year && at - (last?.at ?? -Infinity) >= YEAR_ROOM) {
      while (at - (ticks.at(-1) ?? -Infinity) < YEAR_MARGIN) ticks.pop();
      years.push({ at, year });
      continue;
    }
    const isFree = at - (ticks.at(-1) ?? -Infinity) >= TICK_ROOM && at - (last?.at ?? -Infinity) >= YEAR_MARGIN;
    if (isFree) ticks.push(at);
  }
  return { years, ticks };
}

function yearMark(share: number, year: number): HTMLLIElement {
  const made = document.createElement("li");
  made.textContent = String(year);
  made.style.top = `${(share * 100).toFixed(3)}%`;
  return made;
}
