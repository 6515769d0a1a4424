/** Fields of the public page, in its own form and where the first photo is shown. */
import { html, type TemplateResult } from "lit";

import type { SaidProfile } from "../../crypto/public-words.ts";
import { t } from "../text.ts";

/** As the address of a page allows it. */
const NAME = "[a-z0-9]+(-[a-z0-9]+)*";
export const MOST_LICENCE = 200;

/** @translated */
const LICENCES: readonly string[] = ["All rights reserved", "CC BY 4.0", "CC BY-SA 4.0", "CC BY-NC 4.0", "CC BY-NC-ND 4.0", "CC0 1.0"];

/** The page's address and the name on it. */
export function nameFields(profile: SaidProfile | null): TemplateResult {
  return html`<div class="duo">
    <div class="field"><label for="public-name">${t("Address of your page")}</label>
      <div class="affixed"><span class="mono" aria-hidden="true">/u/</span><input class="input" id="public-name" name="name" required minlength="3" maxlength="30" pattern=${NAME} autocomplete="off" autocapitalize="off" spellcheck="false" aria-describedby="public-name-hint" .value=${profile?.name ?? ""} /></div>
      <span class="hint" id="public-name-hint">${t("3 to 30 small letters, digits and hyphens")}</span></div>
    <div class="field"><label for="shown-name">${t("Name shown on it")}</label>
      <input class="input" id="shown-name" name="shown-name" required maxlength="80" autocomplete="name" .value=${profile?.shownName ?? ""} /></div>
  </div>`;
}

/** A licence line: one of those that everybody knows, or one's own words. */
export function licenceField(id: string, licence: string): TemplateResult {
  return html`<div class="field"><label for=${id}>${t("Licence")}</label>
    <input class="input" id=${id} name="licence" required maxlength=${MOST_LICENCE} list="${id}-known" autocomplete="off" .value=${licence} />
    <datalist id="${id}-known">${LICENCES.map((known) => html`<option value=${t(known)}></option>`)}</datalist></div>`;
}

/** What stands in a field, without blanks around it. */
export function written(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value.trim() : "";
}

/** The first field that is not filled in as it has to be, in focus; null when all are. */
export function firstWrong(form: HTMLFormElement): HTMLInputElement | null {
  const field = [...form.elements].find((each) => each instanceof HTMLInputElement && !each.checkValidity());
  if (!(field instanceof HTMLInputElement)) return null;
  field.focus();
  return field;
}
