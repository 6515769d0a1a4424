/** The month and day headings now in view. */
import { t, tn } from "../../text.ts";
import { DAY_MS, daysTitle, monthsTitle } from "../dates.ts";
import type { DaySection } from "./sections.ts";

export interface HeadingPlace {
  readonly top: number;
  readonly monthHeight: number;
}

export class Headings {
  readonly element = document.createElement("div");
  readonly #shown = new Map<number, HTMLElement[]>();
  readonly #onPick: (section: number) => void;

  constructor(onPick: (section: number) => void) {
    this.element.className = "headings";
    this.#onPick = onPick;
  }

  /** Show exactly these sections' headings. `placeOf` answers where, from the layer's top. */
  show(sections: readonly DaySection[], first: number, last: number, placeOf: (index: number) => HeadingPlace): void {
    for (const [index, made] of this.#shown) {
      if (index >= first && index <= last) continue;
      for (const each of made) each.remove();
      this.#shown.delete(index);
    }
    for (let index = first; index <= last; index += 1) {
      const section = sections[index];
      if (section === undefined || section.heading === 0) continue;
      const made = this.#shown.get(index) ?? this.#make(section, index);
      this.#shown.set(index, made);
      const { top, monthHeight } = placeOf(index);
      made.forEach((each, at) => {
        const isDay = at === made.length - 1;
        each.style.translate = `0 ${(top + (isDay && section.monthCount > 0 ? monthHeight : 0)).toFixed(2)}px`;
      });
    }
  }

  /** Forget all of them, as when the view changes. */
  clear(): void {
    this.element.replaceChildren();
    this.#shown.clear();
  }

  #make(section: DaySection, index: number): HTMLElement[] {
    const made = section.monthCount > 0 ? [monthHead(section), this.#dayHead(section, index)] : [this.#dayHead(section, index)];
    const after = [...this.#shown.keys()].filter((other) => other > index).sort((a, b) => a - b)[0];
    const next = after === undefined ? null : (this.#shown.get(after)?.[0] ?? null);
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
