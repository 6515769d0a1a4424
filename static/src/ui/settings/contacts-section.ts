/** `<pv-settings-contacts>`: who can give this vault back, and whom this account can help. */
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";

import { LightElement } from "../element.ts";
import "../recovery-contacts/chosen-card.ts";
import "../recovery-contacts/held-card.ts";

@customElement("pv-settings-contacts")
export class ContactsSection extends LightElement {
  protected override render(): TemplateResult {
    return html`<div class="stack recovery-contacts">
      <pv-recovery-contacts></pv-recovery-contacts>
      <pv-held-shares></pv-held-shares>
    </div>`;
  }
}
