/** `<pv-sign-up>`: making a vault in three steps. Nothing is stored anywhere before the last. */
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { askForAccount, confirmAddress, makeAccount, resendCode, type NewAccount } from "../../vault/new-account.ts";
import { noteActivity } from "../../vault/lock.ts";
import { confirmPhrase } from "../../vault/recovery.ts";
import { openVaultWith } from "../../vault/unlock.ts";
import { LightElement } from "../element.ts";
import { ring } from "../icons.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";
import { looksLikeAddress } from "./address.ts";
import { judged, strengthOf } from "./strength.ts";
import type { EmailField } from "./email-field.ts";
import type { PasswordField } from "./password-field.ts";
import "./code-form.ts";
import "./email-field.ts";
import "./keep-phrase.ts";
import "./password-field.ts";
import "./prove-phrase.ts";

type Step = "password" | "words" | "code";
const STEPS: readonly Step[] = ["password", "words", "code"];

@customElement("pv-sign-up")
export class SignUp extends LightElement {
  @state() private step: Step = "password";
  @state() private isBusy = false;
  @state() private progress = 0;
  @state() private problem = "";
  @state() private emailProblem = "";
  @state() private account: NewAccount | null = null;
  private signUpId = "";

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("beforeunload", this.warn);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("beforeunload", this.warn);
  }

  protected override render(): TemplateResult {
    if (this.step === "words") return this.wordsStep();
    return this.step === "code" ? this.codeStep() : this.passwordStep();
  }

  private stepMarks(): TemplateResult {
    const here = STEPS.indexOf(this.step);
    return html`<p class="steps">
      <span class="sr">${t("Step")}</span>${STEPS.map((_, index) => html`<i class=${index <= here ? "on" : ""}></i>`)}
      <span class="num">${t("{n} of {all}", { n: here + 1, all: STEPS.length })}</span>
    </p>`;
  }

  private passwordStep(): TemplateResult {
    return html`<div class="ceremony-cols">
      <div>
        ${this.stepMarks()}
        <h1 tabindex="-1">${t("Make a vault")}</h1>
        <p class="lede">${t("Your password becomes the key, here on this device. It is never sent, so nobody can look it up, reset it to see your photos, or be made to hand it over.")}</p>
        <div class="only">${ring("only-you")}<p><strong>${t("Only you can open this")}</strong><span>${t("Next you get 24 words. They are the only way back if you forget the password.")}</span></p></div>
      </div>
      <form class="card" @submit=${this.make} @input=${this.forget} novalidate>
        <pv-email-field .problem=${this.emailProblem}></pv-email-field>
        <pv-password-field label=${t("Password")} complete="new-password" with-strength .problem=${this.problem}></pv-password-field>
        ${this.isBusy ? this.making() : html`<button class="btn main wide">${t("Make my keys")}</button>`}
        <p class="small quiet">${t("We take no licence to your photos.")} <a class="text-link" href="/terms">${t("Terms")}</a> · <a class="text-link" href="/privacy">${t("Privacy")}</a></p>
      </form>
    </div>`;
  }

  private making(): TemplateResult {
    return html`<div class="making" role="status">
      <p>${this.progress < 0.8 ? t("Turning your password into a key. This is slow on purpose.") : t("Making the keys of your vault.")}</p>
      <progress class="meter thick" value=${this.progress} max="1" aria-label=${t("Making your keys")}></progress>
    </div>`;
  }

  private wordsStep(): TemplateResult {
    const account = this.account;
    return html`<div class="ceremony-cols words-step">
      <div>
        ${this.stepMarks()}
        <h1 tabindex="-1">${t("Keep these 24 words")}</h1>
        <p class="lede"><strong>${t("We cannot open your vault for you.")}</strong> ${t("If you forget your password, these words are the only way back to your photos. A reset by e-mail gives you the account, never the pictures.")}</p>
        <pv-keep-phrase .phrase=${account?.phrase ?? ""} .email=${account?.request.email ?? ""}></pv-keep-phrase>
      </div>
      <pv-prove-phrase .phrase=${account?.phrase ?? ""} .isBusy=${this.isBusy} .problem=${this.problem} button=${t("I kept it")} @pv-phrase-proved=${this.send}></pv-prove-phrase>
    </div>`;
  }

  private codeStep(): TemplateResult {
    const email = this.account?.request.email ?? "";
    return html`<div class="ceremony-cols">
      <div>
        ${this.stepMarks()}
        <h1 tabindex="-1">${t("Look in your mail")}</h1>
        <p class="lede">${t("We sent a code with 8 digits to {email}. It is good for 24 hours. Your vault opens as soon as you enter it.", { email })}</p>
        <p class="quiet small">${t("Nothing came? Look among the unwanted mail, or have it sent again. If this address already has a vault, the mail says so instead.")}</p>
      </div>
      <pv-code-form class="card" .problem=${this.problem} .isBusy=${this.isBusy} button=${t("Open my vault")} @pv-code=${this.finish} @pv-resend=${this.resend}></pv-code-form>
    </div>`;
  }

  private readonly warn = (event: BeforeUnloadEvent): void => {
    if (this.step !== "password" && this.account !== null) event.preventDefault();
  };

  /** What was wrong is being put right: a sentence about it would soon be untrue. */
  private readonly forget = (event: Event): void => {
    if (event.target instanceof HTMLElement && event.target.closest("pv-email-field") !== null) this.emailProblem = "";
    else this.problem = "";
  };

  private readonly make = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.isBusy) return;
    const email = this.find<EmailField>("pv-email-field")?.value ?? "";
    const password = this.find<PasswordField>("pv-password-field")?.value ?? "";
    this.emailProblem = looksLikeAddress(email) ? "" : t("Enter an address like name@example.org.");
    // What is known at once is told at once; whether it was ever leaked is asked afterwards.
    const known = strengthOf(password, [email]);
    this.problem = known.isAccepted ? "" : known.sentence;
    if (this.emailProblem !== "" || this.problem !== "") void this.focusOn("[aria-invalid='true']");
    else void this.attempt(async () => {
      const strength = await judged(password, email);
      this.problem = strength.isAccepted ? "" : strength.sentence;
      if (!strength.isAccepted) {
        await this.focusOn("[aria-invalid='true']");
        return;
      }
      this.account = await makeAccount(email, password, (share) => { this.progress = share; });
      await this.turnTo("words");
    });
  };

  private readonly send = (): void => {
    const account = this.account;
    if (account === null) return;
    void this.attempt(async () => {
      this.signUpId = await askForAccount(account.request);
      await this.turnTo("code");
    });
  };

  private readonly resend = (): void => {
    void this.attempt(() => resendCode(this.signUpId));
  };

  private readonly finish = (event: CustomEvent<string>): void => {
    const account = this.account;
    if (account === null) return;
    void this.attempt(async () => {
      const session = await confirmAddress(this.signUpId, event.detail);
      noteActivity();
      await openVaultWith(account.accountKey, session);
      await confirmPhrase(account.phrase).catch(() => null);
      this.account = null;
      location.assign("/photos");
    });
  };

  private async turnTo(step: Step): Promise<void> {
    this.step = step;
    document.getElementById("head-link")?.toggleAttribute("hidden", true);
    scrollTo(0, 0);
    await this.focusOn("h1");
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    this.problem = "";
    try {
      await act();
    } catch (error) {
      this.problem = sentenceOf(error);
    } finally {
      this.isBusy = false;
    }
  }
}
