/** `<pv-data-take>`: taking everything along, opened, without us in between. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { announceExport, Exporter, type ExportState, type Unfinished } from "../../transfer/exporting/exporter.ts";
import type { ExportChoices, ExportPlace } from "../../transfer/exporting/contract.ts";
import type { Library } from "../../vault/library/library.ts";
import { currentVault } from "../../vault/state.ts";
import { withStepUp } from "../../vault/step-up.ts";
import { askStepUp } from "../account/step-up-dialog.ts";
import { dayText } from "../format.ts";
import { icon } from "../icons.ts";
import { librarySession } from "../library/session.ts";
import { Section } from "../settings/section.ts";
import { announce } from "../shell/notices.ts";
import { LOCALE, t } from "../text.ts";
import { TakeEvent } from "./take-form.ts";
import { handOver, mayWriteTo, pickPlace } from "./take-places.ts";
import { exportWords } from "./take-words.ts";
import "./take-progress.ts";
import "./take-result.ts";

/** One for each open library: an export goes on while its person looks at something else. */
const exporters = new WeakMap<Library, Exporter>();

async function exporterOfPage(): Promise<Exporter | null> {
  const { access } = await librarySession();
  const vault = currentVault();
  const known = exporters.get(access.library);
  if (known !== undefined || vault === null) return known ?? null;
  const made = new Exporter(vault, access.library);
  exporters.set(access.library, made);
  return made;
}

@customElement("pv-data-take")
export class TakeSection extends Section {
  @state() private exporter: Exporter | null = null;
  @state() private exportState: ExportState = { kind: "idle" };
  @state() private unfinished: Unfinished | null = null;
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(async () => {
      const exporter = await exporterOfPage();
      if (exporter === null || !this.isConnected) return;
      this.exporter = exporter;
      this.stop = exporter.subscribe(() => { this.take(exporter); });
      this.take(exporter);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  protected override render(): TemplateResult {
    return html`<div class="stack" @pv-take=${this.begin}>${this.trouble()}${this.content()}</div>`;
  }

  private content(): TemplateResult | typeof nothing {
    const { exporter, exportState } = this;
    if (exporter === null) return nothing;
    if (exportState.kind === "gathering" || exportState.kind === "running") return html`<pv-take-progress .exporter=${exporter} .state=${exportState}></pv-take-progress>`;
    if (exportState.kind === "done") return html`<pv-take-result .exporter=${exporter} .report=${exportState.report}></pv-take-result>`;
    return html`${exportState.kind === "failed" ? this.failed(exportState) : nothing}${this.unfinished === null ? nothing : this.interrupted(this.unfinished)}
      <pv-take-form .exporter=${exporter} .isBusy=${this.isBusy}></pv-take-form>`;
  }

  private failed({ refusal }: Extract<ExportState, { readonly kind: "failed" }>): TemplateResult {
    return html`<p class="note problem" role="alert">${icon("info")}<span>${t(refusal.sentence)}</span></p>`;
  }

  private interrupted(unfinished: Unfinished): TemplateResult {
    const percent = unfinished.share.toLocaleString(LOCALE, { style: "percent", maximumFractionDigits: 0 });
    return html`<section class="card" aria-labelledby="take-stopped"><header><h3 id="take-stopped">${t("A copy stopped at {percent}", { percent })}</h3>
      <p class="read">${t("It goes into the folder {folder} and was begun on {day}. What is there is looked at, and only the rest is written.", { folder: unfinished.folder.name, day: dayText(unfinished.begunAt) })}</p></header>
      <p class="acts"><button class="btn" type="button" ?disabled=${this.isBusy} @click=${() => void this.goOn(unfinished)}>${icon("play")}${t("Go on with it")}</button>
        <button class="btn ghost" type="button" ?disabled=${this.isBusy} @click=${() => void this.forget()}>${t("Forget it")}</button></p></section>`;
  }

  private readonly begin = (event: Event): void => {
    if (event instanceof TakeEvent) void this.attempt(async () => {
      const place = await pickPlace(event.place).catch(unlessCancelled);
      if (place !== null) await this.export(place, event.choices);
    });
  };

  private async goOn({ folder, choices, begunAt }: Unfinished): Promise<void> {
    await this.attempt(async () => {
      if (await mayWriteTo(folder)) await this.export({ kind: "folder", folder }, choices, begunAt);
    });
  }

  /** The proof is asked for once; the picker is not opened twice for it. */
  private async export(place: ExportPlace, choices: ExportChoices, begunAt?: string): Promise<void> {
    const begun = await withStepUp(async () => { await announceExport(); return true; }, askStepUp);
    if (begun === null || this.exporter === null) return;
    void this.exporter.begin(place, choices, exportWords(), begunAt);
  }

  private async forget(): Promise<void> {
    await this.exporter?.forgetUnfinished();
    this.unfinished = null;
  }

  private take(exporter: Exporter): void {
    const before = this.exportState.kind;
    this.exportState = exporter.state;
    if (exporter.state.kind === "idle" || exporter.state.kind === "failed") void exporter.unfinished().then((unfinished) => { this.unfinished = unfinished; });
    if (exporter.state.kind !== "done" || before === "done") return;
    announce(t("Your copy is written."));
    if (before === "running" && exporter.state.report.archive !== null) handOver(exporter.state.report.archive);
  }
}

function unlessCancelled(error: unknown): null {
  if (error instanceof DOMException && error.name === "AbortError") return null;
  throw error;
}
