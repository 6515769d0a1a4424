/** A question that needs more than a sentence: a native dialog (on a phone a sheet) drawn with Lit. */
import { html, nothing, render, type TemplateResult } from "lit";

import { icon } from "../../icons.ts";
import { showDialog } from "../../shell/notices.ts";
import { t } from "../../text.ts";

let made = 0;

export abstract class Sheet {
  readonly dialog = document.createElement("dialog");
  /** What went wrong, shown above the buttons. */
  protected problem = "";
  protected isBusy = false;
  /** One sheet may stand over another. */
  readonly #titleId = `sheet-title-${(made += 1)}`;

  constructor(size: "narrow" | "wide" = "narrow") {
    this.dialog.className = `dialog ${size}`;
    this.dialog.setAttribute("aria-labelledby", this.#titleId);
  }

  protected abstract readonly title: string;
  protected abstract body(): TemplateResult;
  protected abstract footer(): TemplateResult;

  /** Answers the dialog's return value, "" when it was closed. */
  async open(): Promise<string> {
    this.update();
    return await showDialog(this.dialog);
  }

  protected update(): void {
    render(
      html`<header>
          <h2 id=${this.#titleId}>${this.title}</h2>
          <button class="btn icon-only" type="button" aria-label=${t("Close")} @click=${() => { this.close(""); }}>${icon("close")}</button>
        </header>
        <div class="body">
          ${this.body()}
          ${this.problem === "" ? nothing : html`<p class="note problem" role="alert">${icon("warning")}<span>${this.problem}</span></p>`}
        </div>
        <footer>${this.footer()}</footer>`,
      this.dialog,
    );
  }

  protected close(answer: string): void {
    this.dialog.close(answer);
  }
}
