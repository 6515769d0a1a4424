/** Into which album: one that is there, or a new one. */
import { html, type TemplateResult } from "lit";

import { icon } from "../../icons.ts";
import { toast } from "../../shell/notices.ts";
import { t, tn } from "../../text.ts";
import { sentenceOf, tellOutcome } from "../outcome.ts";
import type { LibrarySession } from "../session.ts";
import { coverPicture } from "../views/cover.ts";
import { Sheet } from "./sheet.ts";

export class AlbumDialog extends Sheet {
  protected readonly title: string;
  readonly #session: LibrarySession;
  readonly #ids: readonly string[];
  #name = "";

  constructor(session: LibrarySession, ids: readonly string[]) {
    super();
    this.#session = session;
    this.#ids = ids;
    this.title = tn("Add {n} photo to an album", "Add {n} photos to an album", ids.length);
  }

  /** Answers whether the photos were added. */
  async ask(): Promise<boolean> {
    const albumId = await this.open();
    if (albumId === "") return false;
    const { library, changes } = this.#session.access;
    const name = library.album(albumId)?.name ?? this.#name;
    return await tellOutcome(changes.addToAlbum(albumId, this.#ids), (n) => tn("{n} photo is in “{name}” now.", "{n} photos are in “{name}” now.", n, { name }));
  }

  protected body(): TemplateResult {
    const albums = this.#session.access.library.albums().filter((album) => album.state === "fine");
    return html`<form class="new-album" @submit=${this.#create}>
        <label class="sr" for="album-name">${t("Name of a new album")}</label>
        <input class="input" id="album-name" maxlength="200" autocomplete="off" placeholder=${t("Name of a new album")} @input=${this.#type} />
        <button class="btn" type="submit" aria-busy=${this.isBusy}>${t("Create")}</button>
      </form>
      ${albums.length === 0
        ? ""
        : html`<ul class="album-choice">
            ${albums.map(
              (album) => html`<li><button type="button" @click=${() => { this.close(album.id); }}>
                ${coverPicture(this.#session.access.media, album.cover)}
                <span class="grow"><strong>${album.name}</strong><span class="sub">${tn("{n} photo", "{n} photos", album.count)}</span></span>
                ${icon("next")}
              </button></li>`,
            )}
          </ul>`}`;
  }

  protected footer(): TemplateResult {
    return html`<button class="btn ghost" type="button" @click=${() => { this.close(""); }}>${t("Cancel")}</button>`;
  }

  readonly #type = (event: Event): void => {
    if (event.target instanceof HTMLInputElement) this.#name = event.target.value;
  };

  readonly #create = async (event: Event): Promise<void> => {
    event.preventDefault();
    const name = this.#name.trim();
    if (name === "" || this.isBusy) {
      this.problem = name === "" ? t("Give the album a name first.") : "";
      this.update();
      return;
    }
    this.isBusy = true;
    this.update();
    try {
      this.close(await this.#session.access.changes.createAlbum({ name }));
    } catch (error) {
      this.isBusy = false;
      this.problem = sentenceOf(error);
      if (this.dialog.open) this.update();
      else toast(this.problem);
    }
  };
}
