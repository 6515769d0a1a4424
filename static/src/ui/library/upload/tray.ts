/** `<pv-upload-tray>`: what is on its way, at the lower edge. It never pushes or covers the last row. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { UploadQueue, UploadTotals } from "../../../transfer/queue.ts";
import type { Refusal } from "../../../vault/library/bridge.ts";
import { noteActivity } from "../../../vault/lock.ts";
import { metadataChoice } from "../../../vault/preferences.ts";
import { LightElement } from "../../element.ts";
import { icon } from "../../icons.ts";
import { announce } from "../../shell/notices.ts";
import { STORAGE_CHANGED } from "../../shell/storage.ts";
import { t, tn } from "../../text.ts";
import { removedSummary } from "../removed-words.ts";
import { followPublishing } from "../../publishing/present.ts";
import { firstScreen } from "../first-screen.ts";
import { currentSession, onSession, type LibrarySession } from "../session.ts";
import { askForUpload } from "./asking.ts";
import { publishingNow, publishingPart } from "./publishing.ts";
import { report } from "./report.ts";
import { row } from "./rows.ts";
import { progressLine, titleOf } from "./words.ts";

const ROW_PX = 60;
const ROWS_AROUND = 4;

@customElement("pv-upload-tray")
export class UploadTray extends LightElement {
  @state() private queue: UploadQueue | null = null;
  @state() private isFolded = matchMedia("(max-width: 767px)").matches;
  @state() private first = 0;
  private session: LibrarySession | null = null;
  private isFollowing = true;
  private isScrolling = false;
  private wasRunning = false;
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.role = "region";
    this.ariaLabel = t("Uploads");
    followPublishing(() => { this.requestUpdate(); });
    onSession((session) => {
      this.stop();
      this.queue = null;
      this.session = session;
      if (session !== null) void this.take(session);
    });
  }

  protected override render(): TemplateResult | typeof nothing {
    const { queue } = this;
    const totals = queue?.totals;
    const publishing = publishingNow();
    const hasUploads = totals !== undefined && totals.files > 0;
    const isShown = hasUploads || publishing !== null;
    this.hidden = !isShown;
    this.className = `tray ${this.isFolded ? "is-folded" : ""}`;
    document.documentElement.classList.toggle("has-tray", isShown);
    if (queue === null || totals === undefined || !hasUploads) return publishingPart(publishing);
    const isOver = totals.open === 0 && totals.state === "idle";
    return html`${this.head(queue, totals, isOver)}
      <progress class="meter" max="1" .value=${totals.bytes === 0 ? 1 : totals.sentBytes / totals.bytes} aria-label=${t("Uploaded")} ?hidden=${isOver}></progress>
      ${this.isFolded ? nothing : this.unfolded(queue, totals, isOver)}
      ${publishingPart(publishing)}`;
  }

  protected override updated(): void {
    const list = this.find(".rows");
    if (list === null || !this.isFollowing || this.queue === null) return;
    const { finished, failed } = this.queue.totals;
    this.isScrolling = true;
    list.scrollTop = Math.max(0, finished + failed - 1) * ROW_PX;
  }

  /** What an earlier page left behind goes on when the first pictures stand, or as soon as somebody has something to upload. */
  private async take(session: LibrarySession): Promise<void> {
    await Promise.race([firstScreen(session), session.uploadsWanted]);
    if (currentSession() !== session) return;
    const queue = await session.uploads().catch(() => null);
    if (queue === null || currentSession() !== session) return;
    this.queue = queue;
    this.stop = queue.subscribe(() => { this.follow(queue); });
    this.follow(queue);
  }

  private follow(queue: UploadQueue): void {
    const { totals } = queue;
    const isRunning = totals.state === "running" && totals.open > 0;
    if (isRunning) noteActivity();
    if (isRunning && !this.wasRunning) this.isFollowing = true;
    if (!isRunning && this.wasRunning && totals.open === 0) {
      announce(titleOf(totals, true));
      dispatchEvent(new Event(STORAGE_CHANGED));
    }
    this.wasRunning = isRunning;
    this.requestUpdate();
  }

  private head(queue: UploadQueue, totals: UploadTotals, isOver: boolean): TemplateResult {
    const isPaused = totals.state === "paused";
    const fold = this.isFolded ? t("Unfold the uploads") : t("Fold the uploads");
    return html`<header role="none">
      <div><h2>${titleOf(totals, isOver)}</h2><p class="num">${progressLine(totals, isOver)}</p></div>
      ${isOver ? html`<span></span>` : html`<button class="btn icon-only" type="button" aria-label=${isPaused ? t("Go on uploading") : t("Pause uploading")} @click=${() => { if (isPaused) queue.resume(); else queue.pause(); }}>${icon(isPaused ? "play" : "pause")}</button>`}
      <span class="line tight">
        <button class="btn icon-only" type="button" aria-label=${fold} aria-expanded=${!this.isFolded} @click=${() => { this.isFolded = !this.isFolded; }}>${icon(this.isFolded ? "up" : "down")}</button>
        ${isOver ? html`<button class="btn icon-only" type="button" aria-label=${t("Close the uploads")} @click=${() => { this.dismiss(queue); }}>${icon("close")}</button>` : nothing}
      </span>
    </header>`;
  }

  private unfolded(queue: UploadQueue, totals: UploadTotals, isOver: boolean): TemplateResult {
    const removed = removedSummary(queue.report.removed.map(({ kind }) => kind));
    return html`${totals.stopped === null ? nothing : this.stopped(queue, totals.stopped)}
      ${totals.state === "paused" && totals.stopped === null ? this.paused(queue) : nothing} ${this.mustChoose(queue)}
      ${isOver ? report(queue) : this.rows(queue)}
      ${removed === "" || isOver ? nothing : html`<p class="tray-foot">${icon("encrypted", "small")}<span>${t("Taken out before encryption: {list}.", { list: removed })}</span></p>`}`;
  }

  private stopped(queue: UploadQueue, { code, sentence }: Refusal): TemplateResult {
    const goOn = code === "quota_short" ? t("Upload what fits") : t("Try again");
    return html`<div class="tray-note"><p class="note warn" role="alert">${icon("warning")}<span>${t(sentence)}</span></p>
      <div class="acts"><button class="btn short" type="button" @click=${() => { queue.resume(); }}>${goOn}</button>
      <button class="btn ghost short" type="button" @click=${() => { queue.cancel(); }}>${t("Cancel the rest")}</button></div></div>`;
  }

  /** Stopping thirty thousand files for good takes two steps, and neither by mistake. */
  private paused(queue: UploadQueue): TemplateResult {
    return html`<div class="tray-note"><div class="acts">
      <button class="btn short" type="button" @click=${() => { queue.resume(); }}>${t("Go on")}</button>
      <button class="btn ghost short" type="button" @click=${() => { queue.cancel(); queue.resume(); }}>${t("Cancel the rest")}</button></div></div>`;
  }

  private mustChoose(queue: UploadQueue): TemplateResult | typeof nothing {
    const count = queue.entries().reduce((sum, { state }) => sum + (state === "choose-again" ? 1 : 0), 0);
    if (count === 0) return nothing;
    const choose = (): void => {
      askForUpload("files", async (files) => { await queue.chooseAgain(files, { choice: metadataChoice() }); });
    };
    return html`<div class="tray-note"><p class="small">${tn("{n} photo was not finished when this page closed. Choose it again and it goes on where it stopped.", "{n} photos were not finished when this page closed. Choose them again and they go on where they stopped.", count)}</p>
      <div class="acts"><button class="btn short" type="button" @click=${choose}>${t("Choose again")}</button>
      <button class="btn ghost short" type="button" @click=${() => { queue.cancel(); }}>${t("Leave them")}</button></div></div>`;
  }

  /** Thirty thousand rows are only ever a handful of nodes. */
  private rows(queue: UploadQueue): TemplateResult {
    const count = queue.totals.files;
    const shown = 9;
    const first = Math.max(0, Math.min(this.first, count - shown));
    const entries = queue.entries({ from: first, to: first + shown + ROWS_AROUND * 2 });
    const after = Math.max(0, count - first - entries.length);
    return html`<ul class="rows" tabindex="0" aria-label=${t("Files")} @scroll=${this.scrolled}>
      <li class="room" aria-hidden="true" .style=${`height:${first * ROW_PX}px`}></li>
      ${entries.map((entry) => row(entry, queue, this.session))}
      <li class="room" aria-hidden="true" .style=${`height:${after * ROW_PX}px`}></li>
    </ul>`;
  }

  private readonly scrolled = (event: Event): void => {
    if (!(event.target instanceof HTMLElement)) return;
    this.first = Math.max(0, Math.floor(event.target.scrollTop / ROW_PX) - ROWS_AROUND);
    if (!this.isScrolling) this.isFollowing = false;
    this.isScrolling = false;
  };

  private dismiss(queue: UploadQueue): void {
    queue.cancel();
    queue.clearFinished();
    this.requestUpdate();
  }
}
