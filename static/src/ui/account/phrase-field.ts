/** `<pv-phrase-field>`: the 24 words, pasted or read from the file that was saved. Nobody has to type from memory. */
import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { LightElement } from "../element.ts";
import { wrong } from "../icons.ts";
import { t } from "../text.ts";
import { phraseInFile } from "./recovery-file.ts";

const LARGEST_FILE_BYTES = 100_000;
let made = 0;

@customElement("pv-phrase-field")
export class PhraseField extends LightElement {
  @property({ attribute: false }) problem = "";
  private readonly fieldId = `phrase-${String((made += 1))}`;

  /** The words as written. */
  get value(): string {
    return this.find<HTMLTextAreaElement>("textarea")?.value ?? "";
  }

  protected override render(): TemplateResult {
    const id = this.fieldId;
    return html`<label class="drop" @dragover=${this.hover} @dragleave=${this.unhover} @drop=${this.takeDropped}>
        <strong>${t("Choose the saved file")}</strong><span>pocketvault-recovery.txt</span>
        <input class="sr" type="file" accept=".txt,text/plain" @change=${this.takeChosen} />
      </label>
      <p class="or">${t("or")}</p>
      <div class="field">
        <label for=${id}>${t("Paste the 24 words")}</label>
        <textarea class="input" id=${id} rows="3" autocomplete="off" autocapitalize="off" spellcheck="false"
          aria-invalid=${this.problem !== ""} aria-describedby="${id}-wrong"></textarea>
        ${wrong(`${id}-wrong`, this.problem)}
      </div>`;
  }

  private readonly hover = (event: DragEvent): void => {
    event.preventDefault();
    this.find(".drop")?.classList.add("over");
  };

  private readonly unhover = (): void => {
    this.find(".drop")?.classList.remove("over");
  };

  private readonly takeDropped = (event: DragEvent): void => {
    event.preventDefault();
    this.unhover();
    void this.read(event.dataTransfer?.files[0]);
  };

  private readonly takeChosen = (event: Event): void => {
    if (event.target instanceof HTMLInputElement) void this.read(event.target.files?.[0]);
  };

  private async read(file: File | undefined): Promise<void> {
    const area = this.find<HTMLTextAreaElement>("textarea");
    if (file === undefined || area === null) return;
    if (file.size > LARGEST_FILE_BYTES) {
      this.problem = t("That file is too large to be a recovery key.");
      return;
    }
    this.problem = "";
    area.value = phraseInFile(await file.text());
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
