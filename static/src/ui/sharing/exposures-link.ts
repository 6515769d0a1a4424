/** The way to {@link ExposuresPage}, wherever somebody may look for it. */
import { html, type TemplateResult } from "lit";

import { icon, ring } from "../icons.ts";
import { t } from "../text.ts";

export function exposuresLink(): TemplateResult {
  return html`<a class="card to-exposures" href="/sharing">${ring("people")}
    <span class="grow"><strong>${t("Everything I share")}</strong><span class="sub">${t("Who can open what of yours, and the way to end it")}</span></span>${icon("next")}</a>`;
}
