/** One photo as everyone sees it: its state, its words, where it stands, and the way back. */
import { html, nothing, type TemplateResult } from "lit";

import { publicPicture, restate, withdraw } from "../../vault/publishing/publications.ts";
import type { Publication } from "../../vault/publishing/statements.ts";
import type { Profile } from "../../vault/publishing/wire.ts";
import type { Vault } from "../../vault/unlock.ts";
import { icon, ring } from "../icons.ts";
import { Sheet } from "../library/dialogs/sheet.ts";
import type { LibrarySession } from "../library/session.ts";
import { picture } from "../library/views/cover.ts";
import { sentenceOf } from "../sentence.ts";
import { addressLine } from "../sharing/link-choices.ts";
import { announce, toast } from "../shell/notices.ts";
import { t } from "../text.ts";
import type { PublishingKeeper } from "./keeper.ts";
import { PublishDialog } from "./publish-dialog.ts";
import { firstWrong, licenceField, written } from "./profile-fields.ts";
import { WithdrawSheet } from "./withdraw-sheet.ts";
import { stateWords } from "./words.ts";

const FORM = "publication-form";
const PREVIEW = 1280;

export class PublicationSheet extends Sheet {
  readonly #session: LibrarySession;
  readonly #vault: Vault;
  readonly #keeper: PublishingKeeper;
  readonly #id: string;
  #url = "";
  #isCodeShown = false;

  constructor(session: LibrarySession, vault: Vault, keeper: PublishingKeeper, id: string) {
    super("wide");
    this.#session = session;
    this.#vault = vault;
    this.#keeper = keeper;
    this.#id = id;
    this.dialog.classList.add("publication");
  }

  protected get title(): string {
    const state = this.#publication()?.state;
    if (state === "refused") return t("Cannot be shown");
    return state === "live" ? t("As everyone sees it") : t("On its way to everyone");
  }

  async show(): Promise<void> {
    const stop = this.#keeper.subscribe(() => { this.#follow(); });
    void this.#showPicture();
    await this.open();
    stop();
    if (this.#url !== "") URL.revokeObjectURL(this.#url);
  }

  protected body(): TemplateResult {
    const { profile } = this.#keeper;
    const publication = this.#publication();
    if (publication === null || profile === null) return html`<p>${t("This photo is not shown any more.")}</p>`;
    return html`<div class="sight">${this.#sight(publication)}</div>
      <div class="about">
        <p class="standing">${ring(publication.state === "live" ? "public" : "only-you")}<span>${stateWords(publication)}</span></p>
        ${publication.said === null ? this.#doubt() : nothing}
        ${publication.state === "live" && profile.address !== "" ? addressLine(publication.id, `${profile.address}/${publication.publicId}`, this.#isCodeShown, () => { this.#isCodeShown = !this.#isCodeShown; this.update(); }) : nothing}
        ${publication.said === null || publication.state === "refused" ? nothing : this.#form(publication, profile)}
        ${publication.state === "refused" ? nothing : html`<p class="quiet small">${publication.isWatermarked ? t("It carries an invisible mark that leads copies back to you.") : t("It carries no invisible mark.")}</p>`}
      </div>`;
  }

  protected footer(): TemplateResult {
    const publication = this.#publication();
    if (publication === null) return html`<button class="btn" type="button" @click=${() => { this.close(""); }}>${t("Close")}</button>`;
    if (publication.state === "refused") return this.#refusedFooter(publication);
    return html`<button class="btn danger ghost start" type="button" ?disabled=${this.isBusy} @click=${() => void this.#withdraw(publication)}>${t("Take back")}</button>
      ${publication.said === null ? nothing : html`<button class="btn main" form=${FORM} ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${t("Save")}</button>`}`;
  }

  #refusedFooter(publication: Publication): TemplateResult {
    return html`<button class="btn danger ghost start" type="button" ?disabled=${this.isBusy} @click=${() => void this.#letGo(publication, false)}>${t("Remove from the list")}</button>
      <button class="btn main" type="button" ?disabled=${this.isBusy} aria-busy=${this.isBusy} @click=${() => void this.#letGo(publication, true)}>${publication.refusal === "cannot_mark" ? t("Show it without a mark") : t("Try once more")}</button>`;
  }

