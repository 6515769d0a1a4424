/** Own photos for an album of somebody else: picked from the newest on, and what they tell there. */
import { html, nothing, type TemplateResult } from "lit";

import { TELLINGS, type Telling } from "../../crypto/event.ts";
import type { View } from "../../vault/library/view.ts";
import { addPhotos, type PhotoPorts, type SharingProgress } from "../../vault/sharing/album-photos.ts";
import { chooseTelling, chosenBy } from "../../vault/sharing/album-telling.ts";
import type { ReceivedAlbum } from "../../vault/sharing/received.ts";
import type { Vault } from "../../vault/state.ts";
import { numberText } from "../format.ts";
import { ring } from "../icons.ts";
import { Sheet } from "../library/dialogs/sheet.ts";
import { spokenName } from "../library/grid/tile.ts";
import { sentenceOf } from "../library/outcome.ts";
import type { LibrarySession } from "../library/session.ts";
import { picture } from "../library/views/cover.ts";
import { sharingKeeper } from "../sharing/keeper.ts";
import { chosenWords, tellingChoices, type Chosen } from "../sharing/telling-choices.ts";
import { t, tn } from "../text.ts";

const STEP = 60;

export class AddOwnSheet extends Sheet {
  protected readonly title: string;
  readonly #session: LibrarySession;
  readonly #vault: Vault;
  readonly #album: ReceivedAlbum;
  readonly #view: View;
  readonly #isThere: (id: string) => boolean;
  readonly #picked = new Set<string>();
  #tells: readonly Telling[];
  #chosen: Chosen | null = null;
  #shown = STEP;
  #added = 0;
  #progress: SharingProgress | null = null;
  readonly #ending = new AbortController();

  constructor(session: LibrarySession, vault: Vault, album: ReceivedAlbum, isThere: (id: string) => boolean) {
    super("wide");
    this.#session = session;
    this.#vault = vault;
    this.#album = album;
    this.#tells = chosenBy(vault.accountId, album) ?? [];
    this.#isThere = isThere;
    this.#view = session.access.library.view({});
    this.title = t("Add photos to “{name}”", { name: album.settings.name });
    this.dialog.classList.add("add-own");
  }

  /** Answers how many were added. */
  async ask(): Promise<number> {
    await this.open();
    this.#ending.abort();
    return this.#added;
  }

  protected body(): TemplateResult {
    const places = Array.from({ length: Math.min(this.#shown, this.#view.count) }, (_, at) => at);
    if (this.#view.count === 0) return html`<p>${t("There are no photos in your vault yet. Upload some first, then add them here.")}</p>`;
    return html`<p class="note">${ring("people", "small")}<span>${t("Everybody in the album can open what you add. {told} The photos stay yours: you can take them out again.", { told: this.#told() })}</span></p>
      ${tellingChoices({ offered: TELLINGS, tells: this.#tells, isBusy: this.isBusy, choose: (tells, chosen) => void this.#choose(tells, chosen), words: this.#chosen === null ? t("You can change this at any time.") : chosenWords(this.#chosen) })}
      ${this.#progress === null || this.#progress.total === 0 ? nothing : html`<p class="small" role="status">${t("{done} of {total} ready", { done: numberText(this.#progress.done), total: numberText(this.#progress.total) })}</p>`}
      <ul class="pick-grid">${places.map((at) => this.#choice(at))}</ul>
      ${this.#view.count > this.#shown ? html`<button class="btn" type="button" @click=${this.#more}>${t("Show older photos")}</button>` : nothing}`;
  }

  protected footer(): TemplateResult {
    const count = this.#picked.size;
    return html`<button class="btn ghost" type="button" @click=${() => { this.close(""); }}>${t("Cancel")}</button>
      <button class="btn main" type="button" ?disabled=${count === 0} aria-busy=${this.isBusy ? "true" : "false"} @click=${() => void this.#go()}>${count === 0 ? t("Add") : tn("Add {n} photo", "Add {n} photos", count)}</button>`;
  }

  #told(): string {
    const tells = this.#tells;
    if (tells.length === TELLINGS.length) return t("Date and place go along, as you chose; name and camera do not.");
    if (tells.includes("taken_at")) return t("The date goes along, as you chose; place, name and camera do not.");
    if (tells.includes("place")) return t("The place goes along, as you chose; date, name and camera do not.");
    return t("Place, date, name and camera are not shared.");
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

  /** Holds at once, for photos that are there as well: those follow on whichever device of this account is there. */
  async #choose(tells: readonly Telling[], chosen: Chosen): Promise<void> {
    const before = this.#tells;
    this.#tells = tells;
    this.isBusy = true;
    this.problem = "";
    this.update();
    try {
      await chooseTelling(this.#vault, this.#album.id, tells);
      this.#chosen = chosen;
      void sharingKeeper().lookAround();
    } catch (error) {
      this.#tells = before;
      this.problem = sentenceOf(error);
    }
    this.isBusy = false;
    if (this.dialog.open) this.update();
  }

  #ports(): PhotoPorts {
    const { access, uploads } = this.#session;
    return {
      vault: this.#vault, library: access.library, sealer: access.sealer, signal: this.#ending.signal,
      cleanCopy: async (photo) => (await (await uploads()).cleanCopy(photo)).copy,
      onProgress: (progress) => {
        this.#progress = progress;
        if (this.dialog.open) this.update();
      },
    };
  }

  async #go(): Promise<void> {
    if (this.isBusy || this.#picked.size === 0) return;
    this.isBusy = true;
    this.problem = "";
    this.update();
    try {
      const { done, failed } = await addPhotos(this.#album.id, [...this.#picked], this.#ports());
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
    this.#progress = null;
    if (this.dialog.open) this.update();
  }

  readonly #more = (): void => {
    this.#shown += STEP;
    this.update();
  };
}
