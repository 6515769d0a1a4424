/** A heading of the public page: new, named anew, moved, or taken away. */
import { html, nothing, type TemplateResult } from "lit";

import { newId } from "../../vault/ids.ts";
import type { PublicAlbum } from "../../vault/publishing/wire.ts";
import { numberText } from "../format.ts";
import { Sheet } from "../library/dialogs/sheet.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";
import { publishingKeeper } from "./keeper.ts";
import { firstWrong, written } from "./profile-fields.ts";

export class HeadingSheet extends Sheet {
  protected readonly title: string;
  readonly #album: PublicAlbum | null;
  readonly #all: readonly PublicAlbum[];

  /** For a heading that is there, or (with null) a new one. */
  constructor(album: PublicAlbum | null, all: readonly PublicAlbum[]) {
    super();
    this.#album = album;
    this.#all = all;
    this.title = album === null ? t("New heading") : t("Heading");
  }

  async ask(): Promise<void> {
    await this.open();
  }

  protected body(): TemplateResult {
    const before = this.#album === null ? null : this.#place();
    return html`<form id="heading-form" class="stack" @submit=${this.#save} novalidate>
      <div class="field"><label for="heading-title">${t("Heading")}</label><input class="input" id="heading-title" name="title" maxlength="100" required autocomplete="off" autofocus .value=${this.#album?.title ?? ""} /></div>
      ${before === null || this.#all.length < 2 ? nothing : html`<div class="field"><label for="heading-place">${t("Stands as number")}</label>
        <select class="input" id="heading-place" name="place">${this.#all.map((_, index) => html`<option value=${index} ?selected=${index === before}>${numberText(index + 1)}</option>`)}</select></div>`}
      <p class="quiet small">${t("Everyone can read it.")}</p>
    </form>`;
  }

  protected footer(): TemplateResult {
    const album = this.#album;
    return html`${album === null ? nothing : html`<button class="btn danger ghost start" type="button" ?disabled=${this.isBusy} @click=${() => void this.#attempt(() => this.#put(null, 0))}>${t("Take the heading away")}</button>`}
      <button class="btn ghost" type="button" @click=${() => { this.close(""); }}>${t("Cancel")}</button>
      <button class="btn main" form="heading-form" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${t("Save")}</button>`;
  }

  readonly #save = (event: Event): void => {
    event.preventDefault();
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || this.isBusy) return;
    const wrong = firstWrong(form);
    this.problem = wrong?.validationMessage ?? "";
    this.update();
    if (wrong === null) void this.#attempt(() => this.#put(written(form, "title"), Number(written(form, "place") || this.#place())));
  };

  #place(): number {
    const at = this.#all.findIndex(({ id }) => id === this.#album?.id);
    return at < 0 ? this.#all.length : at;
  }

  /** All headings are said anew, in their order; null takes this one away. */
  async #put(title: string | null, place: number): Promise<void> {
    const id = this.#album?.id ?? newId();
    const others = this.#all.filter((each) => each.id !== id);
    const mine = title === null ? [] : [{ id, title }];
    await publishingKeeper().saveHeadings([...others.slice(0, place), ...mine, ...others.slice(place)]);
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    this.problem = "";
    this.update();
    try {
      await act();
      await publishingKeeper().look();
      this.close("done");
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    this.isBusy = false;
    this.update();
  }
}
