/** Choices that every link has: when it ends, and its address to hand on. */
import { html, nothing, type TemplateResult } from "lit";

import { icon } from "../icons.ts";
import { qrCode } from "../account/qr.ts";
import { dayText } from "../format.ts";
import { sentenceOf } from "../library/outcome.ts";
import { toast } from "../shell/notices.ts";
import { t, tn } from "../text.ts";

const DAY_MS = 86_400_000;
const DAYS = [1, 7, 30, 90, 365] as const;
export const USUAL_DAYS = 30;
/** How often a link may be opened, as a choice. */
export const VIEWS = [1, 5, 20, 100] as const;

/** A moment so many days from now, as the server reads it. */
export const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

/** "Ends", as a choice; first of them the end that stands, whose number is 0. */
export function endField(id: string, standing: string | null = null): TemplateResult {
  return html`<div class="field"><label for=${id}>${t("Ends")}</label>
    <select class="input" id=${id}>${standing === null ? nothing : html`<option value="0" selected>${t("On {day}", { day: dayText(standing) })}</option>`}${DAYS.map((days) => html`<option value=${days} ?selected=${standing === null && days === USUAL_DAYS}>${tn("In {n} day", "In {n} days", days)}</option>`)}</select></div>`;
}

/** The number that was chosen in a field; 0 for nothing. */
export function numberIn(field: Element | null): number {
  return field instanceof HTMLSelectElement || field instanceof HTMLInputElement ? Number(field.value) || 0 : 0;
}

/** An address to copy, and as a square code when asked for. */
export function addressLine(id: string, address: string, isShown: boolean, toggle: () => void): TemplateResult {
  return html`<div class="link-line">
      <label class="sr" for="address-${id}">${t("Address of the link")}</label>
      <input class="input mono" id="address-${id}" readonly .value=${address} @focus=${selectAll} />
      <button class="btn" type="button" @click=${() => void copy(address)}>${icon("copy")}${t("Copy")}</button>
      <button class="btn icon-only" type="button" aria-pressed=${isShown} aria-label=${t("Show as a QR code")} title=${t("Show as a QR code")} @click=${toggle}>${icon("qr")}</button>
    </div>
    ${isShown ? html`<div class="link-code">${qrCode(address, t("The link as a QR code"))}</div>` : nothing}`;
}

async function copy(address: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(address);
    toast(t("The link is copied. Whoever has it can open it."));
  } catch (error) {
    toast(sentenceOf(error));
  }
}

const selectAll = (event: Event): void => {
  if (event.target instanceof HTMLInputElement) event.target.select();
};