  #publication(): Publication | null {
    return this.#keeper.publications.find(({ id }) => id === this.#id) ?? null;
  }

  #sight({ imageId, caption, state }: Publication): TemplateResult {
    if (this.#url !== "") return html`<img class="public" alt=${caption} src=${this.#url} />`;
    return html`<img alt=${caption} hidden ${picture(this.#session.access.media, imageId)} />
      ${state === "live" ? nothing : html`<p class="quiet small">${t("From your vault. How everyone sees it stands here once it is shown.")}</p>`}`;
  }

  #doubt(): TemplateResult {
    return html`<div class="note danger" role="alert">${icon("warning")}<div><strong>${t("The service lists this photo with other words than you signed.")}</strong>
      <p>${t("Who made it so is not known. Take it back, and show it again if you like.")}</p></div></div>`;
  }

  #form(publication: Publication, { albums, coverId }: Profile): TemplateResult {
    const { caption, creator, licence, albumId } = publication;
    return html`<form id=${FORM} class="stack close" @submit=${(event: Event) => void this.#save(event, publication)} novalidate>
      <div class="field"><label for="said-caption">${t("Caption")}</label><textarea class="input" id="said-caption" name="caption" maxlength="300" .value=${caption}></textarea></div>
      <div class="duo"><div class="field"><label for="said-creator">${t("Made by")}</label><input class="input" id="said-creator" name="creator" maxlength="80" .value=${creator} /></div>
        ${licenceField("said-licence", licence)}</div>
      ${albums.length === 0 ? nothing : html`<div class="field"><label for="said-heading">${t("Under the heading")}</label><select class="input" id="said-heading" name="heading">
        <option value="" ?selected=${albumId === null}>${t("None")}</option>${albums.map(({ id, title }) => html`<option value=${id} ?selected=${albumId === id}>${title}</option>`)}</select></div>`}
      <div class="switch-line"><label for="said-cover">${t("Cover of your page")}<span class="sub">${t("It is shown where somebody links to your page.")}</span></label><input class="switch" id="said-cover" name="cover" type="checkbox" role="switch" ?checked=${coverId === publication.id} /></div>
    </form>`;
  }

  async #showPicture(): Promise<void> {
    const publication = this.#publication();
    if (publication?.state !== "live" || this.#url !== "") return;
    const picture = await publicPicture(publication.id, PREVIEW).catch(() => null);
    if (picture === null || !this.dialog.isConnected) return;
    this.#url = URL.createObjectURL(picture);
    this.update();
  }

  #follow(): void {
    if (!this.dialog.open || this.isBusy) return;
    this.update();
    void this.#showPicture();
  }

  async #save(event: Event, publication: Publication): Promise<void> {
    event.preventDefault();
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || this.isBusy || publication.said === null) return;
    const wrong = firstWrong(form);
    this.problem = wrong?.validationMessage ?? "";
    this.isBusy = wrong === null;
    this.update();
    if (wrong !== null) return;
    try {
      await this.#change(form, publication);
      announce(t("Saved"));
      this.close("saved");
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    this.isBusy = false;
    this.update();
  }

  async #change(form: HTMLFormElement, { id, said, albumId, position, caption, creator, licence }: Publication): Promise<void> {
    const { profile } = this.#keeper;
    const words = { caption: written(form, "caption"), creator: written(form, "creator"), licence: written(form, "licence") };
    const isSaid = words.caption === caption && words.creator === creator && words.licence === licence;
    if (!isSaid && said !== null) await restate({ id, albumId, position }, said, words, this.#vault);
    if (profile !== null) {
      const wasCover = profile.coverId === id;
      const isCover = new FormData(form).has("cover");
      if (isCover !== wasCover) await this.#keeper.changeProfile({ coverId: isCover ? id : null });
    }
    const heading = form.elements.namedItem("heading") === null ? albumId : written(form, "heading") || null;
    // What is signed about its place follows what was signed just now.
    await this.#keeper.look();
    if (heading !== albumId) await this.#keeper.arrange([{ id, albumId: heading, position }]);
  }

  /** What was refused is shown to nobody, so there is nothing to ask. */
  async #letGo({ id, imageId, refusal }: Publication, isTriedAgain: boolean): Promise<void> {
    this.isBusy = true;
    this.update();
    try {
      await withdraw(id, false, this.#vault);
      await this.#keeper.look();
      this.close("gone");
      if (isTriedAgain) await new PublishDialog(this.#session, [imageId], refusal !== "cannot_mark").ask();
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    this.isBusy = false;
    this.update();
  }

  async #withdraw(publication: Publication): Promise<void> {
    if (!(await new WithdrawSheet([publication], false).ask())) return;
    this.close("withdrawn");
    await this.#keeper.look().catch((error: unknown) => { toast(sentenceOf(error)); });
  }
}
