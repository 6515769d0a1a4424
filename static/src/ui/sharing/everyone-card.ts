/** What everyone can see, among all that is shared: one way in, however many photos stand there. */
import { html, type TemplateResult } from "lit";

import type { Exposure } from "../../vault/sharing/exposures.ts";
import { dayText } from "../format.ts";
import { ring } from "../icons.ts";
import { t, tn } from "../text.ts";

export function everyoneCard(everyone: readonly Exposure[], isBusy: boolean, takeBack: () => void): TemplateResult {
  const first = everyone.reduce((earliest, { since }) => (since < earliest ? since : earliest), everyone[0]?.since ?? "");
  return html`<section class="card" aria-label=${t("Your public page")}>
    <header><div class="grow"><h2><a href="/profile">${t("Your public page")}</a></h2><p class="num">${tn("{n} photo", "{n} photos", everyone.length)}</p></div></header>
    <ul class="rows"><li><span class="avatar" aria-hidden="true">${ring("public", "small")}</span>
      <div class="grow"><strong>${t("Everyone")}</strong><span class="sub">${t("Can look at copies, up to 2,048 pixels long")}</span><span class="sub num">${t("Since {day}", { day: dayText(first) })}</span></div>
      <div class="acts"><button class="btn" type="button" aria-label=${t("Take everything back from everyone")} ?disabled=${isBusy} @click=${takeBack}>${t("Take back")}</button></div></li></ul>
  </section>`;
}
