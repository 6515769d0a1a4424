/** `<pv-totp>`: an authenticator app as a second proof, and the codes for the day it is lost. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { TotpState } from "../../api/types.ts";
import { beginTotp, confirmTotp, readTotp, removeTotp, renewRecoveryCodes, type NewTotp } from "../../vault/totp.ts";
import { qrCode } from "../account/qr.ts";
import { icon } from "../icons.ts";
import { confirmDialog, toast } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { Section } from "./section.ts";
import "../account/code-form.ts";

@customElement("pv-totp")
export class TotpCard extends Section {
  @state() private totp: TotpState | null = null;
  @state() private fresh: NewTotp | null = null;
  @state() private codes: readonly string[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(async () => {
      this.totp = await readTotp();
    });
  }

  protected override render(): TemplateResult {
    return html`<section class="card">
      <header><h3>${t("Authenticator app")}</h3>${this.totp?.is_on ? html`<span class="tag on">${icon("check", "small")}${t("On")}</span>` : nothing}
        <p class="read">${t("A second proof at sign-in: 6 digits from an app. It guards the account; the vault is guarded by its key.")}</p></header>
      ${this.codes.length > 0 ? this.freshCodes() : this.fresh === null ? this.present() : this.setUp(this.fresh)}
    </section>`;
  }

  private present(): TemplateResult {
    if (!this.totp?.is_on) {
      return html`${this.trouble()}<p class="acts"><button class="btn" type="button" ?disabled=${this.isBusy} @click=${this.begin}>${t("Set up an app")}</button></p>`;
    }
    const left = this.totp.recovery_codes_left;
    return html`<p>${tn("{n} recovery code left.", "{n} recovery codes left.", left)}</p>${this.trouble()}
      <p class="acts">
        <button class="btn" type="button" ?disabled=${this.isBusy} @click=${this.renew}>${t("Make new recovery codes")}</button>
        <button class="btn ghost danger" type="button" ?disabled=${this.isBusy} @click=${this.turnOff}>${t("Turn off")}</button>
      </p>`;
  }

  private setUp(fresh: NewTotp): TemplateResult {
    return html`<div class="scan">
        ${qrCode(fresh.uri, t("Set-up code for the authenticator app"))}
        <div class="stack close"><p>${t("Scan this with your app, or enter the secret by hand:")}</p><p class="mono">${fresh.secret}</p></div>
      </div>
      <pv-code-form no-resend length="6" label=${t("Code the app shows now")} button=${t("Turn on")} .problem=${this.problem} .isBusy=${this.isBusy} @pv-code=${this.confirm}></pv-code-form>`;
  }

  private freshCodes(): TemplateResult {
    return html`<div class="stack close">
      <p>${t("Ten codes for the day the app is gone. Each works once. They are shown only now.")}</p>
      <ul class="codes">${this.codes.map((code) => html`<li>${code}</li>`)}</ul>
      <p class="acts">
        <button class="btn" type="button" @click=${this.copy}>${icon("copy")}${t("Copy")}</button>
        <button class="btn ghost" type="button" @click=${() => { this.codes = []; }}>${t("I kept them")}</button>
      </p>
    </div>`;
  }

  private readonly begin = (): void => {
    void this.attempt(async () => {
      this.fresh = await beginTotp();
      await this.focusOn("#code");
    });
  };

  private readonly confirm = (event: CustomEvent<string>): void => {
    void this.attempt(async () => {
      this.codes = await confirmTotp(event.detail);
      this.fresh = null;
      this.totp = await readTotp();
    });
  };

  private readonly renew = (): void => {
    void this.attempt(async () => {
      this.codes = await renewRecoveryCodes();
      this.totp = await readTotp();
    });
  };

  private readonly turnOff = (): void => {
    void this.attempt(async () => {
      const sure = await confirmDialog({
        title: t("Turn the app off?"),
        sentences: [t("From then on the password alone signs in. The recovery codes end too.")],
        confirm: t("Turn off"),
        danger: true,
      });
      if (!sure) return;
      await removeTotp();
      this.totp = await readTotp();
    });
  };

  private readonly copy = (): void => {
    navigator.clipboard.writeText(this.codes.join("\n")).then(
      () => { toast(t("Copied.")); },
      () => { toast(t("This browser did not allow copying.")); },
    );
  };
}
