/** How far photos are on their way to everyone, and what did not get there. */
import { html, nothing, type TemplateResult } from "lit";

import type { PublishEntry, PublishTotals } from "../../transfer/publish-queue.ts";
import { numberText } from "../format.ts";
import { icon } from "../icons.ts";
import { removedSummary } from "../library/removed-words.ts";
import { t, tn } from "../text.ts";

export interface ProgressActs {
  readonly retry: () => void;
  readonly dismiss: () => void;
  readonly withdraw: () => void;
}

export function publishProgress({ done, total, isRunning, removed, failed }: PublishTotals, acts: ProgressActs): TemplateResult | typeof nothing {
  if (isRunning) {
    return html`<div class="preparing" role="status"><p>${tn("{done} of {n} photo is handed over.", "{done} of {n} photos are handed over.", total, { done: numberText(done) })} <span class="quiet">${t("Each is cleaned on this device first. If this page is closed, it goes on when you next open your vault.")}</span></p>
      <progress class="meter" max=${total} value=${done} aria-label=${t("Photos handed over")}></progress>
      <p class="acts"><button class="btn ghost short" type="button" @click=${acts.withdraw}>${t("Show none of the rest")}</button></p></div>`;
  }
  const [first] = failed;
  if (first !== undefined) return failures(first, failed.length, acts);
  if (done === 0 || removed.length === 0) return nothing;
  return html`<p class="note" role="status">${icon("check")}<span>${t("Taken out before anything left this device: {what}.", { what: removedSummary(removed) })}</span></p>`;
}

function failures({ failure }: PublishEntry, count: number, { retry, dismiss }: ProgressActs): TemplateResult {
  return html`<div class="note warn" role="alert">${icon("warning")}<div class="grow">
    <p>${tn("{n} photo was not handed over. {why}", "{n} photos were not handed over. {why}", count, { why: t(failure?.sentence ?? "") })} ${t("Nothing of it is public.")}</p>
    <p class="acts"><button class="btn" type="button" @click=${retry}>${t("Try again")}</button><button class="btn ghost" type="button" @click=${dismiss}>${t("Leave it")}</button></p></div></div>`;
}
