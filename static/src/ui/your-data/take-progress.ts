/** `<pv-take-progress>`: a copy on its way, in numbers. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Exporter, ExportState } from "../../transfer/exporting/exporter.ts";
import { LightElement } from "../element.ts";
import { icon } from "../icons.ts";
import { LOCALE, t, tn } from "../text.ts";
import { phaseTitle, progressWords, shareOf } from "./take-words.ts";

@customElement("pv-take-progress")
export class TakeProgress extends LightElement {
  @property({ attribute: false }) exporter: Exporter | null = null;
  @property({ attribute: false }) state: ExportState = { kind: "idle" };

  protected override render(): TemplateResult | typeof nothing {
    const { state } = this;
    if (state.kind === "gathering") {
      return html`<section class="card"><header><h3>${t("Looking at what is there")}</h3></header><progress class="meter thick" aria-label=${t("Looking at what is there")}></progress></section>`;
    }
    if (state.kind !== "running") return nothing;
    const share = shareOf(state.progress);
    const isListing = state.progress.phase === "finishing";
    return html`<section class="card" aria-labelledby="take-phase"><header><h3 id="take-phase">${phaseTitle(state)}</h3></header>
      <div class="stack close">
        ${isListing ? nothing : html`<p><span class="big-number">${share.toLocaleString(LOCALE, { style: "percent", maximumFractionDigits: 0, roundingMode: "floor" } as Intl.NumberFormatOptions)}</span></p>`}
        ${isListing ? html`<progress class="meter thick" aria-labelledby="take-phase"></progress>` : html`<progress class="meter thick ${state.progress.isWaitingForNetwork ? "late" : ""}" max="1" .value=${share} aria-labelledby="take-phase"></progress>
        <p class="quiet">${progressWords(state)}</p>`}
        ${state.progress.failed > 0 ? html`<p class="small quiet">${tn("{n} photo could not be written so far. The others go on.", "{n} photos could not be written so far. The others go on.", state.progress.failed)}</p>` : nothing}
      </div>
      <p class="small quiet read">${t("Keep this page open; you may look at your photos meanwhile. As long as it is in view, your vault does not lock by itself.")}</p>
      <p class="acts">
        ${state.isPaused
          ? html`<button class="btn main" type="button" @click=${() => { this.exporter?.resume(); }}>${icon("play")}${t("Go on")}</button>`
          : html`<button class="btn" type="button" @click=${() => { this.exporter?.pause(); }}>${icon("pause")}${t("Pause")}</button>`}
        <button class="btn ghost" type="button" @click=${() => { this.exporter?.cancel(); }}>${t("Cancel")}</button>
      </p>
    </section>`;
  }
}
