/** `<pv-reset>`: the account back by mail. Says before and after that this opens no vault. */
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { askForReset, confirmReset } from "../../vault/recovery.ts";
import { LightElement } from "../element.ts";
import { icon } from "../icons.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";
import { looksLikeAddress } from "./address.ts";
import { judged } from "./strength.ts";
import type { EmailField } from "./email-field.ts";
import type { PasswordField } from "./password-field.ts";
import "./email-field.ts";
import "./password-field.ts";

type Step = "ask" | "sent" | "password" | "done";

@customElement("pv-reset")
export class Reset extends LightElement {
  @state() private step: Step = "ask";
  @state() private isBusy = false;
  @state() private problem = "";
  @state() private emailProblem = "";
  private token = "";

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", this.takeToken);
    this.takeToken();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.takeToken);
  }

  protected override render(): TemplateResult {
    switch (this.step) {
      case "ask":
        return this.askStep();
      case "sent":
        return this.sentStep();
      case "password":
        return this.passwordStep();
      case "done":
        return this.doneStep();
    }
  }

  private warning(): TemplateResult {
    return html`<p class="note warn">${icon("info")}<span>${t("This resets your account, not your vault. To see your photos you still need your recovery key, a passkey, or the password you had before.")}</span></p>`;
  }

  private askStep(): TemplateResult {
    return html`<h1>${t("Reset by e-mail")}</h1>
      <p class="lead quiet">${t("We send you a link to choose a new password.")}</p>
      <form @submit=${this.ask} novalidate>
        ${this.warning()}
        <pv-email-field .problem=${this.emailProblem || this.problem}></pv-email-field>
        <button class="btn main wide" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${t("Send the link")}</button>
      </form>
      <div class="other-ways"><a class="btn ghost" href="/recover">${icon("recovery")}${t("I have my recovery key")}</a></div>`;
  }

  private sentStep(): TemplateResult {
    return html`<h1 tabindex="-1">${t("Look in your mail")}</h1>
      <p class="lead quiet">${t("If there is an account with that address, a link is on its way. It works once, for one hour.")}</p>`;
  }

  private passwordStep(): TemplateResult {
    return html`<h1>${t("Choose a new password")}</h1>
      <form @submit=${this.save} novalidate>
        ${this.warning()}
        <pv-email-field .problem=${this.emailProblem}></pv-email-field>
        <pv-password-field label=${t("New password")} complete="new-password" with-strength .problem=${this.problem}></pv-password-field>
        <button class="btn main wide" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${this.isBusy ? t("Saving") : t("Save")}</button>
      </form>`;
  }

  private doneStep(): TemplateResult {
    return html`<h1 tabindex="-1">${t("The account is yours again")}</h1>
      <p class="lead quiet">${t("All other devices are signed out. The vault is still shut: open it with your recovery key, a passkey or the password you had before, and choose a new password there. Until then nothing in it can be changed, and deleting waits seven days.")}</p>
      <form><a class="btn main wide" href="/recover">${t("Use recovery key")}</a><a class="btn ghost wide" href="/photos">${t("Use a passkey")}</a><a class="btn ghost wide" href="/photos">${t("Use the password from before")}</a><a class="btn ghost wide" href="/recover/contacts">${t("Ask my recovery contacts")}</a></form>`;
  }

  /** The link may be opened in the tab that asked for it, which loads nothing anew. */
  private readonly takeToken = (): void => {
    const token = location.hash.slice(1);
    if (token === "") return;
    this.token = token;
    this.step = "password";
    // The token is of use once; it need not stay in the history.
    history.replaceState(null, "", location.pathname);
  };

  private readonly ask = (event: SubmitEvent): void => {
    event.preventDefault();
    const email = this.email();
    if (email !== "") void this.attempt(() => askForReset(email).then(() => true), "sent");
  };

  private readonly save = (event: SubmitEvent): void => {
    event.preventDefault();
    const email = this.email();
    const password = this.find<PasswordField>("pv-password-field")?.value ?? "";
    if (email !== "") void this.attempt(() => this.put(email, password), "done");
  };

  /** Answers whether the password was taken. */
  private async put(email: string, password: string): Promise<boolean> {
    const strength = await judged(password, email);
    if (strength.isAccepted) await confirmReset(email, this.token, password);
    else this.problem = strength.sentence;
    return strength.isAccepted;
  }

  private email(): string {
    const email = this.find<EmailField>("pv-email-field")?.value ?? "";
    const isGood = looksLikeAddress(email);
    this.emailProblem = isGood ? "" : t("Enter an address like name@example.org.");
    return isGood ? email : "";
  }

  private async attempt(act: () => Promise<boolean>, next: Step): Promise<void> {
    this.isBusy = true;
    this.problem = "";
    try {
      const isDone = await act();
      if (isDone) this.step = next;
      await this.focusOn(isDone ? "h1" : "[aria-invalid='true']");
    } catch (error) {
      this.problem = sentenceOf(error);
    } finally {
      this.isBusy = false;
    }
  }
}
