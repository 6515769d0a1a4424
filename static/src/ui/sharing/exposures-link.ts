/** The ways to {@link ExposuresPage} and {@link ProfilePage}, wherever somebody may look for them. */
import { html, type TemplateResult } from "lit";

import { icon, ring } from "../icons.ts";
import { t } from "../text.ts";

export function exposuresLink(): TemplateResult {
  return html`<a class="card to-exposures" href="/sharing">${ring("people")}
    <span class="grow"><strong>${t("Everything I share")}</strong><span class="sub">${t("Who can open what of yours, and the way to end it")}</span></span>${icon("next")}</a>`;
}

export function publicPageLink(): TemplateResult {
  return html`<a class="card to-exposures" href="/profile">${ring("public")}
    <span class="grow"><strong>${t("Your public page")}</strong><span class="sub">${t("Photos you show to everyone, and the way to take them back")}</span></span>${icon("next")}</a>`;
}
