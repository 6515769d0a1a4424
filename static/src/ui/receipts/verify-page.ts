/** `<pv-verify>`: a receipt, checked on this device. It works without a connection once the page is there. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { checkReceipt, LARGEST_RECEIPT_BYTES, ReceiptError, type CheckedReceipt, type ReceiptFault } from "../../crypto/receipt.ts";
import { readVerifierKey } from "../../crypto/log-note.ts";
import { isChanged, knownLogKey, type LogKey } from "../../vault/receipts/log-key.ts";
import { LightElement } from "../element.ts";
import { icon } from "../icons.ts";
import { t } from "../text.ts";
import { fails, holds, type KeyStanding } from "./verdict.ts";

interface Found {
  readonly name: string;
  readonly checked: CheckedReceipt | null;
  readonly fault: ReceiptFault | null;
}

@customElement("pv-verify")
export class VerifyPage extends LightElement {
  @state() private found: Found | null = null;
  @state() private key: LogKey = { pinned: null, told: null };
  @state() private isOver = false;
  private asking: Promise<void> = Promise.resolve();

  override connectedCallback(): void {
    super.connectedCallback();
    this.asking = knownLogKey().then((key) => { this.key = key; }, () => undefined);
    addEventListener("paste", this.pasted);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("paste", this.pasted);
  }

  protected override render(): TemplateResult {
    return html`<div class="verify">
      <header><h1>${t("Check a receipt")}</h1>
        <p class="lead quiet">${t("A receipt is our word, signed and put into a public log, so that you can hold us to it. This page checks one on your device. Nothing of it is sent anywhere, and it works without a connection.")}</p></header>
      ${isChanged(this.key) ? html`<p class="note problem" role="alert">${icon("warning")}<span>${t("The key of this site’s public log is another than when this device first saw it. Receipts are checked against the first one.")}</span></p>` : nothing}
      ${this.entrance()}
      <div aria-live="polite">${this.verdict()}</div>
      ${this.found === null ? this.explanation() : nothing}
    </div>`;
  }

  private entrance(): TemplateResult {
    return html`<form class="stack close" @submit=${this.typed}>
      <div class="drop ${this.isOver ? "over" : ""}" @dragover=${this.over} @dragleave=${() => { this.isOver = false; }} @drop=${this.dropped}>
        <label class="btn ${this.found === null ? "main" : ""}" for="receipt">${icon("folder")}${this.found === null ? t("Choose a receipt") : t("Choose another receipt")}</label>
        <input class="sr" id="receipt" type="file" accept=".json,application/json" @change=${this.chosen} />
        <span class="wide-only">${t("or drop it here")}</span>
      </div>
      <details class="paste"><summary>${t("Or paste its text")}</summary>
        <div class="field"><label for="text">${t("The text of a receipt")}</label>
          <textarea class="input mono" id="text" rows="6" autocomplete="off" spellcheck="false"></textarea></div>
        <p class="acts"><button class="btn">${t("Check it")}</button></p></details>
    </form>`;
  }

  private verdict(): TemplateResult | typeof nothing {
    if (this.found === null) return nothing;
    const { name, checked, fault } = this.found;
    return html`<p class="quiet small file-name">${name}</p>${checked === null ? fails(fault ?? "not-json") : this.judged(checked)}`;
  }

  private judged(checked: CheckedReceipt): TemplateResult {
    const standing = this.standingOf(checked);
    return standing === "other" ? fails("key") : holds(checked, standing);
  }

  /** "other" is a key that claims to be this site's log and is not the one that is known. */
  private standingOf({ key, keyText }: CheckedReceipt): KeyStanding | "other" {
    const known = this.key.pinned ?? this.key.told;
    if (known === null) return "unknown";
    if (known === keyText) return "known";
    return readVerifierKey(known).name === key.name ? "other" : "elsewhere";
  }

  private explanation(): TemplateResult {
    const fact = (name: string, title: string, sub: string): TemplateResult =>
      html`<li>${icon(name)}<div><strong>${title}</strong><span>${sub}</span></div></li>`;
    return html`<ul class="facts">
      ${fact("rights", t("Signed"), t("Nobody but the service can have made it, and one changed letter breaks it."))}
      ${fact("everyone", t("In a public log"), t("The service cannot take it back, or tell somebody else another story without being found out."))}
      ${fact("hidden", t("Hidden in it"), t("The log names nobody. Only your file shows which entry is yours."))}
    </ul>`;
  }

  private readonly over = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes("Files") !== true) return;
    event.preventDefault();
    this.isOver = true;
  };

  private readonly dropped = (event: DragEvent): void => {
    this.isOver = false;
    event.preventDefault();
    void this.take(event.dataTransfer?.files[0]);
  };

  private readonly chosen = (event: Event): void => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement)) return;
    void this.take(field.files?.[0]).then(() => { field.value = ""; });
  };

  private readonly typed = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.check(t("Pasted text"), this.find<HTMLTextAreaElement>("#text")?.value ?? "");
  };

  /** Anywhere on the page, but in the field that is for it. */
  private readonly pasted = (event: ClipboardEvent): void => {
    if (event.target instanceof HTMLTextAreaElement) return;
    const file = event.clipboardData?.files[0];
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (file !== undefined) void this.take(file);
    else if (text.trim() !== "") void this.check(t("Pasted text"), text);
  };

  private async take(file: File | undefined): Promise<void> {
    if (file === undefined) return;
    // A photo dropped by mistake is not read into memory as text.
    const text = file.size > LARGEST_RECEIPT_BYTES ? "" : await file.text().catch(() => "");
    await this.check(file.name, text);
  }

  private async check(name: string, text: string): Promise<void> {
    await this.asking;
    try {
      this.found = { name, checked: checkReceipt(text), fault: null };
    } catch (error) {
      if (!(error instanceof ReceiptError)) throw error;
      this.found = { name, checked: null, fault: error.fault };
    }
    await this.focusOn("#verdict");
  }
}
