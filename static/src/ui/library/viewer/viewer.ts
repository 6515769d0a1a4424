/** `<pv-viewer>`: one photo on true black, with everything that can be done with it. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { noteActivity } from "../../../vault/lock.ts";
import type { Item, View } from "../../../vault/library/view.ts";
import { LightElement } from "../../element.ts";
import { icon } from "../../icons.ts";
import { announce } from "../../shell/notices.ts";
import { t } from "../../text.ts";
import type { Act } from "../acts.ts";
import { longDay, spokenDay } from "../dates.ts";
import { spokenName } from "../grid/tile.ts";
import { ViewerHelp } from "./help.ts";
import { keyAct, VIEWER_KEYS, type ViewerKeys } from "./keys.ts";
import { Pictures } from "./pictures.ts";
import type { ViewerSource } from "./source.ts";
import { Stage } from "./stage.ts";
import { strip } from "./strip.ts";
import "../../shell/vault-ring.ts";

const INFO_OPEN = "pv-viewer-info";
const SLIDE_MS = 4000;
const IDLE_MS = 3500;

/** Whether there is a picture to show where there was none, or another one. */
const isMended = (before: Item, now: Item): boolean =>
  before.version !== now.version || before.state !== now.state || before.hasThumbnail !== now.hasThumbnail || before.hasPreview !== now.hasPreview;

@customElement("pv-viewer")
export class Viewer extends LightElement implements ViewerKeys {
  @property({ attribute: false }) source: ViewerSource | null = null;
  @state() private index = 0;
  @state() private item: Item | null = null;
  @state() private isInfoOpen = localStorage.getItem(INFO_OPEN) === "yes";
  @state() private isPlaying = false;
  @state() private isIdle = false;
  @state() private hasPicture = true;
  private view: View | null = null;
  private stage: Stage | null = null;
  private pictures: Pictures | null = null;
  private readonly ending = new AbortController();
  private slideTimer = 0;
  private idleTimer = 0;

  /** The photo that is shown. */
  get shownId(): string {
    return this.item?.id ?? "";
  }

  /** Begin with this photo. */
  start(id: string): void {
    this.view = this.source?.view() ?? null;
    this.index = Math.max(0, this.view?.indexOf(id) ?? 0);
    this.item = this.source?.byId(id) ?? null;
    if (this.item === null && this.view !== null && this.view.count > 0) this.item = this.view.itemAt(this.index);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.classList.add("viewer");
    this.role = "dialog";
    this.ariaModal = "true";
    this.tabIndex = -1;
    this.ariaLabel = t("Photo");
    const { signal } = this.ending;
    document.addEventListener("keydown", (event) => { keyAct(this, VIEWER_KEYS, event); }, { signal });
    for (const name of ["pointermove", "pointerdown", "keydown", "focusin"] as const) this.addEventListener(name, this.wake, { signal });
    const stop = this.source?.subscribe(() => { this.follow(); });
    if (stop !== undefined) signal.addEventListener("abort", stop);
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
    if (this.view === null || to < 0 || to >= this.view.count) {
      this.stopPlaying();
      return;
    }
    this.goTo(to);
  }

  toggleInfo(): void {
    this.isInfoOpen = !this.isInfoOpen;
    localStorage.setItem(INFO_OPEN, this.isInfoOpen ? "yes" : "no");
  }

  togglePlay(): void {
    if (this.isPlaying) {
      this.stopPlaying();
      return;
    }
    this.isPlaying = true;
    this.isInfoOpen = false;
    announce(t("Slideshow started"));
    this.playOn();
  }

  perform(name: string): void {
    const act = this.acts().find((each) => each.icon === name);
    if (act !== undefined) void act.run([this.shownId]);
  }

  zoom(factor: number): void {
    if (factor === 0) this.stage?.reset();
    else this.stage?.zoomBy(factor);
  }

  help(): void {
    void new ViewerHelp().open();
  }

