/** `<pv-take-form>`: what to take along, and where to. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { CopyType, ExportChoices } from "../../transfer/exporting/contract.ts";
import type { Exporter } from "../../transfer/exporting/exporter.ts";
import { FIRST_CHOICES } from "../../transfer/exporting/choices.ts";
import { LightElement } from "../element.ts";
import { bytesText, momentText } from "../format.ts";
import { icon } from "../icons.ts";
import { t, tn } from "../text.ts";
import { canPickFolder, type PlaceKind } from "./take-places.ts";

/** Sent with the choices and the kind of place when the person wants to begin. */
export class TakeEvent extends Event {
  constructor(readonly choices: ExportChoices, readonly place: PlaceKind) {
    super("pv-take", { bubbles: true });
  }
}

@customElement("pv-take-form")
export class TakeForm extends LightElement {
  @property({ attribute: false }) exporter: Exporter | null = null;
  @property({ type: Boolean }) isBusy = false;
  @state() private choices: ExportChoices = FIRST_CHOICES;
  @state() private place: PlaceKind = canPickFolder() ? "folder" : "zip";
  @state() private lastAt: string | null = null;
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.exporter?.lastAt().then((at) => { this.lastAt = at; });
    this.stop = this.exporter?.followLibrary(() => { this.requestUpdate(); }) ?? this.stop;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  protected override render(): TemplateResult | typeof nothing {
    const size = this.exporter?.sizeOf(this.choices);
    if (size === undefined) return nothing;
    return html`<form class="card" @submit=${this.begin} novalidate>
      <header><h3>${t("A copy of everything")}</h3><p class="read">${t("Opened on this device and written where you choose. Nothing that can be read passes our servers.")}</p></header>
      ${this.exporter?.isReady === true ? html`<p><span class="big-number">${tn("{n} photo", "{n} photos", size.photos)}</span> <span class="quiet">${bytesText(size.bytes)}</span></p>` : html`<p class="quiet">${t("Counting your photos …")}</p>`}
      ${this.what()} ${this.when()} ${this.where()}
      <p class="note">${icon("info")}<span>${t("Photos in the copy lie in the open: whoever can open it can see them. You are asked for your password, and a mail tells you that a copy was begun.")}</span></p>
      <p class="acts"><button class="btn main" ?disabled=${this.isBusy || !this.isSomething || this.exporter?.isReady !== true} aria-busy=${this.isBusy}>${icon("download")}${this.place === "folder" ? t("Choose a folder and begin") : t("Begin")}</button>
        ${this.isSomething ? nothing : html`<span class="small quiet">${t("Choose originals, copies or both.")}</span>`}</p>
    </form>`;
  }

  private get isSomething(): boolean {
    return this.choices.originals || this.choices.copies !== null;
  }

  private what(): TemplateResult {
    const { originals, copies, corrections, byAlbum, received } = this.choices;
    return html`<fieldset class="field"><legend>${t("What")}</legend>
      ${this.line("take-originals", t("Originals"), t("Byte for byte as you brought them: JPEG, PNG, HEIC, RAW and the rest."), originals, (on) => ({ originals: on }))}
      ${this.line("take-copies", t("Copies that open everywhere"), t("Made on this device. JPEG and PNG stay what they are, everything else becomes one of them."), copies !== null, (on) => ({ copies: on ? "image/jpeg" : null }))}
      ${copies === null ? nothing : html`<div class="take-within">
        <div class="field narrow"><label for="take-kind">${t("Other formats become")}</label><select class="input" id="take-kind" @change=${this.setKind}>
          <option value="image/jpeg" ?selected=${copies === "image/jpeg"}>${t("JPEG, smaller")}</option><option value="image/png" ?selected=${copies === "image/png"}>${t("PNG, without loss")}</option></select></div>
        ${this.line("take-corrections", t("Write your corrections into the copies"), t("Date, place, title, rating and turn. The originals stay untouched."), corrections, (on) => ({ corrections: on }))}</div>`}
      ${this.line("take-albums", t("A folder for each album"), t("What is in no album is sorted by year. A photo in several albums is written once, and each album lists it."), byAlbum, (on) => ({ byAlbum: on }))}
      ${this.line("take-received", t("Albums that others share with you"), t("As far as they let you save them."), received, (on) => ({ received: on }))}
    </fieldset>`;
  }

  private line(id: string, words: string, sub: string, isOn: boolean, change: (on: boolean) => Partial<ExportChoices>): TemplateResult {
    const toggle = (event: Event): void => {
      if (event.target instanceof HTMLInputElement) this.choices = { ...this.choices, ...change(event.target.checked) };
    };
    return html`<div class="switch-line"><label for=${id}>${words}<span class="sub">${sub}</span></label><input class="switch" id=${id} type="checkbox" role="switch" .checked=${isOn} @change=${toggle} /></div>`;
  }

  private when(): TemplateResult | typeof nothing {
    const { lastAt } = this;
    if (lastAt === null) return nothing;
    const isNew = this.choices.since !== null;
    return html`<fieldset class="field"><legend>${t("Since when")}</legend><div class="choices">
      ${this.radio("take-since", !isNew, t("Everything"), t("Into the same folder as before, only what is not there yet is written."), () => { this.choices = { ...this.choices, since: null }; })}
      ${this.radio("take-since", isNew, t("Only what is new"), t("What came in since your last copy on this device, {moment}.", { moment: momentText(lastAt) }), () => { this.choices = { ...this.choices, since: lastAt }; })}
    </div></fieldset>`;
  }

  private where(): TemplateResult {
    const isFolderPossible = canPickFolder();
    return html`<fieldset class="field"><legend>${t("Where to")}</legend><div class="choices">
      ${isFolderPossible ? this.radio("take-place", this.place === "folder", t("A folder"), t("Goes on where it stopped, also after the page was closed. Best for many photos."), () => { this.place = "folder"; }) : nothing}
      ${this.radio("take-place", this.place === "zip", t("One ZIP file"), t("Any size. If the page is closed, it begins anew."), () => { this.place = "zip"; })}
    </div>${isFolderPossible ? nothing : html`<p class="hint">${t("This browser does not let pages write into a folder. Chrome and Edge on a computer do.")}</p>`}</fieldset>`;
  }

  private radio(name: string, isOn: boolean, words: string, sub: string, choose: () => void): TemplateResult {
    return html`<label><input type="radio" name=${name} .checked=${isOn} @change=${choose} /><strong>${words}</strong><span class="sub">${sub}</span></label>`;
  }

  private readonly setKind = (event: Event): void => {
    if (event.target instanceof HTMLSelectElement) this.choices = { ...this.choices, copies: event.target.value as CopyType };
  };

  private readonly begin = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.isSomething) this.dispatchEvent(new TakeEvent(this.choices, this.place));
  };
}
