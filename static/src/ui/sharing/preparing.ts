/** How far the photos of a shared album are on their way to those it is shared with. */
import { html, nothing, type TemplateResult } from "lit";

import { numberText } from "../format.ts";
import { icon } from "../icons.ts";
import { sentenceOf } from "../library/outcome.ts";
import { t, tn } from "../text.ts";
import type { SharingProgress } from "../../vault/sharing/album-photos.ts";
import type { Standing } from "./keeper.ts";

export function preparing({ progress, failed, error }: Standing, tryAgain: () => void): TemplateResult | typeof nothing {
  if (progress !== null) {
    const { kind, done, total } = progress;
    return html`<div class="preparing" role="status"><p>${progressWords(kind, total, numberText(done))} <span class="quiet">${t("You may close this; it goes on while your vault is open.")}</span></p>
      <progress class="meter" max=${total} value=${done} aria-label=${t("Photos prepared")}></progress></div>`;
  }
  if (error !== null) {
    return html`<div class="note problem" role="alert">${icon("warning")}<div class="grow"><p>${sentenceOf(error)}</p>
      <p class="acts"><button class="btn" type="button" @click=${tryAgain}>${t("Try again")}</button></p></div></div>`;
  }
  const [first] = failed;
  if (first === undefined) return nothing;
  return html`<div class="note warn" role="status">${icon("warning")}<div class="grow">
    <p>${tn("{n} photo could not be shared. {why}", "{n} photos could not be shared. {why}", failed.length, { why: first.sentence })}</p>
    <p class="acts"><button class="btn" type="button" @click=${tryAgain}>${t("Try again")}</button></p></div></div>`;
}

function progressWords(kind: SharingProgress["kind"], total: number, done: string): string {
  if (kind === "preparing") return tn("Preparing: {done} of {n} photo is ready for them.", "Preparing: {done} of {n} photos are ready for them.", total, { done });
  if (kind === "rewrapping") return tn("New key: {done} of {n} photo is under it.", "New key: {done} of {n} photos are under it.", total, { done });
  return tn("Updating: {done} of {n} photo shows what it should.", "Updating: {done} of {n} photos show what they should.", total, { done });
}
