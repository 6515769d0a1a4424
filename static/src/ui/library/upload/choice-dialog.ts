/** The one question before the first upload: what happens to what a photo says about itself. */
import { html, type TemplateResult } from "lit";

import { METADATA_CHOICES, type MetadataChoice } from "../../../photo/metadata-choice.ts";
import { metadataChoice, rememberMetadataChoice } from "../../../vault/preferences.ts";
import { ring } from "../../icons.ts";
import { t } from "../../text.ts";
import { Sheet } from "../dialogs/sheet.ts";

const ASKED = "pv-upload-asked";

export function wasAsked(): boolean {
  return localStorage.getItem(ASKED) !== null;
}

export class ChoiceDialog extends Sheet {
  protected readonly title = t("Before your first photos");
  #choice: MetadataChoice = metadataChoice();

  /** Answers whether the person goes on. */
  async ask(): Promise<boolean> {
    if ((await this.open()) !== "go") return false;
    rememberMetadataChoice(this.#choice);
    localStorage.setItem(ASKED, "yes");
    return true;
  }

  protected body(): TemplateResult {
    return html`<p>${t("A photo file often holds where and when it was taken, and with which camera. What shall we do with that?")}</p>
      <form id="choice-form" @submit=${this.#go}><div class="choices" role="radiogroup" aria-label=${t("What happens to place, time and camera")}>
        ${METADATA_CHOICES.map(
          ({ choice, label, explanation }) => html`<label>
            <input type="radio" name="choice" value=${choice} .checked=${this.#choice === choice} @change=${() => { this.#choice = choice; }} />
            <strong>${t(label)}</strong><span class="sub">${t(explanation)}</span>
          </label>`,
        )}
      </div></form>
      <p class="note only-you">${ring("only-you", "small")}<span>${t("Photos are encrypted on this device before they leave it. You can change this choice in the settings.")}</span></p>`;
  }

  protected footer(): TemplateResult {
    return html`<button class="btn ghost" type="button" @click=${() => { this.close(""); }}>${t("Cancel")}</button>
      <button class="btn main" type="submit" form="choice-form">${t("Upload")}</button>`;
  }

  readonly #go = (event: Event): void => {
    event.preventDefault();
    this.close("go");
  };
}
