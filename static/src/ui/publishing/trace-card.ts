/** `<pv-trace-card>`: a copy that somebody found, and which published photo it leads to. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { traceCopy, type Trace, type TraceStep } from "../../vault/publishing/traces.ts";
import { icon } from "../icons.ts";
import { Section } from "../settings/section.ts";
import { announce } from "../shell/notices.ts";
import { t } from "../text.ts";
import { publishingKeeper } from "./keeper.ts";
import { changeWords, resultWords, stepWords } from "./trace-words.ts";

@customElement("pv-trace-card")
export class TraceCard extends Section {
  @state() private trace: Trace | null = null;
  @state() private step: TraceStep | null = null;

  protected override render(): TemplateResult {
    return html`<section class="card"><header><h2>${t("A copy you found")}</h2></header>
      <p class="quiet">${t("Choose a picture from elsewhere, cut or altered or a screenshot, to see whether it is one of yours. It goes to us to be looked at, and is gone as soon as that is done.")}</p>
      ${this.trouble()}
      ${this.trace === null ? nothing : this.answer(this.trace)}
      ${this.step === null ? nothing : html`<p class="note" role="status">${icon("search")}<span>${stepWords(this.step)}</span></p>`}
      <input class="sr" id="found-copy" type="file" accept="image/*" tabindex="-1" aria-hidden="true" @change=${this.chosen} />
      <div class="acts"><button class="btn" type="button" ?disabled=${this.isBusy} aria-busy=${this.isBusy} @click=${() => { this.find<HTMLInputElement>("#found-copy")?.click(); }}>${icon("search")}${this.isBusy ? t("Looking") : t("Choose a copy")}</button></div></section>`;
  }

  private answer(trace: Trace): TemplateResult {
    const caption = publishingKeeper().publications.find(({ id }) => id === trace.publication)?.said?.caption ?? "";
    const changes = changeWords(trace);
    return html`<div class="note traced" role="status">${icon(trace.result === "confirmed" || trace.result === "features-only" ? "check" : "info")}<div>
      <strong>${resultWords(trace)}</strong>${caption === "" ? nothing : html`<p>“${caption}”</p>`}
      ${changes.length === 0 ? nothing : html`<ul>${changes.map((words) => html`<li>${words}</li>`)}</ul>`}</div></div>`;
  }

  private readonly chosen = (event: Event): void => {
    const input = event.target;
    const file = input instanceof HTMLInputElement ? input.files?.[0] : undefined;
    if (!(input instanceof HTMLInputElement) || file === undefined || this.isBusy) return;
    input.value = "";
    this.trace = null;
    void this.attempt(async () => {
      try {
        this.trace = await traceCopy(file, (step) => { this.step = step; });
      } finally {
        this.step = null;
      }
      announce(resultWords(this.trace));
    });
  };
}
