/** Whether the public page says what its owner signed: told on their own page of it. */
import { html, nothing, type TemplateResult } from "lit";

import type { OwnProfile } from "../../vault/publishing/profile-words.ts";
import { icon } from "../icons.ts";
import { t } from "../text.ts";

/** `putBack` says again what was signed last. */
export function wordsNote({ standing, said }: OwnProfile, putBack: () => void): TemplateResult | typeof nothing {
  if (standing === "signed") return nothing;
  if (standing === "unsigned") {
    return html`<p class="note" role="status">${icon("info")}<span>${t("What your page says is not signed yet. Save it once, and visitors can check that the words are yours.")}</span></p>`;
  }
  return html`<div class="note danger" role="alert">${icon("warning")}<div>${said === null ? unknown() : altered(putBack)}</div></div>`;
}

function altered(putBack: () => void): TemplateResult {
  return html`<strong>${t("Your page says something else than you signed.")}</strong>
    <p>${t("The service, or somebody in it, changed a word, a heading, their order or your cover. Visitors whose browser checks signatures are told so.")}</p>
    <p class="acts"><button class="btn" type="button" @click=${putBack}>${t("Put my words back")}</button></p>`;
}

function unknown(): TemplateResult {
  return html`<strong>${t("What your page says is not what you signed last.")}</strong>
    <p>${t("It is older, or you did not sign it. Look at every word and heading of it, and at its cover. Saving it signs what stands there then.")}</p>`;
}