  protected override firstUpdated(): void {
    const frame = this.find(".frame");
    const image = this.find<HTMLImageElement>(".photo");
    const { source } = this;
    if (frame === null || image === null || source === null) return;
    this.pictures = new Pictures(source.media, image);
    this.stage = new Stage(frame, image, {
      onStep: (direction) => { this.step(direction); },
      onClose: () => { this.close(); },
      onTap: () => { this.isIdle = !this.isIdle; },
      onDrawn: (pixels) => { this.pictures?.sharpen(pixels); },
    });
    void this.present();
    // On no button: Space starts the slideshow, it must not press "Back".
    this.focus({ preventScroll: true });
    this.wake();
  }

  protected override render(): TemplateResult {
    this.classList.toggle("with-info", this.isInfoOpen);
    const { item, source } = this;
    if (item === null || source === null) {
      return html`<section class="stage"><div class="bar">${this.backButton()}<pv-vault-ring class="push"></pv-vault-ring></div><p class="plate-words">${source?.absence()}</p></section>`;
    }
    return html`<section class="stage ${this.isIdle ? "is-idle" : ""}" aria-label=${t("Photo")}>
        <h1 class="sr">${spokenName(item)}</h1>
        ${this.bar(item)}
        <div class="frame"><img class="photo" alt=${item.altText || item.title || item.name} ?hidden=${!this.hasPicture} draggable="false" /></div>
        ${this.hasPicture ? nothing : this.plate(item)} ${this.steps()}
        ${this.view === null ? nothing : strip(this.view, this.index, source.media, (index) => { this.goTo(index); })}
      </section>
      ${this.isInfoOpen ? source.panel(item, this.closeInfo) : nothing}
      <nav class="viewer-acts" aria-label=${t("What to do with this photo")}>${this.phoneActs(item)}</nav>`;
  }

  private bar(item: Item): TemplateResult {
    const acts = this.acts().filter((act) => act.icon !== "correct");
    return html`<div class="bar">
      ${this.backButton()}
      <p class="where">${item.isTimeKnown ? spokenDay(item.time) : t("Added {day}", { day: longDay(item.time) })}<span class="num">${this.position()}</span></p>
      <span class="bar-acts wide-only">${acts.map((act) => this.actButton(act, item))}</span>
      ${this.tool(this.isPlaying ? "pause" : "play", this.isPlaying ? t("Stop the slideshow") : t("Slideshow"), () => { this.togglePlay(); }, this.isPlaying)}
      ${this.tool("info", t("Details"), () => { this.toggleInfo(); }, this.isInfoOpen)}
      <span class="wide-only">${this.tool("help", t("Keys"), () => { this.help(); })}</span>
      <pv-vault-ring></pv-vault-ring>
    </div>`;
  }

  private backButton(): TemplateResult {
    return html`<button class="btn icon-only back" type="button" aria-label=${t("Back")} @click=${() => { this.close(); }}>${icon("back")}</button>`;
  }

  private tool(name: string, label: string, act: () => void, isOn?: boolean): TemplateResult {
    return html`<button class="btn icon-only" type="button" aria-label=${label} title=${label} aria-pressed=${isOn ?? nothing} @click=${act}>${icon(name)}</button>`;
  }

  private actButton(act: Act, item: Item): TemplateResult {
    const isOn = act.icon === "favourite" ? item.isFavourite : undefined;
    return html`<button class="btn icon-only" type="button" aria-label=${act.label} title=${act.label} aria-pressed=${isOn ?? nothing} @click=${() => void act.run([item.id])}>${icon(act.icon, isOn === true ? "filled" : "")}</button>`;
  }

  private phoneActs(item: Item): readonly TemplateResult[] {
    const acts = this.acts().filter((act) => act.icon !== "correct" && act.isSingle !== true && act.icon !== "album-remove");
    return acts.map((act) => {
      const isOn = act.icon === "favourite" && item.isFavourite;
      return html`<button class="btn ghost act ${act.isDanger === true ? "danger" : ""}" type="button" @click=${() => void act.run([item.id])}>${icon(act.icon, isOn ? "filled" : "")}<span>${act.label}</span></button>`;
    });
  }

