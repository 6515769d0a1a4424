/** What a link allows, to be changed by its owner: until when, how often yet, and whether originals can be saved. */
import { html, type TemplateResult } from "lit";

import type { LinkLimits, OwnLink } from "../../vault/sharing/links.ts";
import { t, tn } from "../text.ts";
import { endField, inDays, numberIn, VIEWS } from "./link-choices.ts";

const KEPT = "kept";

export interface LimitsForm {
  readonly isBusy: boolean;
  readonly save: (event: Event) => void;
  readonly cancel: () => void;
}

/** The form in a link's row. What stands there first is what the link allows now. */
export function limitsForm({ expiresAt, viewLimit, views, canDownload }: OwnLink, { isBusy, save, cancel }: LimitsForm): TemplateResult {
  return html`<form class="link-form" @submit=${save} novalidate>
    <div class="duo">
      ${endField("limit-end", expiresAt)}
      <div class="field"><label for="limit-views">${t("Can still be opened")}</label><select class="input" id="limit-views">
        <option value=${KEPT} selected>${leftWords(views, viewLimit)}</option>
        ${viewLimit === null ? "" : html`<option value="0">${t("Any number of times")}</option>`}
        ${VIEWS.map((more) => html`<option value=${more}>${tn("Once more", "{n} more times", more)}</option>`)}</select></div>
    </div>
    <div class="switch-line"><label for="limit-download">${t("Let them download the originals")}</label><input class="switch" id="limit-download" type="checkbox" role="switch" .checked=${canDownload} /></div>
    <p class="quiet small">${t("When it ends, and whether originals can be saved, counts at once, also for whoever has it open. What they saved, they keep.")}</p>
    <div class="acts"><button class="btn ghost" type="button" @click=${cancel}>${t("Not now")}</button>
      <button class="btn" ?disabled=${isBusy} aria-busy=${isBusy}>${t("Change the link")}</button></div>
  </form>`;
}

/** What was chosen. How often it opens is counted from what was opened so far. */
export function chosenLimits(form: HTMLElement, link: OwnLink): LinkLimits {
  const [end, views, download] = ["#limit-end", "#limit-views", "#limit-download"].map((id) => form.querySelector(id));
  const days = numberIn(end ?? null);
  return {
    expiresAt: days === 0 ? link.expiresAt : inDays(days),
    viewLimit: viewLimitIn(views ?? null, link),
    canDownload: download instanceof HTMLInputElement ? download.checked : link.canDownload,
  };
}

function viewLimitIn(field: Element | null, { viewLimit, views }: OwnLink): number | null {
  if (!(field instanceof HTMLSelectElement) || field.value === KEPT) return viewLimit;
  const more = numberIn(field);
  return more === 0 ? null : views + more;
}

function leftWords(views: number, viewLimit: number | null): string {
  if (viewLimit === null) return t("Any number of times");
  const left = Math.max(0, viewLimit - views);
  return left === 0 ? t("Not any more") : tn("As it is: {n} time", "As it is: {n} times", left);
}
