/** One photo on true black with its neighbours a step away: what the library's viewer and the guests' have in common. */
import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { Pictured } from "../../../vault/library/media.ts";
import type { Item, View } from "../../../vault/library/view.ts";
import { LightElement } from "../../element.ts";
import { numberText } from "../../format.ts";
import { icon } from "../../icons.ts";
import { announce } from "../../shell/notices.ts";
import { t } from "../../text.ts";
import { spokenName } from "../grid/tile.ts";
import type { StageKeys } from "./keys.ts";
import { Pictures } from "./pictures.ts";
import { Stage } from "./stage.ts";
import { strip } from "./strip.ts";

const SLIDE_MS = 4000;
const IDLE_MS = 3500;
/** Wide enough for the neighbours of a photo below it, as the styles say. */
const WIDE = matchMedia("(min-width: 768px)");

/** What is shown lies in `view` at `index`. The element that extends this renders `.frame` with `.photo` in it, and a `.bar`. */
export abstract class PhotoStage extends LightElement implements StageKeys {
  @property({ type: Number }) index = 0;
  @state() protected isPlaying = false;
  @state() protected isIdle = false;
  @state() protected hasPicture = true;
  /** Whether one photo stood already: until then nothing competes with it. */
  @state() private hasStood = false;
  protected stage: Stage | null = null;
  protected readonly ending = new AbortController();
  private pictures: Pictures | null = null;
  private slideTimer = 0;
  private idleTimer = 0;

  abstract view: View | null;
  /** The photo that is shown. */
  protected abstract readonly item: Item | null;

  get shownId(): string {
    return this.item?.id ?? "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.classList.add("viewer");
    this.role = "dialog";
    this.ariaModal = "true";
    this.tabIndex = -1;
    this.ariaLabel = t("Photo");
    const { signal } = this.ending;
    document.addEventListener("keydown", (event) => { this.obey(event); }, { signal });
    for (const name of ["pointermove", "pointerdown", "keydown", "focusin"] as const) this.addEventListener(name, this.wake, { signal });
    WIDE.addEventListener("change", () => { this.requestUpdate(); }, { signal });
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

  /** Where pictures come from; null while there is nothing to show. */
  protected abstract mediaOf(): Pictured | null;
  protected abstract obey(event: KeyboardEvent): void;

  /** Whether somebody reads something beside the photo, so that the buttons stay. */
  protected isReading(): boolean {
    return false;
  }

  /** Whether a picture of what is shown can be expected. */
  protected hasHope(): boolean {
    return true;
  }

  /** Each time the slideshow is about to go on. */
  protected beforeSlide(): void {}

  protected override firstUpdated(): void {
    this.wake();
    // Behind the frame that shows it: before, the whole page would be laid out for the focus alone.
    requestAnimationFrame(() => { setTimeout(() => { this.takeFocus(); }); });
  }

  private takeFocus(): void {
    // On no button: Space starts the slideshow, it must not press "Back".
    if (this.isConnected && !this.contains(document.activeElement)) this.focus({ preventScroll: true });
  }

  protected override updated(): void {
    if (this.stage === null) this.setStage();
  }

  /** Once there is a place for a picture: what was asked for may come after the page that shows it. */
  private setStage(): void {
    const frame = this.find(".frame");
    const image = this.find<HTMLImageElement>(".photo");
    const media = this.mediaOf();
    if (frame === null || image === null || media === null) return;
    this.pictures = new Pictures(media, image);
    this.stage = new Stage(frame, image, {
      onStep: (direction) => { this.step(direction); },
      onClose: () => { this.close(); },
      onTap: () => { this.isIdle = !this.isIdle; },
      onDrawn: (pixels) => { this.pictures?.sharpen(pixels); },
    });
    void this.present();
  }

  protected backButton(): TemplateResult {
    return html`<button class="btn icon-only back" type="button" aria-label=${t("Back")} @click=${() => { this.close(); }}>${icon("back")}</button>`;
  }

  protected playButton(): TemplateResult {
    const words = this.isPlaying ? t("Stop the slideshow") : t("Slideshow");
    return html`<button class="btn icon-only" type="button" aria-label=${words} title=${words} aria-pressed=${this.isPlaying} @click=${() => { this.togglePlay(); }}>${icon(this.isPlaying ? "pause" : "play")}</button>`;
  }

  protected steps(): TemplateResult {
    const count = this.view?.count ?? 0;
    return html`<button class="btn icon-only step prev" type="button" aria-label=${t("Previous photo")} ?disabled=${this.index <= 0} @click=${() => { this.step(-1); }}>${icon("previous")}</button>
      <button class="btn icon-only step next" type="button" aria-label=${t("Next photo")} ?disabled=${this.index >= count - 1} @click=${() => { this.step(1); }}>${icon("next")}</button>`;
  }

  protected neighbours(media: Pictured): TemplateResult | typeof nothing {
    if (this.view === null || !this.hasStood || !WIDE.matches) return nothing;
    return strip(this.view, this.index, media, (index) => { this.goTo(index); });
  }

  protected position(): string {
    return t("Photo {at} of {count}", { at: numberText(this.index + 1), count: numberText(this.view?.count ?? 1) });
  }

  protected goTo(index: number): void {
    this.index = index;
    const { item } = this;
    if (item !== null) announce(`${this.position()}. ${spokenName(item)}`);
    void this.present();
  }

  /** Bring the present photo to the stage. */
  protected async present(): Promise<void> {
    const { item, view } = this;
    if (item === null) return;
    const hasHope = this.hasHope();
    this.hasPicture = hasHope;
    await this.updateComplete;
    this.stage?.show(item);
    const isShown = hasHope && ((await this.pictures?.show(item)) ?? false);
    if (this.shownId !== item.id) return;
    this.hasPicture = isShown;
    this.hasStood = true;
    if (view !== null) this.pictures?.preload(view, this.index);
    if (this.isPlaying) this.playOn();
  }

  private playOn(): void {
    clearTimeout(this.slideTimer);
    this.slideTimer = window.setTimeout(() => {
      this.beforeSlide();
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
      if (this.isReading()) return;
      if (this.isPlaying || !this.matches(":has(.bar :focus-visible)")) this.isIdle = true;
    }, IDLE_MS);
  };
}
