/** `<pv-recover>`: with the 24 words to a new password, and into the vault. */
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { signInWithPhrase, type Opened } from "../../vault/recovery.ts";
import { LightElement } from "../element.ts";
import { icon } from "../icons.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";
import { looksLikeAddress } from "./address.ts";
import type { EmailField } from "./email-field.ts";
import type { PhraseField } from "./phrase-field.ts";
import "./email-field.ts";
import "./new-password.ts";
import "./phrase-field.ts";

@customElement("pv-recover")
export class Recover extends LightElement {
  @state() private opened: Opened | null = null;
  @state() private isBusy = false;
  @state() private problem = "";
  @state() private emailProblem = "";

  protected override render(): TemplateResult {
    if (this.opened === null) return this.wordsStep();
    return html`<pv-new-password .opened=${this.opened} @pv-password-set=${this.enter}></pv-new-password>`;
  }

  private wordsStep(): TemplateResult {
    return html`<h1>${t("Use your recovery key")}</h1>
      <p class="lead quiet">${t("The 24 words open your vault without the password. Then you choose a new one.")}</p>
      <form @submit=${this.open} novalidate>
        <pv-email-field .problem=${this.emailProblem}></pv-email-field>
        <pv-phrase-field class="stack close" .problem=${this.problem}></pv-phrase-field>
        <button class="btn main wide" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${this.isBusy ? t("Opening your vault") : t("Open my vault")}</button>
      </form>
      <div class="other-ways"><a class="btn ghost" href="/recover/contacts">${icon("people")}${t("Ask my recovery contacts")}</a></div>
      <p class="small quiet">${t("No recovery key, no password and no recovery contacts? Then nobody can open the vault, we included. If you are still signed in on some device, it can make a new key there.")}</p>`;
  }

  private readonly open = (event: SubmitEvent): void => {
    event.preventDefault();
    const email = this.find<EmailField>("pv-email-field")?.value ?? "";
    const phrase = this.find<PhraseField>("pv-phrase-field")?.value ?? "";
    this.emailProblem = looksLikeAddress(email) ? "" : t("Enter an address like name@example.org.");
    if (this.emailProblem !== "") void this.focusOn("#email");
    else void this.attempt(async () => {
      this.opened = await signInWithPhrase(email, phrase);
    });
  };

  private readonly enter = (): void => {
    location.assign("/photos");
  };

  private async attempt(act: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    this.problem = "";
    try {
      await act();
    } catch (error) {
      this.problem = sentenceOf(error);
      await this.focusOn("[aria-invalid='true']");
    } finally {
      this.isBusy = false;
    }
  }
}
