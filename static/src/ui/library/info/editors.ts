/** The small forms that put one fact right, in the place where it is shown. */
import { html, nothing, type TemplateResult } from "lit";

import type { CorrectionChange, Details } from "../../../vault/library/contract.ts";
import type { CorrectionsDocument, Rotation } from "../../../vault/library/documents.ts";
import type { Item } from "../../../vault/library/view.ts";
import { icon } from "../../icons.ts";
import { t, tn } from "../../text.ts";
import { localInput, placeText, readPlaceText } from "../viewer/field-values.ts";

export type Editing = "words" | "time" | "place" | "rating" | "rotation" | "rights";

export interface EditorActs {
  readonly isBusy: boolean;
  readonly save: (change: CorrectionChange) => void;
  readonly refuse: (sentence: string) => void;
  readonly cancel: () => void;
}

type Field = (form: FormData) => string;
const value = (name: string): Field => (form) => String(form.get(name) ?? "").trim();

/** The form for one fact. */
export function editorFor(name: Editing, item: Item, details: Details, acts: EditorActs): TemplateResult {
  const editors: Readonly<Record<Editing, () => TemplateResult>> = {
    words: () => wordsEditor(item, details, acts),
    time: () => timeEditor(item, details, acts),
    place: () => placeEditor(item, details, acts),
    rating: () => ratingEditor(item, details, acts),
    rotation: () => rotationEditor(item, acts),
    rights: () => rightsEditor(details, acts),
  };
  return editors[name]();
}

interface FormParts {
  readonly fields: TemplateResult;
  readonly change: (form: FormData) => CorrectionChange | string;
  /** Members whose correction can be taken back. */
  readonly members: readonly (keyof CorrectionsDocument)[];
}

function form(details: Details, acts: EditorActs, { fields, change, members }: FormParts): TemplateResult {
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const made = change(new FormData(event.target));
    if (typeof made === "string") acts.refuse(made);
    else acts.save(made);
  };
  const escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    acts.cancel();
  };
  const corrected = members.filter((member) => details.corrections?.[member] !== undefined);
  return html`<form class="editor" @submit=${submit} @keydown=${escape}>
    ${fields}
    <div class="acts">
      <button class="btn main short" type="submit" aria-busy=${acts.isBusy}>${t("Save")}</button>
      <button class="btn ghost short" type="button" @click=${acts.cancel}>${t("Cancel")}</button>
      ${corrected.length === 0 ? nothing : html`<button class="btn ghost accent short" type="button" @click=${() => { acts.save({ takeBack: corrected }); }}>${t("Take my correction back")}</button>`}
    </div>
  </form>`;
}

function field(name: string, label: string, input: TemplateResult, hint = ""): TemplateResult {
  return html`<div class="field"><label for="edit-${name}">${label}</label>${input}${hint === "" ? nothing : html`<span class="hint">${hint}</span>`}</div>`;
}

function textField(name: string, label: string, now: string, hint = "", most = 300): TemplateResult {
  return field(name, label, html`<input class="input" id="edit-${name}" name=${name} .value=${now} maxlength=${most} autocomplete="off" />`, hint);
}

function wordsEditor(item: Item, details: Details, acts: EditorActs): TemplateResult {
  const description = details.corrections?.description ?? details.metadata?.description ?? "";
  return form(details, acts, {
    fields: html`${textField("title", t("Title"), item.title)}
      ${field("description", t("Description"), html`<textarea class="input" id="edit-description" name="description" maxlength="5000" .value=${description}></textarea>`)}
      ${textField("altText", t("What it shows"), item.altText, t("Read aloud to people who do not see it."), 1000)}`,
    change: (data) => ({ title: value("title")(data) || null, description: value("description")(data) || null, altText: value("altText")(data) || null }),
    members: ["title", "description", "altText"],
  });
}

function timeEditor(item: Item, details: Details, acts: EditorActs): TemplateResult {
  const zone = details.corrections?.zone ?? details.metadata?.capturedAt?.zone ?? "";
  return form(details, acts, {
    fields: html`${field("moment", t("Date and time, as the clock on the wall showed it"), html`<input class="input" id="edit-moment" name="moment" type="datetime-local" step="1" .value=${localInput(item.time)} />`)}
      ${textField("zone", t("Hours from UTC"), zone, t("Such as +01:00. Leave it empty when you do not know."), 6)}`,
    change: timeChange,
    members: ["capturedAt", "zone"],
  });
}

function timeChange(data: FormData): CorrectionChange | string {
  const moment = value("moment")(data);
  const zone = value("zone")(data);
  if (moment === "") return t("Choose a date and a time.");
  if (zone !== "" && !/^(Z|[+-](0\d|1[0-4]):[0-5]\d)$/.test(zone)) return t("Write the hours from UTC like +01:00 or -05:30.");
  return { capturedAt: (moment.length === 16 ? `${moment}:00` : moment).slice(0, 19), zone: zone || null };
}

function placeEditor(item: Item, details: Details, acts: EditorActs): TemplateResult {
  return form(details, acts, {
    fields: textField("place", t("Latitude and longitude"), item.place === null ? "" : placeText(item.place), t("Such as 57.0371, 9.8989. Empty means no place. No map is asked, so nobody learns it."), 60),
    change: (data) => {
      const text = value("place")(data);
      const place = readPlaceText(text);
      if (text !== "" && place === null) return t("That is no place on earth. Write latitude and longitude, such as 57.0371, 9.8989.");
      return { place };
    },
    members: ["place"],
  });
}

function ratingEditor(item: Item, details: Details, acts: EditorActs): TemplateResult {
  const keywords = details.corrections?.keywords ?? details.metadata?.keywords ?? [];
  return form(details, acts, {
    fields: html`${field("rating", t("Rating"), html`<select class="input" id="edit-rating" name="rating">
        ${[0, 1, 2, 3, 4, 5].map((stars) => html`<option value=${stars} ?selected=${stars === item.rating}>${stars === 0 ? t("No rating") : tn("{n} star", "{n} stars", stars)}</option>`)}
      </select>`)} ${textField("keywords", t("Keywords"), keywords.join(", "), t("Set apart by commas."), 2000)}`,
    change: (data) => ({
      rating: Number(value("rating")(data)) || null,
      keywords: value("keywords")(data).split(",").map((word) => word.trim()).filter(Boolean),
    }),
    members: ["rating", "keywords"],
  });
}

function rotationEditor(item: Item, acts: EditorActs): TemplateResult {
  const turn = (by: 90 | 270): void => { acts.save({ rotation: ((item.rotation + by) % 360) as Rotation }); };
  return html`<div class="editor acts" role="group" aria-label=${t("Turn the photo")}>
    <button class="btn short" type="button" @click=${() => { turn(270); }}>${icon("rotate-left", "small")}${t("Left")}</button>
    <button class="btn short" type="button" @click=${() => { turn(90); }}>${icon("rotate-right", "small")}${t("Right")}</button>
    <button class="btn ghost short" type="button" @click=${acts.cancel}>${t("Done")}</button>
  </div>`;
}

function rightsEditor(details: Details, acts: EditorActs): TemplateResult {
  const rights = details.corrections?.rights ?? details.metadata?.rights;
  return form(details, acts, {
    fields: html`${textField("creator", t("Whose work it is"), rights?.creator ?? "")} ${textField("licence", t("Rights"), rights?.licence ?? "All rights reserved")}`,
    change: (data) => ({ rights: { creator: value("creator")(data), licence: value("licence")(data) || "All rights reserved" } }),
    members: ["rights"],
  });
}
