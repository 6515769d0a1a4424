/** `<pv-sign-in>`: address and password, a second factor when there is one, or a passkey. The password opens the vault in the same step. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { FactorMethod, SecondFactorAsked, Session } from "../../api/types.ts";
import { noteActivity } from "../../vault/lock.ts";
import { passkeysSupported } from "../../vault/passkey.ts";
import type { Opened } from "../../vault/recovery.ts";
import { finishByPasskey, finishSecondFactor, signInAndOpen, signInByPasskeyAndOpen, type HalfSignedIn } from "../../vault/sign-in.ts";
import { LightElement } from "../element.ts";
import { icon } from "../icons.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";
import { looksLikeAddress } from "./address.ts";
import type { EmailField } from "./email-field.ts";
import type { PasswordField } from "./password-field.ts";
import "./code-form.ts";
import "./email-field.ts";
import "./new-password.ts";
import "./password-field.ts";

const VAULT_ADDRESS = /^\/(photos|albums|favourites|archive|bin|search|duplicates|people|sharing|settings|visit)(\/[\w-]+)?$/;

@customElement("pv-sign-in")
export class SignIn extends LightElement {
  @state() private half: HalfSignedIn | null = null;
  @state() private opened: Opened | null = null;
  @state() private method: FactorMethod = "totp";
  @state() private isBusy = false;
  @state() private problem = "";
  @state() private emailProblem = "";

  protected override render(): TemplateResult {
    if (this.opened !== null) return html`<pv-new-password .opened=${this.opened} @pv-password-set=${this.enter}></pv-new-password>`;
    return this.half === null ? this.firstStep() : this.secondStep(this.half.asked);
  }

  private firstStep(): TemplateResult {
    return html`<h1>${t("Sign in")}</h1>
      <p class="lead quiet">${t("Your password opens the vault on this device. It is never sent.")}</p>
      <form @submit=${this.submit} novalidate>
        <pv-email-field .problem=${this.emailProblem}></pv-email-field>
        <pv-password-field label=${t("Password")} complete="current-password" .problem=${this.problem}></pv-password-field>
        <button class="btn main wide" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${this.isBusy ? t("Opening your vault") : t("Open my vault")}</button>
      </form>
      <div class="other-ways">
        ${passkeysSupported() ? html`<button class="btn ghost" type="button" ?disabled=${this.isBusy} @click=${this.byPasskey}>${icon("passkey")}${t("Use a passkey")}</button>` : nothing}
        <a class="btn ghost" href="/recover">${icon("recovery")}${t("Use recovery key")}</a>
        <a class="btn ghost" href="/reset">${icon("mail")}${t("Reset the account by e-mail")}</a>
      </div>`;
  }

  private secondStep(asked: SecondFactorAsked["second_factor"]): TemplateResult {
    const byApp = this.method === "totp";
    return html`<h1 tabindex="-1">${t("One more step")}</h1>
      <p class="lead quiet">${byApp ? t("Enter the 6 digits your authenticator app shows now.") : t("Enter one of the recovery codes you kept. Each works once.")}</p>
      <pv-code-form no-resend ?any-text=${!byApp} length="6" label=${byApp ? t("Code from the app") : t("Recovery code")} button=${t("Open my vault")}
        .problem=${this.problem} .isBusy=${this.isBusy} @pv-code=${this.answer}></pv-code-form>
      <div class="other-ways">
        ${asked.methods.includes("passkey") && passkeysSupported() ? html`<button class="btn ghost" type="button" ?disabled=${this.isBusy} @click=${this.answerByPasskey}>${icon("passkey")}${t("Use a passkey")}</button>` : nothing}
        ${asked.methods.includes("recovery_code") ? html`<button class="btn ghost" type="button" @click=${this.turn}>${icon("key")}${byApp ? t("Use a recovery code") : t("Use the app")}</button>` : nothing}
        <a class="btn ghost" href="/sign-in">${icon("back")}${t("Start again")}</a>
      </div>`;
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const email = this.find<EmailField>("pv-email-field")?.value ?? "";
    const password = this.find<PasswordField>("pv-password-field")?.value ?? "";
    this.emailProblem = looksLikeAddress(email) ? "" : t("Enter an address like name@example.org.");
    this.problem = password === "" ? t("Enter your password.") : "";
    if (this.emailProblem !== "" || this.problem !== "") void this.focusOn("[aria-invalid='true']");
    else void this.attempt(() => signInAndOpen(email, password));
  };

  private readonly byPasskey = (): void => {
    void this.attempt(signInByPasskeyAndOpen);
  };

  private readonly answer = (event: CustomEvent<string>): void => {
    const half = this.half;
    if (half !== null) void this.attempt(() => finishSecondFactor(half, this.method, event.detail));
  };

  private readonly answerByPasskey = (): void => {
    const half = this.half;
    if (half !== null) void this.attempt(() => finishByPasskey(half));
  };

  private readonly turn = (): void => {
    this.method = this.method === "totp" ? "recovery_code" : "totp";
    this.problem = "";
    void this.focusOn("#code");
  };

  private readonly enter = (): void => {
    location.assign(destination());
  };

  private async askMore(half: HalfSignedIn): Promise<void> {
    this.half = half;
    this.method = half.asked.methods.includes("totp") ? "totp" : "recovery_code";
    await this.focusOn("#code");
  }

  private async attempt(signIn: () => Promise<Session | HalfSignedIn | Opened>): Promise<void> {
    this.isBusy = true;
    this.problem = "";
    noteActivity();
    try {
      const result = await signIn();
      if ("accountKey" in result) this.opened = result;
      else if ("asked" in result) await this.askMore(result);
      else this.enter();
    } catch (error) {
      this.problem = sentenceOf(error);
      await this.focusOn("[aria-invalid='true']");
    } finally {
      this.isBusy = false;
    }
  }
}

/** Where the person was going, if that is a page of the vault. */
function destination(): string {
  const to = new URLSearchParams(location.search).get("to") ?? "";
  return VAULT_ADDRESS.test(to) ? to : "/photos";
}
