/** `<pv-guest-viewer>`: one photo of an album that was opened by link, on true black. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Media } from "../../vault/library/media.ts";
import type { Item, View } from "../../vault/library/view.ts";
import { LightElement } from "../element.ts";
import { icon } from "../icons.ts";
import { announce } from "../shell/notices.ts";
import { t } from "../text.ts";
import { spokenName } from "../library/grid/tile.ts";
import { keyAct, STAGE_KEYS, type StageKeys } from "../library/viewer/keys.ts";
import { Pictures } from "../library/viewer/pictures.ts";
import { Stage } from "../library/viewer/stage.ts";
import { strip } from "../library/viewer/strip.ts";

const SLIDE_MS = 4000;
const IDLE_MS = 3500;

@customElement("pv-guest-viewer")
export class GuestViewer extends LightElement implements StageKeys {
  @property({ attribute: false }) view: View | null = null;
  @property({ attribute: false }) media: Media | null = null;
  /** Saves the original; null where the owner does not allow it. */
  @property({ attribute: false }) save: ((id: string) => void) | null = null;
  @property({ type: Number }) index = 0;
  @state() private isPlaying = false;
  @state() private isIdle = false;
  @state() private hasPicture = true;
  private stage: Stage | null = null;
  private pictures: Pictures | null = null;
  private readonly ending = new AbortController();
  private slideTimer = 0;
  private idleTimer = 0;

  /** The photo that is shown. */
  get shownId(): string {
    return this.item?.id ?? "";
  }

  private get item(): Item | null {
    return this.view === null || this.view.count === 0 ? null : this.view.itemAt(this.index);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.classList.add("viewer");
    this.role = "dialog";
    this.ariaModal = "true";
    this.tabIndex = -1;
    this.ariaLabel = t("Photo");
    const { signal } = this.ending;
    document.addEventListener("keydown", (event) => { keyAct(this, STAGE_KEYS, event); }, { signal });
    for (const name of ["pointermove", "pointerdown", "keydown", "focusin"] as const) this.addEventListener(name, this.wake, { signal });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.ending.abort();
    clearTimeout(this.slideTimer);
    clearTimeout(this.idleTimer);
    this.stage?.end();
    this.pictures?.end();
  }

  close(): void {
    this.dispatchEvent(new Event("pv-close"));
  }

  step(direction: 1 | -1): void {
    const to = this.index + direction;
    if (this.view === null || to < 0 || to >= this.view.count) this.stopPlaying();
    else this.goTo(to);
  }

  togglePlay(): void {
    if (this.isPlaying) return this.stopPlaying();
    this.isPlaying = true;
    announce(t("Slideshow started"));
    this.playOn();
  }

  zoom(factor: number): void {
    if (factor === 0) this.stage?.reset();
    else this.stage?.zoomBy(factor);
  }

  protected override firstUpdated(): void {
    const frame = this.find(".frame");
    const image = this.find<HTMLImageElement>(".photo");
    if (frame === null || image === null || this.media === null) return;
    this.pictures = new Pictures(this.media, image);
    this.stage = new Stage(frame, image, {
      onStep: (direction) => { this.step(direction); },
      onClose: () => { this.close(); },
      onTap: () => { this.isIdle = !this.isIdle; },
      onDrawn: (pixels) => { this.pictures?.sharpen(pixels); },
    });
    void this.present();
    this.focus({ preventScroll: true });
    this.wake();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { item, view, media } = this;
    if (item === null || view === null || media === null) return nothing;
    return html`<section class="stage ${this.isIdle ? "is-idle" : ""}" aria-label=${t("Photo")}>
      <h1 class="sr">${spokenName(item)}</h1>
      <div class="bar">
        <button class="btn icon-only back" type="button" aria-label=${t("Back")} @click=${() => { this.close(); }}>${icon("back")}</button>
        <p class="where">${item.title}<span class="num">${this.position()}</span></p>
        ${this.saveButton(item)}
        <button class="btn icon-only" type="button" aria-label=${this.playWords()} title=${this.playWords()} aria-pressed=${this.isPlaying} @click=${() => { this.togglePlay(); }}>${icon(this.isPlaying ? "pause" : "play")}</button>
      </div>
      <div class="frame"><img class="photo" alt=${item.altText} ?hidden=${!this.hasPicture} draggable="false" /></div>
      ${this.hasPicture ? nothing : html`<div class="plate-words">${icon("photo-broken")}<strong>${t("This photo cannot be shown here")}</strong></div>`}
      <button class="btn icon-only step prev" type="button" aria-label=${t("Previous photo")} ?disabled=${this.index <= 0} @click=${() => { this.step(-1); }}>${icon("previous")}</button>
      <button class="btn icon-only step next" type="button" aria-label=${t("Next photo")} ?disabled=${this.index >= view.count - 1} @click=${() => { this.step(1); }}>${icon("next")}</button>
      ${strip(view, this.index, media, (index) => { this.goTo(index); })}
    </section>`;
  }

  private saveButton(item: Item): TemplateResult | typeof nothing {
    const { save } = this;
    if (save === null) return nothing;
    return html`<button class="btn icon-only" type="button" aria-label=${t("Download")} title=${t("Download")} @click=${() => { save(item.id); }}>${icon("download")}</button>`;
  }

  private playWords(): string {
    return this.isPlaying ? t("Stop the slideshow") : t("Slideshow");
  }

  private position(): string {
    return t("Photo {at} of {count}", { at: (this.index + 1).toLocaleString(), count: (this.view?.count ?? 1).toLocaleString() });
  }

  private goTo(index: number): void {
    this.index = index;
    const { item } = this;
    if (item !== null) announce(`${this.position()}. ${spokenName(item)}`);
    void this.present();
  }

  private async present(): Promise<void> {
    const { item, view } = this;
    if (item === null || view === null) return;
    this.hasPicture = true;
    await this.updateComplete;
    this.stage?.show(item);
    this.pictures?.preload(view, this.index);
    const isShown = (await this.pictures?.show(item)) ?? false;
    if (this.item?.id !== item.id) return;
    this.hasPicture = isShown;
    if (this.isPlaying) this.playOn();
  }

  private playOn(): void {
    clearTimeout(this.slideTimer);
    this.slideTimer = window.setTimeout(() => {
      if (this.isPlaying) this.step(1);
    }, SLIDE_MS);
  }

  private stopPlaying(): void {
    clearTimeout(this.slideTimer);
    if (this.isPlaying) announce(t("Slideshow stopped"));
    this.isPlaying = false;
  }

  private readonly wake = (event?: Event): void => {
    if (event instanceof PointerEvent && event.pointerType === "touch") return;
    this.isIdle = false;
    clearTimeout(this.idleTimer);
    this.idleTimer = window.setTimeout(() => {
      if (this.isPlaying || !this.matches(":has(.bar :focus-visible)")) this.isIdle = true;
    }, IDLE_MS);
  };
}

/** Show one photo over the page. Closing it, or going back, leaves the page as it was; `onClose` is told what was looked at last. */
export function openGuestViewer(setup: Pick<GuestViewer, "view" | "media" | "save" | "index">, onClose: (id: string) => void): () => void {
  const viewer = Object.assign(new GuestViewer(), setup);
  const under = document.getElementById("page");
  const ending = new AbortController();
  const finish = (): void => {
    if (ending.signal.aborted) return;
    ending.abort();
    viewer.remove();
    document.documentElement.classList.remove("is-viewing");
    if (under !== null) under.inert = false;
    onClose(viewer.shownId);
  };
  history.pushState({ inside: true }, "");
  if (under !== null) under.inert = true;
  document.documentElement.classList.add("is-viewing");
  document.body.append(viewer);
  viewer.addEventListener("pv-close", () => { history.back(); }, ending);
  addEventListener("popstate", finish, ending);
  return finish;
}
