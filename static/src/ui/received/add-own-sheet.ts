/** Own photos for an album of somebody else: picked from the newest on. */
import { html, nothing, type TemplateResult } from "lit";

import type { View } from "../../vault/library/view.ts";
import type { Circle } from "../../vault/sharing/groups.ts";
import type { ReceivedAlbum } from "../../vault/sharing/received.ts";
import { addOwn } from "../../vault/sharing/received-adding.ts";
import { ring } from "../icons.ts";
import { Sheet } from "../library/dialogs/sheet.ts";
import { spokenName } from "../library/grid/tile.ts";
import { sentenceOf } from "../library/outcome.ts";
import type { LibrarySession } from "../library/session.ts";
import { picture } from "../library/views/cover.ts";
import { t, tn } from "../text.ts";

const STEP = 60;

export class AddOwnSheet extends Sheet {
  protected readonly title: string;
  readonly #session: LibrarySession;
  readonly #circle: Circle;
  readonly #album: ReceivedAlbum;
  readonly #view: View;
  readonly #isThere: (id: string) => boolean;
  readonly #picked = new Set<string>();
  #shown = STEP;
  #added = 0;

  constructor(session: LibrarySession, circle: Circle, album: ReceivedAlbum, isThere: (id: string) => boolean) {
    super("wide");
    this.#session = session;
    this.#circle = circle;
    this.#album = album;
    this.#isThere = isThere;
    this.#view = session.access.library.view({});
    this.title = t("Add photos to “{name}”", { name: album.settings.name });
    this.dialog.classList.add("add-own");
  }

  /** Answers how many were added. */
  async ask(): Promise<number> {
    await this.open();
    return this.#added;
  }

  protected body(): TemplateResult {
    const places = Array.from({ length: Math.min(this.#shown, this.#view.count) }, (_, at) => at);
    if (this.#view.count === 0) return html`<p>${t("There are no photos in your vault yet. Upload some first, then add them here.")}</p>`;
    return html`<p class="note">${ring("people", "small")}<span>${t("Everybody in the album can open what you add. Place, date, name and camera are not shared. The photos stay yours: you can take them out again.")}</span></p>
      <ul class="pick-grid">${places.map((at) => this.#choice(at))}</ul>
      ${this.#view.count > this.#shown ? html`<button class="btn" type="button" @click=${this.#more}>${t("Show older photos")}</button>` : nothing}`;
  }

  protected footer(): TemplateResult {
    const count = this.#picked.size;
    return html`<button class="btn ghost" type="button" @click=${() => { this.close(""); }}>${t("Cancel")}</button>
      <button class="btn main" type="button" ?disabled=${count === 0} aria-busy=${this.isBusy ? "true" : "false"} @click=${() => void this.#go()}>${count === 0 ? t("Add") : tn("Add {n} photo", "Add {n} photos", count)}</button>`;
  }

  #choice(at: number): TemplateResult {
    const item = this.#view.itemAt(at);
    const isThere = this.#isThere(item.id);
    const name = isThere ? t("{name}. In the album already", { name: spokenName(item) }) : spokenName(item);
    return html`<li><label title=${isThere ? t("In the album already") : nothing}>
      <input type="checkbox" aria-label=${name} ?disabled=${isThere || item.state !== "fine"} .checked=${isThere || this.#picked.has(item.id)} @change=${() => { this.#toggle(item.id); }} />
      <img alt="" hidden ${picture(this.#session.access.media, item.id)} /></label></li>`;
  }

  #toggle(id: string): void {
    if (!this.#picked.delete(id)) this.#picked.add(id);
    this.update();
  }

  async #go(): Promise<void> {
    if (this.isBusy || this.#picked.size === 0) return;
    this.isBusy = true;
    this.problem = "";
    this.update();
    try {
      const { done, failed } = await addOwn(this.#circle, this.#album.id, [...this.#picked], this.#session.access.library);
      this.#added += done.length;
      for (const id of done) this.#picked.delete(id);
      const [first] = failed;
      if (first === undefined) {
        this.close("");
        return;
      }
      this.problem = tn("{n} photo was not added. {why}", "{n} photos were not added. {why}", failed.length, { why: first.sentence });
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    this.isBusy = false;
    this.update();
  }

  readonly #more = (): void => {
    this.#shown += STEP;
    this.update();
  };
}
