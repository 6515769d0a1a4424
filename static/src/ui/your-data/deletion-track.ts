/** The way of a deletion in three steps: servers, backups, receipt. */
import { html, type TemplateResult } from "lit";

import { t } from "../text.ts";
import type { Step } from "./deletion-words.ts";

const LOOKS = { done: t("done"), now: t("under way"), "": t("to come") } as const;

export function deletionTrack(steps: readonly Step[]): TemplateResult {
  return html`<ol class="track">${steps.map(({ title, words, look }) => html`<li class=${look}><strong>${title}<span class="sr">, ${LOOKS[look]}</span></strong><span class="num">${words}</span></li>`)}</ol>`;
}
