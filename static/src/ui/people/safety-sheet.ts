/** The safety number of two people: twelve words to read aloud, and a square to hold beside the other. */
import { html, nothing, type TemplateResult } from "lit";

import type { SafetyNumber } from "../../crypto/safety.ts";
import { acceptKeys, markChecked, ownFingerprint, type Person } from "../../vault/people/people.ts";
import { safetyInWorker } from "../../vault/people/safety.ts";
import type { Vault } from "../../vault/unlock.ts";
import { qrCode } from "../account/qr.ts";
import { Sheet } from "../library/dialogs/sheet.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";

export class SafetySheet extends Sheet {
  protected readonly title: string;
  readonly #vault: Vault;
  readonly #person: Person;
  #number: SafetyNumber | null = null;

  constructor(vault: Vault, person: Person) {
    super();
    this.#vault = vault;
    this.#person = person;
    this.title = t("Safety number with {email}", { email: person.email });
  }

  /** Answers whether anything was decided. */
  async ask(): Promise<boolean> {
    void this.#compute();
    return (await this.open()) !== "";
  }

  protected body(): TemplateResult {
    const { trust, email } = this.#person;
    return html`<p>${t("Meet or call {email}, and open this on both sides. If the words are the same, nobody stands between you.", { email })}</p>
      ${this.#number === null ? this.#waiting() : this.#shown(this.#number)}
      ${trust === "changed" ? html`<p class="quiet">${t("The keys changed since you first knew each other. If the words differ, do not go on: tell them by another way.")}</p>` : nothing}
      ${trust === "checked" ? html`<p class="quiet">${t("You compared it before. The keys are still the same.")}</p>` : nothing}`;
  }

  protected footer(): TemplateResult {
    const { trust } = this.#person;
    const isOff = this.isBusy || this.#number === null;
    return html`<button class="btn ghost" type="button" @click=${() => { this.close(""); }}>${t("Not now")}</button>
      ${trust === "changed" ? html`<button class="btn" type="button" ?disabled=${isOff} @click=${() => void this.#decide(false)}>${t("Go on without comparing")}</button>` : nothing}
      ${trust === "checked" ? nothing : html`<button class="btn main" type="button" ?disabled=${isOff} aria-busy=${this.isBusy} @click=${() => void this.#decide(true)}>${t("The words are the same")}</button>`}`;
  }

  #waiting(): TemplateResult {
    return html`<p class="quiet" role="status">${t("Working the number out on this device.")}</p>`;
  }

  #shown({ words, hex }: SafetyNumber): TemplateResult {
    return html`<div class="scan safety">
      ${qrCode(hex, t("The safety number as a square code"))}
      <ol class="number-words" translate="no">${words.split(" ").map((word) => html`<li>${word}</li>`)}</ol>
    </div>`;
  }

  async #compute(): Promise<void> {
    try {
      this.#number = await safetyInWorker(await ownFingerprint(this.#vault), this.#person.fingerprint);
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    if (this.dialog.open) this.update();
  }

  async #decide(wasCompared: boolean): Promise<void> {
    this.isBusy = true;
    this.update();
    try {
      if (this.#person.trust === "changed") await acceptKeys(this.#vault, this.#person);
      if (wasCompared) await markChecked(this.#vault, this.#person);
      this.close("decided");
    } catch (error) {
      this.isBusy = false;
      this.problem = sentenceOf(error);
      this.update();
    }
  }
}
