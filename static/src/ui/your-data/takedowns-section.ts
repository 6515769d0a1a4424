/** `<pv-data-takedowns>`: copies that others show without leave, from the report to the verified removal. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { hashPicture, readCases, reportCopies, type TakedownLine } from "../../vault/takedowns.ts";
import { dayText } from "../format.ts";
import { icon } from "../icons.ts";
import { Section } from "../settings/section.ts";
import { announce } from "../shell/notices.ts";
import { choosePhoto, type ChosenPhoto } from "./chosen-photo.ts";
import { t, tn } from "../text.ts";
import "./takedown-case.ts";
import "./takedown-intimate.ts";
import { stepWords } from "./takedown-words.ts";

@customElement("pv-data-takedowns")
export class TakedownsSection extends Section {
  @state() private cases: readonly TakedownLine[] | null = null;
  @state() private hashes: readonly Uint8Array<ArrayBuffer>[] = [];
  @state() private open = "";
  /** Photos of the vault that the report is about. */
  @state() private photos: readonly ChosenPhoto[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(async () => {
      await this.load();
      const chosen = new URLSearchParams(location.search).get("photo");
      if (chosen !== null) this.photos = [await choosePhoto(chosen)];
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const { release } of this.photos) release();
  }

  protected override render(): TemplateResult {
    const cases = this.cases ?? [];
    return html`<div class="stack">
      <form class="card" @submit=${this.report} novalidate><header><h3>${t("Somebody shows your picture")}</h3>
        <p class="read">${t("Give us the addresses. We keep what is there as evidence, find whom to write to, and help you write what the law wants. You sign, we send, remind them, and look whether it is gone.")}</p></header>
        ${this.trouble()}
        <div class="field"><label for="copies">${t("Addresses, one on each line")}</label><textarea class="input" id="copies" rows="3" placeholder="https://" autocomplete="off" spellcheck="false"></textarea></div>
        ${this.photos.map((photo) => this.photoRow(photo))}
        <div class="field"><label for="own">${t("Your own picture, to compare with (optional)")}</label>
          <input class="input" id="own" type="file" accept="image/*" multiple @change=${this.chosen} />
          <span class="hint">${this.hashes.length === 0 ? t("It stays on this device. Only its fingerprint is sent.") : tn("{n} fingerprint made. The picture stayed here.", "{n} fingerprints made. The pictures stayed here.", this.hashes.length)}</span></div>
        <p class="acts"><button class="btn main" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${t("Report")}</button></p></form>
      ${cases.length === 0 ? nothing : html`<section class="card"><header><h3>${t("Your cases")}</h3></header>
        <ul class="rows">${repeat(cases, ({ id }) => id, (line) => this.row(line))}</ul></section>`}
      ${this.open === "" ? nothing : html`<pv-takedown-case .caseId=${this.open} @pv-case-moved=${this.moved}></pv-takedown-case>`}
      <pv-takedown-intimate></pv-takedown-intimate></div>`;
  }

  private photoRow({ id, name, url }: ChosenPhoto): TemplateResult {
    return html`<div class="chosen-photo" data-photo=${id}>${url === "" ? icon("photos") : html`<img src=${url} alt="" width="56" height="56" />`}
      <div class="grow"><strong>${t("This photo: {name}", { name })}</strong><span class="sub">${t("Its fingerprint is made here and sent. The photo stays sealed.")}</span></div>
      <button class="btn" type="button" @click=${() => { this.dropPhoto(id); }}>${t("Not this one")}</button></div>
      <label class="tick"><input type="checkbox" id="ends" /><span>${t("Close the case if I delete this photo")}</span></label>`;
  }

  private dropPhoto(id: string): void {
    for (const photo of this.photos) if (photo.id === id) photo.release();
    this.photos = this.photos.filter((photo) => photo.id !== id);
  }

  private row(line: TakedownLine): TemplateResult {
    return html`<li data-case=${line.id}>${icon(line.removed_at === null ? "search" : "check")}<div class="grow"><strong>${line.host}</strong>
      <span class="sub">${stepWords(line.step)}. ${t("Reported on {day}", { day: dayText(line.reported_at) })}</span></div>
      <button class="btn" type="button" aria-expanded=${this.open === line.id} @click=${() => { this.open = this.open === line.id ? "" : line.id; }}>${this.open === line.id ? t("Close") : t("Open")}</button></li>`;
  }

  private readonly chosen = (event: Event): void => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement)) return;
    void this.attempt(async () => {
      const made = await Promise.all([...(input.files ?? [])].map(hashPicture));
      this.hashes = made.filter((each) => each !== null);
    });
  };

  private readonly report = (event: Event): void => {
    event.preventDefault();
    const area = this.find<HTMLTextAreaElement>("#copies");
    const urls = (area?.value ?? "").split(/\s+/).filter((each) => each !== "");
    if (urls.length === 0) return;
    void this.attempt(async () => {
      const hashes = [...this.hashes, ...this.photos.flatMap(({ hash }) => hash ?? [])];
      const endsWithPhoto = this.find<HTMLInputElement>("#ends")?.checked === true;
      const made = await reportCopies({ urls, hashes, imageIds: this.photos.map(({ id }) => id), endsWithPhoto });
      if (area !== null) area.value = "";
      this.open = made[0]?.id ?? "";
      announce(tn("Reported. {n} case is open.", "Reported. {n} cases are open.", made.length));
      await this.load();
    });
  };

  private readonly moved = (): void => {
    void this.attempt(() => this.load());
  };

  private async load(): Promise<void> {
    this.cases = await readCases();
  }
}
