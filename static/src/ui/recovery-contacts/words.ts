/** Twelve words that two people read to each other. */
import { html, type TemplateResult } from "lit";

import { t } from "../text.ts";

export function comparedWords(words: string): TemplateResult {
  return html`<ol class="number-words compared" translate="no" aria-label=${t("The twelve words to compare")}>${words.split(" ").map((word) => html`<li>${word}</li>`)}</ol>`;
}
