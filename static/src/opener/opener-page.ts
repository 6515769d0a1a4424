/** `<pv-opener>`: the page that turns an archive into photos, without us and without a network. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { RecoveryPhraseError } from "../crypto/recovery-error.ts";
import { LightElement } from "../ui/element.ts";
import { bytesText, dayText } from "../ui/format.ts";
import { t, tn } from "../ui/text.ts";
import type { Keyring } from "../vault/library/keyring.ts";
import { Archive, WrongProofError, type Proof } from "./archive.ts";
import { drawing, mark, wrong } from "./drawings.ts";
import { receiptsAmong } from "./layout.ts";
import { openInto, type Standing } from "./opening.ts";
import { outcomeOf, progressOf } from "./progress.ts";
import { canPickFolder, pickFolder, pickZip, type Target } from "./targets.ts";
import { ArchiveError } from "./zip-directory.ts";

const UNFORESEEN = "This did not work, and we do not know why. Nothing of your archive was changed. Reload this page and try again.";

@customElement("pv-opener")
export class OpenerPage extends LightElement {
  @state() private archive: Archive | null = null;
  @state() private keyring: Keyring | null = null;
  @state() private standing: Standing | null = null;
  @state() private by: "phrase" | "password" = "phrase";
  @state() private problem = "";
  @state() private isBusy = false;
  @state() private isOver = false;
  @state() private withBinned = false;
  private readonly stopping = new AbortController();

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("beforeunload", this.warn);
  }

  protected override render(): TemplateResult {
    return html`<header class="opener-head">${mark()}<strong>PocketVault</strong><span class="tag">${drawing("offline")}${t("Works offline")}</span></header>
      <main class="opener-main">${this.standing === null ? this.steps() : this.work(this.standing)}</main>
      <footer class="opener-foot quiet small"><p>${t("This page runs on your device alone. It cannot send anything anywhere: the browser itself forbids it.")}</p></footer>`;
  }

  private steps(): TemplateResult {
    return html`<div class="opener-title"><h1 tabindex="-1">${t("Open your archive")}</h1>
        <p class="lead quiet">${t("Your photos come out of it as they went in, byte for byte.")}</p></div>
      <ol class="opener-steps">
        ${this.step(1, t("Your archive"), this.archive !== null, true, this.choosing())}
        ${this.step(2, t("Your key"), this.keyring !== null, this.archive !== null, this.proving())}
        ${this.step(3, t("Where your photos go"), false, this.keyring !== null, this.placing())}
      </ol>`;
  }

  private step(number: number, title: string, isDone: boolean, isOpen: boolean, content: TemplateResult): TemplateResult {
    const name = isDone ? "done" : isOpen ? "now" : "later";
    return html`<li class="opener-step ${name}"><span class="opener-number" aria-hidden="true">${isDone ? drawing("tick") : number}</span>
      <div><h2>${title}</h2>${isOpen ? content : nothing}</div></li>`;
  }

  private choosing(): TemplateResult {
    if (this.archive !== null) {
      const { file, askedAt, images } = this.archive;
      return html`<p class="opener-fact"><strong>${file.name}</strong><span class="quiet num">${bytesText(file.size)}, ${tn("{n} photo", "{n} photos", images.length)}, ${t("made on {day}", { day: dayText(askedAt) })}</span></p>
        ${this.missing()}
        <button class="btn ghost accent opener-back" type="button" @click=${this.startOver}>${t("Choose another")}</button>`;
    }
    return html`<label class="drop" @dragover=${this.hover} @dragleave=${this.unhover} @drop=${this.drop}>
        ${drawing("archive")}<strong>${t("Choose the ZIP file")}</strong><span>${t("or drop it here. It is read from your disk bit by bit, however large it is.")}</span>
        <input class="sr" type="file" accept=".zip,application/zip" ?disabled=${this.isBusy} @change=${this.choose}>
      </label>
      ${this.problem === "" ? nothing : wrong(this.problem)}`;
  }

  private missing(): TemplateResult | typeof nothing {
    const count = this.archive?.missing.length ?? 0;
    if (count === 0) return nothing;
    return html`<p class="note warn">${drawing("alert")}<span>${tn("{n} file was damaged on our disks already when this was made, and is not in it.", "{n} files were damaged on our disks already when this was made, and are not in it.", count)}</span></p>`;
  }

  private proving(): TemplateResult {
    if (this.keyring !== null) return html`<p class="quiet">${t("It opens.")}</p>`;
    return html`<form class="stack" @submit=${this.prove}>
      <div class="opener-ways" role="group" aria-label=${t("How to open it")}>
        ${this.way("phrase", t("24 words"))}${this.way("password", t("Password"))}
      </div>
      ${this.by === "phrase" ? this.phraseField() : this.passwordField()}
      ${this.problem === "" ? nothing : wrong(this.problem)}
      <button class="btn main wide" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${this.isBusy ? t("Opening") : t("Open")}</button>
    </form>`;
  }

  private way(by: "phrase" | "password", title: string): TemplateResult {
    const choose = (): void => {
      this.by = by;
      this.problem = "";
    };
    return html`<button class="btn" type="button" aria-pressed=${this.by === by} @click=${choose}>${title}</button>`;
  }

  private phraseField(): TemplateResult {
    return html`<div class="field"><label for="phrase">${t("Your 24 words")}</label>
      <textarea class="input" id="phrase" name="phrase" rows="4" required autocomplete="off" autocapitalize="none" spellcheck="false" aria-invalid=${this.problem !== ""}></textarea>
      <p class="hint">${t("With spaces between them. Numbers and line breaks do not matter.")}</p></div>`;
  }

  private passwordField(): TemplateResult {
    return html`<div class="field"><label for="password">${t("Your password")}</label>
      <input class="input" id="password" name="password" type="password" required autocomplete="current-password" aria-invalid=${this.problem !== ""}>
      <p class="hint">${t("The one you had when the archive was made.")}</p></div>`;
  }

  private placing(): TemplateResult {
    const hasFolder = canPickFolder();
    return html`<div class="stack">
      <p class="quiet">${t("They are written as ordinary files that anything can read: do it where only you look, with as much room as the archive takes.")}</p>
      <div class="switch-line"><label for="binned">${t("Photos from the recycle bin too")}</label>
        <input class="switch" id="binned" type="checkbox" role="switch" .checked=${this.withBinned} @change=${this.takeBinned}></div>
      <div class="opener-places">
        ${hasFolder ? html`<button class="btn main wide" type="button" @click=${this.toFolder}>${drawing("folder")}${t("Into a folder")}</button>` : nothing}
        <button class="btn wide ${hasFolder ? "" : "main"}" type="button" @click=${this.toZip}>${drawing("file")}${t("Into one ZIP file")}</button>
      </div>
      ${hasFolder ? nothing : html`<p class="hint quiet small">${t("This browser cannot write into a folder. Chrome and Edge can.")}</p>`}
      ${this.problem === "" ? nothing : wrong(this.problem)}
    </div>`;
  }

  private work(standing: Standing): TemplateResult {
    if (standing.step === "done") return outcomeOf(standing, receiptsAmong(this.archive?.members.keys() ?? []));
    return html`${progressOf(standing, this.archive?.file.size ?? 0)}
      ${this.isOver
        ? html`${wrong(this.problem)}<button class="btn wide" type="button" @click=${this.tryAgain}>${t("Choose a place again")}</button>`
        : html`<button class="btn wide" type="button" @click=${this.stop}>${t("Stop")}</button>`}`;
  }

  private readonly hover = (event: DragEvent): void => {
    event.preventDefault();
    (event.currentTarget as HTMLElement).classList.add("over");
  };

  private readonly unhover = (event: Event): void => {
    (event.currentTarget as HTMLElement).classList.remove("over");
  };

  private readonly drop = (event: DragEvent): void => {
    event.preventDefault();
    this.unhover(event);
    const [file] = event.dataTransfer?.files ?? [];
    if (file !== undefined) void this.read(file);
  };

  private readonly choose = (event: Event): void => {
    const [file] = (event.currentTarget as HTMLInputElement).files ?? [];
    if (file !== undefined) void this.read(file);
  };

  private readonly startOver = (): void => {
    this.archive = this.keyring = null;
    this.problem = "";
  };

  private async read(file: File): Promise<void> {
    await this.trying(async () => {
      this.archive = await Archive.over(file);
    });
    if (this.archive !== null) await this.focusOn("#phrase");
  }

  private readonly prove = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = String(form.get(this.by));
    const proof: Proof = this.by === "phrase" ? { phrase: text } : { password: text };
    void this.trying(async () => {
      await painted();
      this.keyring = (await this.archive?.unlock(proof)) ?? null;
    });
  };

  private readonly takeBinned = (event: Event): void => {
    this.withBinned = (event.currentTarget as HTMLInputElement).checked;
  };

  private readonly toFolder = (): void => {
    void this.trying(() => this.writeTo(pickFolder()));
  };

  private readonly toZip = (): void => {
    const name = (this.archive?.file.name ?? "pocketvault.zip").replace(/\.zip$/i, "-opened.zip");
    void this.trying(() => this.writeTo(pickZip(name)));
  };

  private async writeTo(picking: Promise<Target | null>): Promise<void> {
    const target = await picking;
    const { archive, keyring, withBinned } = this;
    if (target === null || archive === null || keyring === null) return;
    this.isOver = false;
    const tell = (standing: Standing): void => {
      this.standing = standing;
    };
    try {
      await openInto({ archive, keyring, target, withBinned, stop: this.stopping.signal, tell });
      await this.focusOn("h1");
    } catch (error) {
      this.isOver = true;
      throw error;
    }
  }

  private readonly stop = (): void => {
    this.stopping.abort(new DOMException("Stopped.", "AbortError"));
  };

  private readonly tryAgain = (): void => {
    location.reload();
  };

  private readonly warn = (event: BeforeUnloadEvent): void => {
    const isWriting = this.standing !== null && this.standing.step !== "done" && !this.isOver;
    if (isWriting) event.preventDefault();
  };

  private async trying(work: () => Promise<void>): Promise<void> {
    this.problem = "";
    this.isBusy = true;
    try {
      await work();
    } catch (error) {
      this.problem = sentenceOf(error);
    } finally {
      this.isBusy = false;
    }
  }
}

/** Let the browser draw what was just said before the password takes half a second. */
async function painted(): Promise<void> {
  await new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });
}

function sentenceOf(error: unknown): string {
  if (error instanceof ArchiveError || error instanceof WrongProofError || error instanceof RecoveryPhraseError) return t(error.message);
  if (!(error instanceof DOMException)) return t(UNFORESEEN);
  if (error.name === "AbortError") return t("Stopped. What was written so far stays where it is.");
  if (error.name === "QuotaExceededError") return t("There is no more room there. Choose another place.");
  if (error.name === "NotAllowedError") return t("The browser may not write there. Choose another folder, and allow it.");
  return error.name === "NotReadableError" || error.name === "NotFoundError"
    ? t("The archive or the folder is not there any more. Was a disk taken out?")
    : t(UNFORESEEN);
}
