/** `<pv-settings-security>`: password, passkeys, the authenticator app, and what happened lately. */
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";

import { LightElement } from "../element.ts";
import "./change-password.ts";
import "./events-card.ts";
import "./passkeys-card.ts";
import "./totp-card.ts";

@customElement("pv-settings-security")
export class SecuritySection extends LightElement {
  protected override render(): TemplateResult {
    return html`<div class="stack">
      <pv-change-password></pv-change-password>
      <pv-passkeys></pv-passkeys>
      <pv-totp></pv-totp>
      <pv-events></pv-events>
    </div>`;
  }
}
