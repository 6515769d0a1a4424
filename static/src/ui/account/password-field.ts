/** `<pv-password-field>`: a password that can be shown, with a hint how strong a new one is. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { LightElement } from "../element.ts";
import { icon, wrong } from "../icons.ts";
import { t } from "../text.ts";
import { loadGuesses, strengthOf, type Strength } from "./strength.ts";

let made = 0;

@customElement("pv-password-field")
export class PasswordField extends LightElement {
  @property() label = "";
  @property() name = "password";
  @property() complete: AutoFill = "current-password";
  @property({ type: Boolean, attribute: "with-strength" }) withStrength = false;
  @property({ attribute: false }) problem = "";
  @state() private isShown = false;
  @state() private strength: Strength = strengthOf("");
  private readonly fieldId = `password-${String((made += 1))}`;

  /** What was typed. */
  get value(): string {
    return this.find<HTMLInputElement>("input")?.value ?? "";
  }

  protected override render(): TemplateResult {
    const id = this.fieldId;
    const described = [this.problem === "" ? "" : `${id}-wrong`, this.isHintSaid ? "" : `${id}-hint`].join(" ").trim();
    return html`<div class="field">
      <label for=${id}>${this.label}</label>
      <span class="with-button">
        <input class="input" id=${id} name=${this.name} type=${this.isShown ? "text" : "password"} autocomplete=${this.complete}
          autocapitalize="off" spellcheck="false" aria-invalid=${this.problem !== ""} aria-describedby=${described || nothing} @input=${this.weigh} @focus=${this.prepare} />
        <button class="btn icon-only" type="button" aria-pressed=${this.isShown} aria-label=${t("Show what is typed")}
          @click=${() => { this.isShown = !this.isShown; }}>${icon(this.isShown ? "hidden" : "visible")}</button>
      </span>
      ${this.withStrength ? this.hint(id) : nothing} ${wrong(`${id}-wrong`, this.problem)}
    </div>`;
  }

  private hint(id: string): TemplateResult {
    const { share, sentence } = this.strength;
    return html`<progress class="meter ${share < 1 ? "late" : ""}" value=${share} max="1" aria-hidden="true"></progress>
      ${this.isHintSaid ? nothing : html`<p class="hint" id="${id}-hint">${sentence}</p>`}`;
  }

  /** What is said as a problem is not said as a hint as well. */
  private get isHintSaid(): boolean {
    return !this.withStrength || this.strength.sentence === this.problem;
  }

  /** By the time that a password is typed, the list of leaked ones is here. Without it, saving asks for it again. */
  private readonly prepare = (): void => {
    if (this.withStrength) void loadGuesses().catch(() => undefined);
  };

  private readonly weigh = (event: InputEvent): void => {
    if (event.target instanceof HTMLInputElement) this.strength = strengthOf(event.target.value);
  };
}
