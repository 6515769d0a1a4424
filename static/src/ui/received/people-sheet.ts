/** Who is in a shared album, one's own or somebody else's, and what happened there, as they signed it. */
import { html, nothing, type TemplateResult } from "lit";

import { deedsIn, type Deed } from "../../vault/sharing/received-activity.ts";
import type { PeopledAlbum } from "../../vault/sharing/received.ts";
import { momentText } from "../format.ts";
import { icon } from "../icons.ts";
import { Sheet } from "../library/dialogs/sheet.ts";
import { sentenceOf } from "../sentence.ts";
import { t, tn } from "../text.ts";
import { deedWords, givenWords, personLetters, personName, youWords } from "./words.ts";

const SHOWN = 100;

export class PeopleSheet extends Sheet {
  protected readonly title = t("People and what happened");
  #album: PeopledAlbum | null = null;
  #deeds: readonly Deed[] | null = null;

  /** The album may still be on its way. */
  constructor(coming: Promise<PeopledAlbum>) {
    super();
    this.dialog.classList.add("album-people");
    void this.#load(coming);
  }

  protected body(): TemplateResult {
    const album = this.#album;
    if (album === null) return this.problem === "" ? this.#reading() : html``;
    const groups = Object.keys(album.state.groups).length;
    return html`<h3>${t("Who can open it")}</h3>
      <ul class="rows">${Object.entries(album.state.members).map(([accountId, role]) => this.#person(album, accountId, role))}
        ${groups === 0 ? nothing : html`<li><span class="avatar group" aria-hidden="true">${icon("people", "small")}</span><div class="grow"><strong>${tn("{n} group", "{n} groups", groups)}</strong><span class="sub">${t("and everybody in it")}</span></div></li>`}</ul>
      <h3>${t("What happened")}</h3>
      ${this.#deeds === null ? this.#reading() : this.#trail(album, this.#deeds)}`;
  }

  protected footer(): TemplateResult {
    return html`<button class="btn main" type="button" @click=${() => { this.close(""); }}>${t("Done")}</button>`;
  }

  #reading(): TemplateResult {
    return html`<p class="quiet small" role="status">${t("Reading it, and checking who signed it.")}</p>`;
  }

  #person(album: PeopledAlbum, accountId: string, role: string): TemplateResult {
    const name = personName(album, accountId);
    return html`<li><span class="avatar" aria-hidden="true">${personLetters(album, accountId)}</span><div class="grow"><strong>${name}</strong><span class="sub">${accountId === album.self ? youWords(role) : givenWords(role)}</span></div></li>`;
  }

  #trail(album: PeopledAlbum, deeds: readonly Deed[]): TemplateResult {
    return html`<ol class="trail">${deeds.slice(0, SHOWN).map(
      (deed) => html`<li><strong>${personName(album, deed.authorId)}</strong> ${deedWords(album, deed.event)}<span class="sub">${momentText(deed.madeAt)}</span></li>`,
    )}</ol>
    ${deeds.length > SHOWN ? html`<p class="quiet small">${tn("and {n} more before", "and {n} more before", deeds.length - SHOWN)}</p>` : nothing}
    <p class="quiet small">${t("Each line is signed by the person it names. The times are the service's.")}</p>`;
  }

  async #load(coming: Promise<PeopledAlbum>): Promise<void> {
    try {
      this.#album = await coming;
      this.#show();
      this.#deeds = await deedsIn(this.#album);
    } catch (error) {
      this.problem = sentenceOf(error);
      this.#deeds = [];
    }
    this.#show();
  }

  #show(): void {
    if (this.dialog.open) this.update();
  }
}