  private plate(item: Item): TemplateResult {
    return this.source?.plate(item, () => { this.perform("download"); }) ?? html``;
  }

  private steps(): TemplateResult {
    const count = this.view?.count ?? 0;
    return html`<button class="btn icon-only step prev" type="button" aria-label=${t("Previous photo")} ?disabled=${this.index <= 0} @click=${() => { this.step(-1); }}>${icon("previous")}</button>
      <button class="btn icon-only step next" type="button" aria-label=${t("Next photo")} ?disabled=${this.index >= count - 1} @click=${() => { this.step(1); }}>${icon("next")}</button>`;
  }

  private acts(): readonly Act[] {
    return this.source === null || this.item === null || this.item.state === "pending" ? [] : this.source.acts(this.item.id);
  }

  private position(): string {
    return t("Photo {at} of {count}", { at: (this.index + 1).toLocaleString(), count: (this.view?.count ?? 1).toLocaleString() });
  }

  private goTo(index: number): void {
    if (this.view === null) return;
    this.index = index;
    this.item = this.view.itemAt(index);
    history.replaceState(history.state, "", this.source?.addressOf(this.item.id));
    announce(`${this.position()}. ${spokenName(this.item)}`);
    void this.present();
  }

  /** Bring the present photo to the stage. */
  private async present(): Promise<void> {
    const { item, view } = this;
    if (item === null) return;
    document.title = `${item.title || item.name || t("Photo")} · PocketVault`;
    // A file of which no picture could be made when it came is not tried again: browsers draw some of them black.
    const hasHope = item.hasThumbnail || item.hasPreview;
    this.hasPicture = hasHope;
    await this.updateComplete;
    this.stage?.show(item);
    if (view !== null) this.pictures?.preload(view, this.index);
    const isShown = hasHope && ((await this.pictures?.show(item)) ?? false);
    if (this.item?.id !== item.id) return;
    this.hasPicture = isShown;
    if (this.isPlaying) this.playOn();
  }

  /** The library changed: this photo may be another, or gone. */
  private follow(): void {
    const { source } = this;
    if (source === null) return;
    const before = this.item;
    this.view = source.view();
    const at = before === null ? -1 : this.view.indexOf(before.id);
    if (at >= 0) {
      this.index = at;
      this.item = this.view.itemAt(at);
      if (this.item.rotation !== before?.rotation) this.stage?.show(this.item);
      if (before !== null && isMended(before, this.item)) void this.present();
    } else if (this.view.count === 0) {
      if (source.extent() !== "nothing") this.close();
    } else if (before !== null || source.extent() === "all") this.goTo(Math.min(this.index, this.view.count - 1));
    this.requestUpdate();
  }

  private playOn(): void {
    clearTimeout(this.slideTimer);
    this.slideTimer = window.setTimeout(() => {
      noteActivity();
      if (this.isPlaying) this.step(1);
    }, SLIDE_MS);
  }

  private stopPlaying(): void {
    clearTimeout(this.slideTimer);
    if (this.isPlaying) announce(t("Slideshow stopped"));
    this.isPlaying = false;
  }

  private readonly closeInfo = (event: Event): void => {
    event.stopPropagation();
    this.toggleInfo();
    void this.updateComplete.then(() => this.find<HTMLElement>(".back")?.focus());
  };

  private readonly wake = (event?: Event): void => {
    if (event instanceof PointerEvent && event.pointerType === "touch") return;
    this.isIdle = false;
    clearTimeout(this.idleTimer);
    this.idleTimer = window.setTimeout(() => {
      const isReading = this.isInfoOpen || document.querySelector("dialog[open]") !== null;
      if (!isReading && !this.isPlaying && this.matches(":has(.bar :focus-visible)")) return;
      if (!isReading) this.isIdle = true;
    }, IDLE_MS);
  };
}
