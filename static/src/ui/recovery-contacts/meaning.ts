/** What it means to have recovery contacts, said before anything is set up. */
import { html, type TemplateResult } from "lit";

import { icon } from "../icons.ts";
import { t } from "../text.ts";

export function whatItMeans(): TemplateResult {
  return html`<div class="note warn meaning">${icon("warning")}<div class="grow">
    <strong>${t("Two of them and this service together can open your vault")}</strong>
    <p>${t("At once, and without your noticing: the notice period and the mails are only this service’s word. Choose people who would not do that, best of all three who are not close to each other.")}</p>
    <ul>
      <li>${t("One of them alone has nothing, with this service or without it.")}</li>
      <li>${t("Two of them without this service wait for the whole notice period and need your mailbox, and you are told.")}</li>
      <li>${t("This service alone has nothing.")}</li>
      <li>${t("What they were given they may keep. When you choose others or end it, this service deletes what the old shares open.")}</li>
    </ul></div></div>`;
}
