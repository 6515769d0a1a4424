/** `<pv-data-archives>`: everything as one encrypted file that the service packs, and how to open it. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { archiveAddress, askForArchive, isUnderWay, OPENER_ADDRESS, readArchives, removeArchive, type Archive } from "../../vault/archives.ts";
import { bytesText, dayText, momentText } from "../format.ts";
import { icon } from "../icons.ts";
import { Section } from "../settings/section.ts";
import { confirmDialog } from "../shell/notices.ts";
import { t, tn } from "../text.ts";

const AGAIN_MS = 2000;

const ENDINGS: Readonly<Record<string, string>> = {
  its_time: t("Its seven days are over."),
  photo_deleted: t("You deleted a photo that was in it, so it ended with the photo."),
  photo_changed: t("A photo in it was changed meanwhile, so it could not be given out whole. Ask for a new one."),
  took_too_long: t("It could not be finished in three days. We were told; ask for a new one."),
};

@customElement("pv-data-archives")
export class ArchivesSection extends Section {
  @state() private archives: readonly Archive[] | null = null;
  private timer: number | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(() => this.look());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  protected override render(): TemplateResult {
    const archives = this.archives ?? [];
    const canAsk = this.archives !== null && !archives.some(isUnderWay);
    return html`<div class="stack">
      <section class="card"><header><h3>${t("Everything in one file")}</h3>
          <p class="read">${t("We pack all that you keep here into one ZIP file: your photos as they lie on our disks, encrypted, the keys that only you can use, and what else we know about you. We cannot open it, and you can, without us.")}</p></header>
        ${this.trouble()}
        ${this.archives === null ? nothing : html`<div class="acts"><button class="btn main" type="button" ?disabled=${!canAsk || this.isBusy} aria-busy=${this.isBusy} @click=${this.ask}>${icon("archive")}${t("Ask for an archive")}</button>
          ${canAsk ? nothing : html`<span class="why-off">${t("One is being made.")}</span>`}</div>`}
      </section>
      ${archives.length === 0 ? nothing : html`<section class="card archives"><header><h3>${t("Your archives")}</h3></header>
        <ul class="rows">${repeat(archives, ({ id }) => id, (archive) => this.row(archive))}</ul></section>`}
      ${this.howTo()}
    </div>`;
  }

  private row(archive: Archive): TemplateResult {
    return html`<li class="archive">${icon("archive")}<div class="grow">
        <strong>${t("Of {day}", { day: momentText(archive.asked_at) })}</strong>${this.facts(archive)}</div>${this.acts(archive)}</li>`;
  }

  private facts(archive: Archive): TemplateResult {
    if (isUnderWay(archive)) return this.progress(archive);
    if (archive.state !== "ready") return html`<span class="sub">${ENDINGS[archive.ended_by] ?? t("It ended.")}</span>`;
    return html`<span class="sub num">${[bytesText(archive.size), tn("{n} file", "{n} files", archive.files), t("until {day}", { day: dayText(archive.expires_at ?? archive.asked_at) })].join(" · ")}</span>
      ${archive.missing === 0 ? nothing : html`<span class="sub late">${tn("{n} file could not be read and is not in it. The file archive.json inside names it.", "{n} files could not be read and are not in it. The file archive.json inside names them.", archive.missing)}</span>`}`;
  }

  private progress({ state: at, bytes, bytes_of: bytesOf, files, files_of: filesOf }: Archive): TemplateResult {
    if (at === "asked") return html`<span class="sub" role="status">${t("Waiting for its turn. It begins within a minute.")}</span><progress class="meter" aria-label=${t("Waiting")}></progress>`;
    const numbers = [t("{bytes} of {all}", { bytes: bytesText(bytes), all: bytesText(bytesOf) }), t("{n} of {all} files", { n: files, all: filesOf })];
    return html`<span class="sub num" role="status">${numbers.join(" · ")}</span>
      <progress class="meter" max=${Math.max(1, bytesOf)} .value=${bytes} aria-label=${t("Packing")}></progress>`;
  }

  private acts(archive: Archive): TemplateResult {
    const isReady = archive.state === "ready";
    return html`<div class="acts">
      ${isReady ? html`<a class="btn" href=${archiveAddress(archive)} download>${icon("download")}${t("Download")}</a>` : nothing}
      <button class="btn ghost danger" type="button" ?disabled=${this.isBusy} @click=${() => this.end(archive)}>${isUnderWay(archive) ? t("Stop") : t("Remove")}</button></div>`;
  }

  private howTo(): TemplateResult {
    return html`<section class="card"><header><h3>${t("To have it and to open it")}</h3></header>
      <ul class="facts">
        <li>${icon("mail")}<div><strong>${t("We write to you")}</strong><span>${t("When one is asked for, and when it can be downloaded. If it was not you, change your password.")}</span></div></li>
        <li>${icon("download")}<div><strong>${t("A download goes on after a break")}</strong><span>${t("Choose Resume in your browser's list of downloads: it takes up where it stopped, for seven days.")}</span></div></li>
        <li>${icon("unlock")}<div><strong><a class="text-link" href=${OPENER_ADDRESS} download>open-archive.html</a></strong><span>${t("Lies in each archive. It turns the file into plain photos, without the internet, with your 24 words or your password.")}</span></div></li>
        <li>${icon("recycle")}<div><strong>${t("It ends with any photo in it")}</strong><span>${t("Delete a photo and the archives here that hold it are gone at once. One that you downloaded is yours: nobody can end that.")}</span></div></li>
      </ul></section>`;
  }

  private readonly ask = (): void => {
    void this.attempt(async () => {
      await askForArchive();
      await this.look();
    });
  };

  private async end(archive: Archive): Promise<void> {
    const isSure =
      archive.state !== "ready" ||
      (await confirmDialog({
        title: t("Remove this archive?"),
        sentences: [t("It can be downloaded no more. Your photos stay as they are, and you can ask for another.")],
        confirm: t("Remove"),
        danger: true,
      }));
    if (!isSure) return;
    await this.attempt(async () => {
      await removeArchive(archive.id);
      await this.look();
    });
  }

  /** Look again as long as one is being made. */
  private async look(): Promise<void> {
    this.archives = await readArchives();
    clearTimeout(this.timer);
    if (!this.isConnected || !this.archives.some(isUnderWay)) return;
    this.timer = window.setTimeout(() => { void this.look().catch(() => undefined); }, AGAIN_MS);
  }
}
