/** `<pv-prove-phrase>`: shows that the words were kept, by the file or by pasting. Checked on this device. */
import { html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { secretFromPhrase } from "../../crypto/recovery.ts";
import { equalBytes } from "../../crypto/bytes.ts";
import { LightElement } from "../element.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";
import "./phrase-field.ts";

/** Sent when the words agree. */
export const PHRASE_PROVED = "pv-phrase-proved";

@customElement("pv-prove-phrase")
export class ProvePhrase extends LightElement {
  /** The words that must come back. */
  @property({ attribute: false }) phrase = "";
  @property() button = "";
  @property({ attribute: false }) isBusy = false;
  @property({ attribute: false }) problem = "";
  @state() private hasWords = false;

  protected override render(): TemplateResult {
    return html`<form class="proof card" @submit=${this.check} novalidate>
      <div>
        <h2>${t("Show us you kept it")}</h2>
        <p class="quiet small">${t("No typing from memory. Choose the file you saved, or paste the words. They are checked on this device.")}</p>
      </div>
      <pv-phrase-field .problem=${this.problem} @input=${this.note}></pv-phrase-field>
      <button class="btn main wide" ?disabled=${!this.hasWords || this.isBusy} aria-busy=${this.isBusy}>${this.button}</button>
    </form>`;
  }

  private readonly note = (): void => {
    this.hasWords = (this.find<HTMLTextAreaElement>("textarea")?.value ?? "").trim() !== "";
    this.problem = "";
  };

  private readonly check = (event: SubmitEvent): void => {
    event.preventDefault();
    try {
      const written = secretFromPhrase(this.find<HTMLTextAreaElement>("textarea")?.value ?? "");
      if (equalBytes(written, secretFromPhrase(this.phrase))) {
        this.dispatchEvent(new CustomEvent(PHRASE_PROVED, { bubbles: true }));
        return;
      }
      this.problem = t("These are 24 good words, but not the ones shown here. Was it an older file?");
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    void this.focusOn("textarea");
  };
}
