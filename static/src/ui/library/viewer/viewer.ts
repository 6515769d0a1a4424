/** `<pv-viewer>`: one photo on true black, with everything that can be done with it. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { noteActivity } from "../../../vault/lock.ts";
import type { Pictured } from "../../../vault/library/media.ts";
import type { Item, View } from "../../../vault/library/view.ts";
import { icon } from "../../icons.ts";
import { t } from "../../text.ts";
import type { Act } from "../acts.ts";
import { longDay, spokenDay } from "../dates.ts";
import { spokenName } from "../grid/tile.ts";
import { ViewerHelp } from "./help.ts";
import { keyAct, VIEWER_KEYS, type ViewerKeys } from "./keys.ts";
import { PhotoStage } from "./photo-stage.ts";
import type { ViewerSource } from "./source.ts";
import "../../shell/vault-ring.ts";

const INFO_OPEN = "pv-viewer-info";

/** Whether there is a picture to show where there was none, or another one. */
const isMended = (before: Item, now: Item): boolean =>
  before.version !== now.version || before.state !== now.state || before.hasThumbnail !== now.hasThumbnail || before.hasPreview !== now.hasPreview;

@customElement("pv-viewer")
export class Viewer extends PhotoStage implements ViewerKeys {
  @property({ attribute: false }) source: ViewerSource | null = null;
  @state() protected item: Item | null = null;
  @state() private isInfoOpen = localStorage.getItem(INFO_OPEN) === "yes";
  view: View | null = null;
  private wanted = "";

  /** Begin with this photo, as soon as it is there. */
  start(id: string): void {
    this.wanted = id;
    this.begin();
  }

  private begin(): void {
    this.view = this.source?.view() ?? null;
    this.index = Math.max(0, this.view?.indexOf(this.wanted) ?? 0);
    this.item = this.source?.byId(this.wanted) ?? null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const stop = this.source?.subscribe(() => { this.follow(); });
    if (stop !== undefined) this.ending.signal.addEventListener("abort", stop);
  }

  toggleInfo(): void {
    this.isInfoOpen = !this.isInfoOpen;
    localStorage.setItem(INFO_OPEN, this.isInfoOpen ? "yes" : "no");
  }

  override togglePlay(): void {
    if (!this.isPlaying) this.isInfoOpen = false;
    super.togglePlay();
  }

  perform(name: string): void {
    const act = this.acts().find((each) => each.icon === name);
    if (act !== undefined) void act.run([this.shownId]);
  }

  help(): void {
    void new ViewerHelp().open();
  }

  protected mediaOf(): Pictured | null {
    return this.source?.media ?? null;
  }

  protected obey(event: KeyboardEvent): void {
    keyAct(this, VIEWER_KEYS, event);
  }

  protected override isReading(): boolean {
    return this.isInfoOpen || document.querySelector("dialog[open]") !== null;
  }

  /** A file of which no picture could be made when it came is not tried again: browsers draw some of them black. */
  protected override hasHope(): boolean {
    return this.item !== null && (this.item.hasThumbnail || this.item.hasPreview);
  }

  protected override beforeSlide(): void {
    noteActivity();
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
        ${this.neighbours(source.media)}
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
      ${this.playButton()}
      ${this.tool("info", t("Details"), () => { this.toggleInfo(); }, this.isInfoOpen)}
      <span class="wide-only">${this.tool("help", t("Keys"), () => { this.help(); })}</span>
      <pv-vault-ring></pv-vault-ring>
    </div>`;
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
    const button = (act: Act): TemplateResult => {
      const isOn = act.icon === "favourite" && item.isFavourite;
      return html`<button class="btn ghost act ${act.isDanger === true ? "danger" : ""}" type="button" @click=${() => void act.run([item.id])}>${icon(act.icon, isOn ? "filled" : "")}<span>${act.label}</span></button>`;
    };
    const rare = acts.filter((act) => act.isRare === true);
    if (rare.length < 2) return acts.map(button);
    const often = acts.filter((act) => act.isRare !== true);
    return [...often.slice(0, -1).map(button), this.more(rare, item), ...often.slice(-1).map(button)];
  }

  /** As when photos are picked: what is done seldom leaves the width to the rest. */
  private more(rare: readonly Act[], item: Item): TemplateResult {
    const choose = (act: Act) => (): void => {
      document.getElementById("viewer-more")?.hidePopover();
      void act.run([item.id]);
    };
    return html`<button class="btn ghost act" type="button" popovertarget="viewer-more">${icon("more")}<span>${t("More")}</span></button>
      <div class="menu pick-more" id="viewer-more" popover>${rare.map((act) => html`<button type="button" @click=${choose(act)}>${icon(act.icon)}${act.label}</button>`)}</div>`;
  }

  private plate(item: Item): TemplateResult {
    return this.source?.plate(item, () => { this.perform("download"); }) ?? html``;
  }

  private acts(): readonly Act[] {
    return this.source === null || this.item === null || this.item.state === "pending" ? [] : this.source.acts(this.item.id);
  }

  protected override goTo(index: number): void {
    if (this.view === null) return;
    this.item = this.view.itemAt(index);
    history.replaceState(history.state, "", this.source?.addressOf(this.item.id));
    super.goTo(index);
  }

  protected override async present(): Promise<void> {
    const { item } = this;
    if (item !== null) document.title = `${item.title || item.name || t("Photo")} · PocketVault`;
    await super.present();
  }

  /** The library changed: this photo may be another, or gone. */
  private follow(): void {
    const { source } = this;
    if (source === null) return;
    const before = this.item;
    if (before === null) return this.begin();
    this.view = source.view();
    const at = this.view.indexOf(before.id);
    if (at >= 0) {
      this.index = at;
      this.item = this.view.itemAt(at);
      if (this.item.rotation !== before.rotation) this.stage?.show(this.item);
      if (isMended(before, this.item)) void this.present();
    } else if (this.view.count === 0) {
      if (source.extent() !== "nothing") this.close();
    } else this.goTo(Math.min(this.index, this.view.count - 1));
    this.requestUpdate();
  }

  private readonly closeInfo = (event: Event): void => {
    event.stopPropagation();
    this.toggleInfo();
    void this.updateComplete.then(() => this.find<HTMLElement>(".back")?.focus());
  };
}
