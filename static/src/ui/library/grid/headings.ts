/** The month and day headings now in view. */
import { t, tn } from "../../text.ts";
import { DAY_MS, daysTitle, monthsTitle, todayNumber } from "../dates.ts";
import type { DaySection } from "./sections.ts";

export interface HeadingPlace {
  readonly top: number;
  readonly monthHeight: number;
}

interface Shown {
  readonly section: DaySection;
  /** The day on which it was made, since one heading says "Today". */
  readonly today: number;
  readonly nodes: readonly HTMLElement[];
}

/** Whether the same words stand above both. */
const isLike = (left: DaySection, right: DaySection): boolean =>
  left.firstDay === right.firstDay && left.lastDay === right.lastDay && left.monthCount === right.monthCount &&
  left.time === right.time && left.oldest === right.oldest && left.heading === right.heading;

export class Headings {
  readonly element = document.createElement("div");
  readonly #shown = new Map<number, Shown>();
  readonly #onPick: (section: number) => void;

  constructor(onPick: (section: number) => void) {
    this.element.className = "headings";
    this.#onPick = onPick;
  }

  /**
   * Show exactly these sections' headings. `placeOf` answers where, from the layer's top. One that says what it said stays
   * the same node, whatever else changed, so that somebody whose keyboard is on it stays there.
   */
  show(sections: readonly DaySection[], first: number, last: number, placeOf: (index: number) => HeadingPlace): void {
    const today = todayNumber();
    for (const [index, made] of this.#shown) {
      const section = sections[index];
      if (index >= first && index <= last && made.today === today && section !== undefined && isLike(section, made.section)) continue;
      for (const each of made.nodes) each.remove();
      this.#shown.delete(index);
    }
    for (let index = first; index <= last; index += 1) {
      const section = sections[index];
      if (section === undefined || section.heading === 0) continue;
      const made = this.#shown.get(index) ?? { section, today, nodes: this.#make(section, index) };
      this.#shown.set(index, made);
      const { top, monthHeight } = placeOf(index);
      made.nodes.forEach((each, at) => {
        const isDay = at === made.nodes.length - 1;
        each.style.translate = `0 ${(top + (isDay && section.monthCount > 0 ? monthHeight : 0)).toFixed(2)}px`;
      });
    }
  }

  #make(section: DaySection, index: number): HTMLElement[] {
    const made = section.monthCount > 0 ? [monthHead(section), this.#dayHead(section, index)] : [this.#dayHead(section, index)];
    const after = [...this.#shown.keys()].filter((other) => other > index).sort((a, b) => a - b)[0];
    const next = after === undefined ? null : (this.#shown.get(after)?.nodes[0] ?? null);
    for (const each of made) this.element.insertBefore(each, next);
    return made;
  }

  #dayHead(section: DaySection, index: number): HTMLElement {
    const head = document.createElement("h3");
    head.className = "day";
    const day = document.createElement("time");
    day.dateTime = new Date(section.firstDay * DAY_MS).toISOString().slice(0, 10);
    day.textContent = daysTitle(section.firstDay, section.lastDay);
    const pick = document.createElement("button");
    pick.type = "button";
    pick.className = "btn ghost accent pick";
    pick.textContent = section.firstDay === section.lastDay ? t("Select day") : t("Select days");
    pick.addEventListener("click", () => { this.#onPick(index); });
    head.append(day, pick);
    return head;
  }
}

function monthHead(section: DaySection): HTMLElement {
  const head = document.createElement("div");
  head.className = "month-head";
  const title = document.createElement("h2");
  title.textContent = monthsTitle(section.oldest, section.time);
  const count = document.createElement("p");
  count.textContent = tn("{n} photo", "{n} photos", section.monthCount);
  head.append(title, count);
  return head;
}
