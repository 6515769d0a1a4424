/** `<pv-keep-phrase>`: the 24 words with every way to keep them: a file, paper, a copy, a QR code. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { LightElement } from "../element.ts";
import { icon } from "../icons.ts";
import { toast } from "../shell/notices.ts";
import { t } from "../text.ts";
import { qrCode } from "./qr.ts";
import { RECOVERY_FILE_NAME, recoveryFile } from "./recovery-file.ts";

@customElement("pv-keep-phrase")
export class KeepPhrase extends LightElement {
  @property({ attribute: false }) phrase = "";
  @property({ attribute: false }) email = "";

  protected override render(): TemplateResult | typeof nothing {
    if (this.phrase === "") return nothing;
    return html`<p class="for-paper">${t("PocketVault recovery key for {email}", { email: this.email })}</p>
      <ol class="words" aria-label=${t("Your 24 words")}>${this.phrase.split(" ").map((word) => html`<li>${word}</li>`)}</ol>
      <div class="keep-both">
        ${qrCode(this.phrase, t("Your recovery key as a QR code"))}
        <div>
          <p class="quiet small">${t("Paper in a drawer is good. A second person you trust is better. A photo of this screen is neither.")}</p>
          <div class="keep">
            <button class="btn main" type="button" @click=${this.save}>${icon("download")}${t("Save as a file")}</button>
            <button class="btn" type="button" @click=${this.print}>${icon("print")}${t("Print")}</button>
            <button class="btn" type="button" @click=${this.copy}>${icon("copy")}${t("Copy")}</button>
          </div>
        </div>
      </div>`;
  }

  private readonly save = (): void => {
    const text = recoveryFile(this.phrase, this.email, new Date());
    const address = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = RECOVERY_FILE_NAME;
    link.click();
    setTimeout(() => { URL.revokeObjectURL(address); }, 1000);
    toast(t("Saved as {name}", { name: RECOVERY_FILE_NAME }));
  };

  private readonly print = (): void => {
    print();
  };

  private readonly copy = (): void => {
    navigator.clipboard.writeText(this.phrase).then(
      () => { toast(t("Copied. Paste the words where you keep what matters, then clear the clipboard.")); },
      () => { toast(t("This browser did not allow copying. Save the file instead.")); },
    );
  };
}
