/** What waits to be shown to everyone, as the tray tells it beside the uploads. */
import { html, nothing, type TemplateResult } from "lit";

import type { PublishTotals } from "../../../transfer/publish-queue.ts";
import { numberText } from "../../format.ts";
import { icon, ring } from "../../icons.ts";
import { presentKeeper } from "../../publishing/present.ts";
import { t, tn } from "../../text.ts";

/** What is on its way to everyone; null while nothing is. */
export function publishingNow(): PublishTotals | null {
  const totals = presentKeeper()?.totals ?? null;
  return totals !== null && (totals.isRunning || totals.failed.length > 0) ? totals : null;
}

export function publishingPart(totals: PublishTotals | null): TemplateResult | typeof nothing {
  if (totals === null) return nothing;
  const { done, total, isRunning, failed } = totals;
  return html`<section class="tray-publishing" aria-label=${t("On their way to everyone")}>
    ${isRunning ? ring("public", "small") : icon("warning", "small")}
    <p class="grow"><a href="/profile">${isRunning ? t("Going to your public page: {done} of {all}", { done: numberText(done), all: tn("{n} photo", "{n} photos", total) }) : tn("{n} photo was not handed over", "{n} photos were not handed over", failed.length)}</a></p>
    ${isRunning ? html`<button class="btn ghost short" type="button" @click=${() => { presentKeeper()?.withdrawWaiting(); }}>${t("Show none of the rest")}</button>` : html`<button class="btn ghost short" type="button" @click=${() => { presentKeeper()?.retry(); }}>${t("Try again")}</button>`}
  </section>`;
}
