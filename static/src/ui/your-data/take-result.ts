/** `<pv-take-result>`: what came of a copy. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { ExportFailure, ExportReport } from "../../transfer/exporting/contract.ts";
import type { Exporter } from "../../transfer/exporting/exporter.ts";
import { LightElement } from "../element.ts";
import { bytesText } from "../format.ts";
import { icon } from "../icons.ts";
import { LOCALE, t, tn } from "../text.ts";
import { handOver } from "./take-places.ts";

/** A longer list helps nobody; the number stands above it. */
const LISTED = 50;

@customElement("pv-take-result")
export class TakeResult extends LightElement {
  @property({ attribute: false }) exporter: Exporter | null = null;
  @property({ attribute: false }) report: ExportReport | null = null;

  protected override render(): TemplateResult | typeof nothing {
    const { report } = this;
    if (report === null) return nothing;
    const { failures, archive } = report;
    return html`<section class="card" aria-labelledby="take-result"><header><h3 id="take-result">${failures.length === 0 ? t("Your copy is complete") : t("Your copy is there, with gaps")}</h3></header>
      <ul class="facts">
        <li>${icon("check")}<div><strong>${tn("{n} photo in {name}", "{n} photos in {name}", report.photos, { name: report.name })}</strong><span>${this.sizeWords(report)}</span></div></li>
        <li>${icon(this.isRight(report) ? "check" : "warning")}<div><strong>${tn("{n} file was read back and is what was written", "{n} files were read back and are what was written", report.verified)}</strong><span>${t("By their SHA-256 checksums, which stand in manifest-sha256.txt.")}</span></div></li>
        <li>${icon("photo")}<div><strong>${t("To look at it, open README.html in the folder data")}</strong><span>${t("It works without us and without a network.")}</span></div></li>
      </ul>
      ${failures.length === 0 ? nothing : this.gaps(failures)}
      <p class="acts">
        ${archive === null ? nothing : html`<button class="btn ${failures.length === 0 ? "main" : ""}" type="button" @click=${() => { handOver(archive); }}>${icon("download")}${t("Save the file again")}</button>`}
        ${failures.length === 0 ? nothing : html`<button class="btn main" type="button" @click=${() => void this.exporter?.retry()}>${icon("retry")}${t("Try those again")}</button>`}
        <button class="btn ${archive === null && failures.length === 0 ? "main" : "ghost"}" type="button" @click=${() => { this.exporter?.dismiss(); }}>${t("Done")}</button>
      </p>
    </section>`;
  }

  private isRight({ failures }: ExportReport): boolean {
    return !failures.some(({ code }) => code === "not_as_written");
  }

  private sizeWords({ files, bytes, kept }: ExportReport): string {
    const all = tn("{size} in {n} file", "{size} in {n} files", files, { size: bytesText(bytes) });
    return kept === 0 ? all : `${all} · ${tn("{n} photo was there already", "{n} photos were there already", kept)}`;
  }

  private gaps(failures: readonly ExportFailure[]): TemplateResult {
    const rest = failures.length - LISTED;
    return html`<section class="card"><header><h3>${tn("{n} thing is missing", "{n} things are missing", failures.length)}</h3></header>
      <ul class="rows">${failures.slice(0, LISTED).map(({ name, sentence }) => html`<li>${icon("photo-broken")}<div class="grow"><strong>${name}</strong><span class="sub">${t(sentence)}</span></div></li>`)}</ul>
      ${rest > 0 ? html`<p class="small quiet">${t("And {n} more.", { n: rest.toLocaleString(LOCALE) })}</p>` : nothing}</section>`;
  }
}
