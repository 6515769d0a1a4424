/** `<pv-collect>`: bringing photos to somebody, without an account. */
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { KdfWire } from "../../api/types.ts";
import type { GuestEntry } from "../../transfer/guest-queue.ts";
import { openGuestQueue, type OpenGuestQueue } from "../../transfer/open-guest.ts";
import { filesFromDrop, filesFromInput, isClutter, type SelectedFile } from "../../transfer/selected-files.ts";
import { askCollectLink, enterCollecting, readRoom, type Collecting, type Room } from "../../vault/guests/collecting.ts";
import { dayText, roomText } from "../format.ts";
import { icon, ring } from "../icons.ts";
import { toast } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { broughtList } from "./brought.ts";
import { fact, GuestPage, type Unlocked } from "./guest-page.ts";

const LONGEST_NAME = 200;
const PICTURES = "image/*,.heic,.heif,.avif,.jxl,.tif,.tiff,.dng,.cr2,.cr3,.nef,.arw,.raf,.orf,.rw2,.pef,.srw";

@customElement("pv-collect")
export class CollectPage extends GuestPage {
  @state() private entries: readonly GuestEntry[] = [];
  @state() private room: Room | null = null;
  @state() private isOver = false;
  private collecting: Collecting | null = null;
  private open: OpenGuestQueue | null = null;
  private readonly pictures = new Map<string, string>();

  protected readonly passwordTitle = t("This link asks for a password");

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("beforeunload", this.holdBack);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("beforeunload", this.holdBack);
  }

  protected override async ask(id: string): Promise<KdfWire | null> {
    return (await askCollectLink(id)).kdf;
  }

  protected override async enter({ address, keys }: Unlocked): Promise<void> {
    const collecting = await enterCollecting(address, keys);
    this.collecting = collecting;
    this.room = collecting.room;
    this.open = await openGuestQueue(collecting, () => { this.entries = this.open?.queue.entries ?? []; }, () => void this.lookAtRoom());
    this.entries = this.open.queue.entries;
    document.title = `${collecting.name} · PocketVault`;
  }

  protected override leave(): void {
    this.open?.end();
    this.open = null;
    for (const url of this.pictures.values()) URL.revokeObjectURL(url);
    this.pictures.clear();
  }

  protected override opened(): TemplateResult {
    const { collecting, room } = this;
    if (collecting === null || room === null) return html``;
    return html`<div class="bring">
      <header>
        ${ring("link", "big")}
        <h1>${collecting.name}</h1>
        <p class="lead quiet">${t("Bring your photos. They are encrypted on this device for the person who asked, and nobody else can open them: not we, and not the others who have this link.")}</p>
        <p class="quiet facts-line num">${fact(tn("Room for {n} photo", "Room for {n} photos", room.photos))}${fact(roomText(room.bytes))}${fact(t("open until {day}", { day: dayText(room.expiresAt) }))}</p>
      </header>
      ${room.photos === 0 ? this.full() : this.form()}
      ${broughtList(this.entries, {
        pictureOf: (entry) => this.pictureOf(entry),
        retry: (id) => this.open?.queue.retry(id),
        discard: (id) => void this.open?.queue.discard(id),
      })}
    </div>`;
  }

  private full(): TemplateResult {
    return html`<p class="note">${icon("info")}<span>${t("No more fits through this link. Whoever sent it to you can allow more.")}</span></p>`;
  }

  private form(): TemplateResult {
    return html`<form class="bring-form" @submit=${(event: Event) => { event.preventDefault(); }}>
      <div class="field"><label for="called">${t("Your name, if you like")}</label>
        <input class="input" id="called" maxlength=${LONGEST_NAME} autocomplete="name" aria-describedby="called-hint" />
        <p class="hint" id="called-hint">${t("It stands beside your photos, encrypted like them. Type it before you choose them.")}</p></div>
      <div class="switch-line"><label for="facts">${t("Send date and place along")}<span class="sub">${t("From what the camera wrote, encrypted. The files themselves are cleaned in any case.")}</span></label>
        <input class="switch" id="facts" type="checkbox" role="switch" checked /></div>
      <div class="drop ${this.isOver ? "over" : ""}" @dragover=${this.over} @dragleave=${() => { this.isOver = false; }} @drop=${this.dropped}>
        <label class="btn main" for="files">${icon("upload")}${t("Choose photos")}</label>
        <input class="sr" id="files" type="file" multiple accept=${PICTURES} @change=${this.chosen} />
        <span class="wide-only">${t("or drop them here")}</span>
      </div>
    </form>`;
  }

  private pictureOf({ id, thumbnail }: GuestEntry): string | null {
    if (thumbnail !== null && !this.pictures.has(id)) this.pictures.set(id, URL.createObjectURL(thumbnail));
    return this.pictures.get(id) ?? null;
  }

  private readonly over = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes("Files") !== true) return;
    event.preventDefault();
    this.isOver = true;
  };

  private readonly dropped = (event: DragEvent): void => {
    this.isOver = false;
    if (event.dataTransfer === null) return;
    event.preventDefault();
    void this.take(filesFromDrop(event.dataTransfer));
  };

  private readonly chosen = (event: Event): void => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || field.files === null) return;
    void this.take(filesFromInput([...field.files]));
    field.value = "";
  };

  private async take(files: Iterable<SelectedFile> | AsyncIterable<SelectedFile>): Promise<void> {
    const photos: File[] = [];
    for await (const { file, path } of files) if (!isClutter(path)) photos.push(file);
    const called = this.find<HTMLInputElement>("#called")?.value.trim() ?? "";
    const choice = this.find<HTMLInputElement>("#facts")?.checked === true ? "remember" : "remove";
    const underway = this.entries.filter(({ state }) => state !== "brought" && state !== "failed").length;
    const fits = photos.slice(0, Math.max(0, (this.room?.photos ?? 0) - underway));
    const left = photos.length - fits.length;
    if (left > 0) toast(tn("{n} photo does not fit through this link and was left out.", "{n} photos do not fit through this link and were left out.", left), { seconds: 12 });
    this.open?.queue.add(fits.map((file) => ({ file, choice, from: called === "" ? null : called })));
  }

  private async lookAtRoom(): Promise<void> {
    if (this.collecting === null) return;
    this.room = await readRoom(this.collecting.linkId).catch(() => this.room);
  }

  /** What is prepared outlives this page; a file that was only chosen does not. */
  private readonly holdBack = (event: BeforeUnloadEvent): void => {
    if (this.open?.queue.isUnprepared === true) event.preventDefault();
  };
}
