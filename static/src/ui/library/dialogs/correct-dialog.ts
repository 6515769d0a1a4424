/** Putting several photos right at once: only what is filled in is changed. */
import { html, nothing, type TemplateResult } from "lit";

import type { Corrected, CorrectionChange, Earlier } from "../../../vault/library/contract.ts";
import { t, tn } from "../../text.ts";
import { tellOutcome } from "../outcome.ts";
import type { LibrarySession } from "../session.ts";
import { localInput, readPlaceText } from "../viewer/field-values.ts";
import { Sheet } from "./sheet.ts";

type Time = "leave" | "set" | "shift";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const UNDO_SECONDS = 10;

const corrected = (n: number): string => tn("{n} photo was corrected.", "{n} photos were corrected.", n);
const tookBack = (n: number): string => tn("{n} photo is as it was before.", "{n} photos are as they were before.", n);

export class CorrectDialog extends Sheet {
  protected readonly title: string;
  readonly #session: LibrarySession;
  readonly #ids: readonly string[];
  #time: Time = "leave";

  constructor(session: LibrarySession, ids: readonly string[]) {
    super();
    this.#session = session;
    this.#ids = ids;
    this.title = tn("Correct {n} photo", "Correct {n} photos", ids.length);
  }

  async ask(): Promise<boolean> {
    const answer = await this.open();
    if (answer !== "save") return false;
    return await this.#apply(new FormData(this.#form()));
  }

  protected body(): TemplateResult {
    return html`<form id="correct-form" class="stack" method="dialog" @submit=${this.#submit}>
      <p class="quiet">${t("What you leave empty stays as it is. The files themselves are not touched, and every earlier value can be brought back.")}</p>
      ${this.#timeField()}
      ${field("place", t("Place"), html`<input class="input" id="place" name="place" inputmode="text" autocomplete="off" placeholder="57.0371, 9.8989" />`, t("Latitude and longitude, as a map shows them."))}
      ${field("title", t("Title"), html`<input class="input" id="title" name="title" maxlength="300" autocomplete="off" />`)}
      ${field("keywords", t("Keywords"), html`<input class="input" id="keywords" name="keywords" autocomplete="off" placeholder=${t("zoo, spring")} />`, t("Set apart by commas."))}
      ${field("rating", t("Rating"), html`<select class="input" id="rating" name="rating">
        <option value="">${t("Leave as it is")}</option>
        ${[5, 4, 3, 2, 1].map((stars) => html`<option value=${stars}>${tn("{n} star", "{n} stars", stars)}</option>`)}
        <option value="0">${t("No rating")}</option>
      </select>`)}
    </form>`;
  }

  protected footer(): TemplateResult {
    return html`<button class="btn ghost" type="button" @click=${() => { this.close(""); }}>${t("Cancel")}</button>
      <button class="btn main" type="submit" form="correct-form">${tn("Correct {n} photo", "Correct {n} photos", this.#ids.length)}</button>`;
  }

  #timeField(): TemplateResult {
    const choices: readonly (readonly [Time, string])[] = [["leave", t("No change")], ["set", t("Set")], ["shift", t("Shift")]];
    return html`<fieldset class="field">
      <legend>${t("Date and time")}</legend>
      <div class="segments">
        ${choices.map(([time, words]) => html`<button type="button" aria-pressed=${this.#time === time} @click=${() => { this.#time = time; this.update(); }}>${words}</button>`)}
      </div>
      ${this.#time === "set" ? this.#setTime() : nothing} ${this.#time === "shift" ? shiftFields() : nothing}
    </fieldset>`;
  }

  #setTime(): TemplateResult {
    const first = this.#session.access.library.byId(this.#ids[0] ?? "");
    return html`<label class="sr" for="moment">${t("Date and time for all of them")}</label>
      <input class="input" id="moment" name="moment" type="datetime-local" step="1" .value=${first === null ? "" : localInput(first.time)} />`;
  }

  #form(): HTMLFormElement {
    const form = this.dialog.querySelector("form");
    if (form === null) throw new TypeError("The dialog has no form.");
    return form;
  }

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    const place = String(new FormData(this.#form()).get("place") ?? "").trim();
    if (place !== "" && readPlaceText(place) === null) {
      this.problem = t("That is no place on earth. Write latitude and longitude, such as 57.0371, 9.8989.");
      this.update();
      return;
    }
    this.close("save");
  };

  async #apply(data: FormData): Promise<boolean> {
    const { changes } = this.#session.access;
    const earlier: Earlier[] = [];
    const told = (correcting: Promise<Corrected>): Promise<boolean> => {
      const noted = correcting.then((made) => {
        earlier.push(...made.earlier);
        return made;
      });
      const action = (): void => void tellOutcome(changes.takeBack(earlier), tookBack);
      return tellOutcome(noted, corrected, { seconds: UNDO_SECONDS, action });
    };
    const seconds = shiftSeconds(data);
    if (seconds !== 0 && !(await told(changes.shiftClock(this.#ids, seconds)))) return false;
    const change = changeOf(data);
    if (Object.keys(change).length === 0) return seconds !== 0;
    return await told(changes.correct(this.#ids, change));
  }
}

function field(id: string, label: string, input: TemplateResult, hint = ""): TemplateResult {
  return html`<div class="field"><label for=${id}>${label}</label>${input}${hint === "" ? nothing : html`<span class="hint">${hint}</span>`}</div>`;
}

function shiftFields(): TemplateResult {
  const number = (name: string, words: string): TemplateResult =>
    html`<div class="field"><label for=${name}>${words}</label><input class="input" id=${name} name=${name} type="number" min="0" max="99999" value="0" inputmode="numeric" /></div>`;
  return html`<div class="shift">
      <div class="field"><label for="direction">${t("Direction")}</label><select class="input" id="direction" name="direction">
        <option value="1">${t("Later")}</option><option value="-1">${t("Earlier")}</option></select></div>
      ${number("days", t("Days"))} ${number("hours", t("Hours"))} ${number("minutes", t("Minutes"))}
    </div>
    <span class="hint">${t("Each photo moves by the same amount, as for a camera whose clock was wrong.")}</span>`;
}

function shiftSeconds(data: FormData): number {
  const number = (name: string): number => Number(data.get(name) ?? 0) || 0;
  const sum = number("days") * DAY + number("hours") * HOUR + number("minutes") * MINUTE;
  return sum * (data.get("direction") === "-1" ? -1 : 1);
}

/** Only what was filled in. */
function changeOf(data: FormData): CorrectionChange {
  const text = (name: string): string => String(data.get(name) ?? "").trim();
  const place = readPlaceText(text("place"));
  const keywords = text("keywords").split(",").map((word) => word.trim()).filter(Boolean);
  const moment = text("moment");
  return {
    ...(moment !== "" && { capturedAt: moment.length === 16 ? `${moment}:00` : moment.slice(0, 19) }),
    ...(place !== null && { place }),
    ...(text("title") !== "" && { title: text("title") }),
    ...(keywords.length > 0 && { keywords }),
    ...(text("rating") !== "" && { rating: Number(text("rating")) }),
  };
}
