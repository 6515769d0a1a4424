/** Agreeing to something in writing: which photos, who, until when, and the very words. Nothing is chosen beforehand. */
import { html, nothing, type TemplateResult } from "lit";

import { giveConsent, MOST_PHOTOS, type Agreement, type ConsentText } from "../../vault/consents.ts";
import type { View } from "../../vault/library/view.ts";
import { withStepUp } from "../../vault/step-up.ts";
import type { Vault } from "../../vault/unlock.ts";
import { askStepUp } from "../account/step-up-dialog.ts";
import { Sheet } from "../library/dialogs/sheet.ts";
import type { LibrarySession } from "../library/session.ts";
import { picture } from "../library/views/cover.ts";
import { sentenceOf } from "../sentence.ts";
import { t, tn } from "../text.ts";

const SHOWN_AT_ONCE = 60;
/** How long, in days. Twelve months is the longest there can be. */
const SPANS = [
  { days: 30, words: t("30 days") },
  { days: 90, words: t("90 days") },
  { days: 182, words: t("Half a year") },
  { days: 365, words: t("A year") },
];

export class ConsentSheet extends Sheet {
  protected readonly title = t("Give a consent");
  readonly #vault: Vault;
  readonly #session: LibrarySession;
  readonly #view: View;
  readonly #text: ConsentText;
  readonly #chosen = new Set<string>();
  #shown = SHOWN_AT_ONCE;

  constructor(vault: Vault, session: LibrarySession, text: ConsentText) {
    super("wide");
    this.dialog.classList.add("consent");
    this.#vault = vault;
    this.#session = session;
    this.#view = session.access.library.view({ place: "kept" });
    this.#text = text;
  }

  /** Answers whether it was given. */
  async ask(): Promise<boolean> {
    return (await this.open()) !== "";
  }

  protected body(): TemplateResult {
    return html`<form id="consent-form" class="stack" novalidate @submit=${this.#give}>
      <fieldset class="field"><legend>${t("About which photos")}</legend>
        <span class="hint num" role="status">${this.#chosen.size === 0 ? t("None is chosen. What is not chosen is not covered.") : tn("{n} photo is chosen.", "{n} photos are chosen.", this.#chosen.size)}</span>
        ${this.#photos()}</fieldset>
      <div class="field"><label for="consent-days">${t("Until when")}</label>
        <select class="input" id="consent-days" name="days"><option value="">${t("Choose")}</option>${SPANS.map(({ days, words }) => html`<option value=${days}>${words}</option>`)}</select></div>
      <div class="field"><label for="consent-name">${t("Your name, as you sign")}</label>
        <input class="input" id="consent-name" name="name" maxlength="120" autocomplete="name" /></div>
      <div class="field"><span class="label">${t("What you agree to, word for word")}</span>
        <blockquote class="note">${this.#text.text}</blockquote></div>
      <label class="agree"><input type="checkbox" name="agree" /><span>${t("I have read it and agree.")}</span></label>
      <p class="quiet small">${t("Your device signs all of this with your key. You can end it at any time, in this list, with one click.")}</p>
    </form>`;
  }

  protected footer(): TemplateResult {
    return html`<button class="btn ghost" type="button" @click=${() => { this.close(""); }}>${t("Cancel")}</button>
      <button class="btn main" form="consent-form" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${t("Sign and give")}</button>`;
  }

  #photos(): TemplateResult {
    const { count } = this.#view;
    const shown = Math.min(count, this.#shown);
    return html`<ul class="choice-grid">${Array.from({ length: shown }, (_, at) => this.#photo(at))}</ul>
      ${shown === count ? nothing : html`<button class="btn ghost accent" type="button" @click=${this.#showMore}>${t("Show more of {n}", { n: count })}</button>`}`;
  }

  #photo(at: number): TemplateResult {
    const { id, name } = this.#view.itemAt(at);
    const label = t("Photo {n}: {name}", { n: at + 1, name: name || t("Photo") });
    return html`<li><label><input type="checkbox" aria-label=${label} .checked=${this.#chosen.has(id)} @change=${() => { this.#toggle(id); }} /><img alt="" hidden ${picture(this.#session.access.media, id)} /></label></li>`;
  }

  #toggle(id: string): void {
    if (!this.#chosen.delete(id)) this.#chosen.add(id);
    this.update();
  }

  readonly #showMore = (): void => {
    this.#shown += SHOWN_AT_ONCE;
    this.update();
  };

  readonly #give = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement) || this.isBusy) return;
    const data = new FormData(event.target);
    const said = { imageIds: [...this.#chosen], name: String(data.get("name") ?? "").trim(), days: Number(data.get("days") ?? "0") };
    this.problem = missing(said, data.has("agree"));
    if (this.problem === "") await this.#send(said);
    this.update();
  };

  async #send(said: Agreement): Promise<void> {
    this.isBusy = true;
    this.update();
    try {
      const isGiven = await withStepUp(() => giveConsent(said, this.#text, this.#vault).then(() => true), askStepUp);
      if (isGiven !== null) this.close("given");
    } catch (error) {
      this.problem = sentenceOf(error);
    } finally {
      this.isBusy = false;
    }
  }
}

/** What is still to decide, as a sentence; "" when nothing is. */
function missing({ imageIds, name, days }: Agreement, hasAgreed: boolean): string {
  if (imageIds.length === 0) return t("Choose at least one photo first.");
  if (imageIds.length > MOST_PHOTOS) return t("One consent is about {n} photos at most.", { n: MOST_PHOTOS });
  if (days === 0) return t("Choose until when it is to hold.");
  if (name === "") return t("Type your name first: a consent is given in writing.");
  return hasAgreed ? "" : t("Tick that you have read it and agree. Nothing is given before.");
}
