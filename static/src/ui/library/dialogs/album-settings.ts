/** Name, words and order of an album. */
import { html, type TemplateResult } from "lit";

import type { Album } from "../../../vault/library/album-entry.ts";
import type { AlbumOrder } from "../../../vault/library/documents.ts";
import { t } from "../../text.ts";
import { sentenceOf } from "../outcome.ts";
import type { LibrarySession } from "../session.ts";
import { Sheet } from "./sheet.ts";

/** @translated */
const ORDERS: readonly (readonly [AlbumOrder, string, string])[] = [
  ["captured", "When they were taken", "Newest first, under their days."],
  ["added", "When they were added", "Latest first."],
  ["custom", "My own order", "Pick photos and move them earlier or later."],
];

export class AlbumSettings extends Sheet {
  protected readonly title: string;
  readonly #session: LibrarySession;
  readonly #album: Album | null;
  #order: AlbumOrder;

  /** For an album that is there, or (with null) a new one. */
  constructor(session: LibrarySession, album: Album | null) {
    super();
    this.#session = session;
    this.#album = album;
    this.#order = album?.order ?? "captured";
    this.title = album === null ? t("New album") : t("Name and order");
  }

  /** Answers the album's id, "" when nothing was saved. */
  async ask(): Promise<string> {
    return await this.open();
  }

  protected body(): TemplateResult {
    return html`<form id="album-form" class="stack" @submit=${this.#save}>
      <div class="field"><label for="name">${t("Name")}</label>
        <input class="input" id="name" name="name" maxlength="200" required autocomplete="off" autofocus .value=${this.#album?.name ?? ""} /></div>
      <div class="field"><label for="description">${t("A few words")}</label>
        <textarea class="input" id="description" name="description" maxlength="2000" .value=${this.#album?.description ?? ""}></textarea></div>
      <fieldset class="field"><legend>${t("Order")}</legend><div class="choices">
        ${ORDERS.map(
          ([order, words, sub]) => html`<label><input type="radio" name="order" value=${order} .checked=${this.#order === order} @change=${() => { this.#order = order; }} />
            <strong>${t(words)}</strong><span class="sub">${t(sub)}</span></label>`,
        )}
      </div></fieldset>
    </form>`;
  }

  protected footer(): TemplateResult {
    return html`<p>${this.#album?.isShared === true
        ? t("Encrypted like your photos: only you and those you share it with can read an album's name.")
        : t("Encrypted like your photos: only you can read an album's name.")}</p>
      <button class="btn ghost" type="button" @click=${() => { this.close(""); }}>${t("Cancel")}</button>
      <button class="btn main" type="submit" form="album-form" aria-busy=${this.isBusy}>${this.#album === null ? t("Create album") : t("Save")}</button>`;
  }

  readonly #save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement) || this.isBusy) return;
    const data = new FormData(event.target);
    const change = { name: String(data.get("name") ?? "").trim(), description: String(data.get("description") ?? "").trim(), order: this.#order };
    if (change.name === "") {
      this.problem = t("Give the album a name first.");
      this.update();
      return;
    }
    this.isBusy = true;
    this.update();
    try {
      const { changes } = this.#session.access;
      const id = this.#album === null ? await changes.createAlbum(change) : this.#album.id;
      if (this.#album !== null) await changes.changeAlbum(id, change);
      this.close(id);
    } catch (error) {
      this.isBusy = false;
      this.problem = sentenceOf(error);
      this.update();
    }
  };
}
