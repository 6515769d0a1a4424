/** The way to {@link YourDataPage}. */
import { html, type TemplateResult } from "lit";

import { icon } from "../icons.ts";
import { t } from "../text.ts";

export function yourDataLink(): TemplateResult {
  return html`<a class="card to-exposures" href="/your-data">${icon("rights")}
    <span class="grow"><strong>${t("Your data")}</strong><span class="sub">${t("What you deleted, what you may take with you, and what you agreed to")}</span></span>${icon("next")}</a>`;
}
