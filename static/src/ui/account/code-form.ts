/** `<pv-code-form>`: a code from a mail or an app. Sends `pv-code` with the digits, `pv-resend` when asked for another. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { LightElement } from "../element.ts";
import { wrong } from "../icons.ts";
import { t } from "../text.ts";

const RESEND_AFTER_MS = 30_000;

@customElement("pv-code-form")
export class CodeForm extends LightElement {
  @property() label = t("Code from the mail");
  @property() button = t("Continue");
  @property({ type: Number }) length = 8;
  @property({ type: Boolean, attribute: "any-text" }) anyText = false;
  @property({ type: Boolean, attribute: "no-resend" }) noResend = false;
  @property({ attribute: false }) problem = "";
  @property({ attribute: false }) isBusy = false;
  @state() private missing = "";
  @state() private wasResent = false;

  protected override render(): TemplateResult {
    const problem = this.missing || this.problem;
    return html`<form @submit=${this.submit} novalidate>
      <div class="field">
        <label for="code">${this.label}</label>
        <input class="input ${this.anyText ? "" : "code"}" id="code" name="code" inputmode=${this.anyText ? "text" : "numeric"} autocomplete="one-time-code"
          autocapitalize="off" spellcheck="false" maxlength="40" aria-invalid=${problem !== ""} aria-describedby=${problem === "" ? nothing : "code-wrong"} />
        ${wrong("code-wrong", problem)}
      </div>
      <button class="btn main wide" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${this.button}</button>
      ${this.noResend ? nothing : this.again()}
    </form>`;
  }

  private again(): TemplateResult {
    return html`<button class="btn ghost accent wide" type="button" ?disabled=${this.wasResent || this.isBusy} @click=${this.resend}>
      ${this.wasResent ? t("Sent again") : t("Send it again")}
    </button>`;
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const written = this.find<HTMLInputElement>("input")?.value ?? "";
    const code = this.anyText ? written.trim() : written.replaceAll(/\D/g, "");
    const isWhole = this.anyText ? code !== "" : code.length === this.length;
    this.missing = isWhole ? "" : this.anyText ? t("Enter the code.") : t("The code has {n} digits.", { n: this.length });
    if (isWhole) this.dispatchEvent(new CustomEvent("pv-code", { detail: code, bubbles: true }));
    else void this.focusOn("input");
  };

  private readonly resend = (): void => {
    this.wasResent = true;
    setTimeout(() => { this.wasResent = false; }, RESEND_AFTER_MS);
    this.dispatchEvent(new CustomEvent("pv-resend", { bubbles: true }));
  };
}
