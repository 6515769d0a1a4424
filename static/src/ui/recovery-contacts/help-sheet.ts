/** Helping somebody back into their vault: the words on both screens are compared first. */
import { html, nothing, type TemplateResult } from "lit";

import type { RecoveryRequest } from "../../crypto/recovery-contacts.ts";
import { recoveryWordsInWorker } from "../../vault/people/safety.ts";
import { answerRequest, requestOf, type Held } from "../../vault/recovery-contacts/holding.ts";
import type { Vault } from "../../vault/unlock.ts";
import { Sheet } from "../library/dialogs/sheet.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";
import { comparedWords } from "./words.ts";

export class HelpSheet extends Sheet {
  protected readonly title: string;
  readonly #vault: Vault;
  readonly #held: Held;
  /** What the words on this screen are made of, and so whom the answer is for. */
  #compared: RecoveryRequest | null = null;
  #words = "";
  #hasCompared = false;

  constructor(vault: Vault, held: Held) {
    super();
    this.#vault = vault;
    this.#held = held;
    this.title = t("Help {email}", { email: held.owner.email });
  }

  /** Answers whether the share was handed on. */
  async ask(): Promise<boolean> {
    void this.#compute();
    return (await this.open()) !== "";
  }

  protected body(): TemplateResult {
    const { email } = this.#held.owner;
    return html`<p>${t("Call {email}, or meet them, and be sure by voice or face that it is them. Do not do this by mail or message. Have them read out the twelve words on their screen:", { email })}</p>
      ${this.#words === "" ? html`<p class="quiet" role="status">${this.problem === "" ? t("Working the words out on this device.") : nothing}</p>` : html`${comparedWords(this.#words)}
      <label class="agree"><input type="checkbox" .checked=${this.#hasCompared} @change=${this.#tick} /><span>${t("I heard or saw {email} myself, and all twelve words are the same.", { email })}</span></label>
      <p class="quiet small">${t("If one word differs, close this and tell them: somebody else may be asking.")}</p>`}`;
  }

  protected footer(): TemplateResult {
    return html`<button class="btn ghost" type="button" @click=${() => { this.close(""); }}>${t("Not now")}</button>
      <button class="btn main" type="button" ?disabled=${!this.#hasCompared || this.isBusy} aria-busy=${this.isBusy} @click=${() => void this.#answer()}>${t("Give my share")}</button>`;
  }

  readonly #tick = (event: Event): void => {
    this.#hasCompared = (event.target as HTMLInputElement).checked;
    this.update();
  };

  async #compute(): Promise<void> {
    try {
      this.#compared = requestOf(this.#held);
      this.#words = (await recoveryWordsInWorker(this.#compared)).words;
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    if (this.dialog.open) this.update();
  }

  async #answer(): Promise<void> {
    if (this.#compared === null) return;
    this.isBusy = true;
    this.problem = "";
    this.update();
    try {
      await answerRequest(this.#vault, this.#held, this.#compared);
      this.close("answered");
    } catch (error) {
      this.isBusy = false;
      this.problem = sentenceOf(error);
      this.update();
    }
  }
}
