/** `<pv-email-field>`: the address, with its label and its sentence when something is wrong. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { LightElement } from "../element.ts";
import { wrong } from "../icons.ts";
import { t } from "../text.ts";

@customElement("pv-email-field")
export class EmailField extends LightElement {
  @property({ attribute: false }) problem = "";
  @property() initial = "";

  /** The address as typed, without spaces around it. */
  get value(): string {
    return this.find<HTMLInputElement>("input")?.value.trim() ?? "";
  }

  protected override render(): TemplateResult {
    return html`<div class="field">
      <label for="email">${t("E-mail address")}</label>
      <input class="input" id="email" name="email" type="email" autocomplete="username" autocapitalize="off" spellcheck="false"
        value=${this.initial} aria-invalid=${this.problem !== ""} aria-describedby=${this.problem === "" ? nothing : "email-wrong"} />
      ${wrong("email-wrong", this.problem)}
    </div>`;
  }
}
