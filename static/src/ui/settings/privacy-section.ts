/** `<pv-settings-privacy>`: what others see of this account, and what it is written about. */
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";

import { exposuresLink } from "../sharing/exposures-link.ts";
import { Section } from "./section.ts";

@customElement("pv-settings-privacy")
export class PrivacySection extends Section {
  protected override render(): TemplateResult {
    return html`<div class="stack">${this.trouble()}${exposuresLink()}</div>`;
  }
}
