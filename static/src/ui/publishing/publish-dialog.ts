/** Showing photos to everyone: what goes out and what does not, the words beside them, and what it means. */
import { html, nothing, type TemplateResult } from "lit";

import type { Item } from "../../vault/library/view.ts";
import { newId } from "../../vault/ids.ts";
import { readMe } from "../../vault/preferences.ts";
import type { NewPublication } from "../../vault/publishing/contract.ts";
import { ring } from "../icons.ts";
import { Sheet } from "../library/dialogs/sheet.ts";
import type { LibrarySession } from "../library/session.ts";
import { sentenceOf } from "../library/outcome.ts";
import { picture } from "../library/views/cover.ts";
import { go } from "../shell/router.ts";
import { toast } from "../shell/notices.ts";
import { findingsIn } from "../sharing/findings.ts";
import { publicReport } from "../sharing/leak-report.ts";
import { photosText } from "../sharing/share-words.ts";
import { t, tn } from "../text.ts";
import { publishingKeeper, type PublishingKeeper } from "./keeper.ts";
import { firstWrong, licenceField, nameFields, written } from "./profile-fields.ts";
import { MEANING } from "./words.ts";

const SEEN = 6;
const FORM = "publish-form";

export class PublishDialog extends Sheet {
  protected readonly title: string;
  readonly #session: LibrarySession;
  readonly #keeper: PublishingKeeper;
  /** Those that are not shown yet. */
  readonly #items: readonly Item[];
  readonly #already: number;
  readonly #isMarked: boolean;
  #creator = "";
  #licence = t("All rights reserved");
  #isReady = false;

  constructor(session: LibrarySession, ids: readonly string[], isMarked = true) {
    super("wide");
    this.#session = session;
    this.#isMarked = isMarked;
    this.#keeper = publishingKeeper();
    const items = [...new Set(ids)].flatMap((id) => session.access.library.byId(id) ?? []);
    this.#items = items.filter(({ id }) => !this.#keeper.isPublic(id));
    this.#already = items.length - this.#items.length;
    this.title = tn("Show {n} photo to everyone", "Show {n} photos to everyone", this.#items.length);
    this.dialog.classList.add("share", "publish");
  }

  /** Answers whether anything is on its way to be shown. */
  async ask(): Promise<boolean> {
    if (this.#items.length === 0) {
      toast(tn("Everyone can see this photo already.", "Everyone can see these photos already.", this.#already), toPage());
      return false;
    }
    void this.#prepare();
    return (await this.open()) === "published";
  }

  protected body(): TemplateResult {
    const { profile } = this.#keeper;
    return html`<form class="share-main" id=${FORM} @submit=${this.#publish} novalidate>
        <ul class="meaning-lines">${MEANING().map((sentence) => html`<li>${ring("public", "small")}<span>${sentence}</span></li>`)}</ul>
        ${this.#already === 0 ? nothing : html`<p class="quiet small">${tn("{n} of those you chose is shown already and stays as it is.", "{n} of those you chose are shown already and stay as they are.", this.#already)}</p>`}
        ${this.#isReady ? html`${profile === null ? this.#firstPage() : nothing}${this.#words()}${this.#mark()}` : html`<p class="quiet small" role="status">${this.problem === "" ? t("Looking at your public page.") : ""}</p>`}
      </form>
      <aside class="leak" aria-label=${t("What everyone will and will not see")}>${this.#pictures()}${publicReport(findingsIn(this.#items))}</aside>`;
  }

  protected footer(): TemplateResult {
    return html`<p>${t("You can take it back at any time.")}</p>
      <button class="btn ghost" type="button" @click=${() => { this.close(""); }}>${t("Cancel")}</button>
      <button class="btn main" form=${FORM} ?disabled=${this.isBusy || !this.#isReady} aria-busy=${this.isBusy}>${t("Show to everyone")}</button>`;
  }

  #firstPage(): TemplateResult {
    return html`<section><h3>${t("Your public page")}</h3>
      <p class="quiet small">${t("What you show stands on a page of your own, apart from your vault. Search engines are asked to stay away until you let them in.")}</p>
      ${nameFields(null)}</section>`;
  }

  #words(): TemplateResult {
    const [first] = this.#items;
    const isOne = this.#items.length === 1;
    const titled = this.#items.filter(({ title }) => title !== "").length;
    return html`<section><h3>${t("Beside the picture")}</h3>
      ${isOne ? html`<div class="field"><label for="public-caption">${t("Caption, if you like")}</label><textarea class="input" id="public-caption" name="caption" maxlength="300" .value=${first?.title ?? ""}></textarea></div>` : nothing}
      ${!isOne && titled > 0 ? html`<div class="switch-line"><label for="public-titles">${t("Their titles as captions")}<span class="sub">${tn("{n} of them has a title in your vault", "{n} of them have a title in your vault", titled)}</span></label><input class="switch" id="public-titles" name="titles" type="checkbox" role="switch" /></div>` : nothing}
      <div class="duo">
        <div class="field"><label for="public-creator">${t("Made by")}</label><input class="input" id="public-creator" name="creator" maxlength="80" autocomplete="name" .value=${this.#creator} /></div>
        ${licenceField("public-licence", this.#licence)}
      </div>
      ${this.#headings()}</section>`;
  }

  #headings(): TemplateResult | typeof nothing {
    const albums = this.#keeper.profile?.albums ?? [];
    if (albums.length === 0) return nothing;
    return html`<div class="field"><label for="public-heading">${t("Under the heading")}</label>
      <select class="input" id="public-heading" name="heading"><option value="">${t("None")}</option>${albums.map(({ id, title }) => html`<option value=${id}>${title}</option>`)}</select></div>`;
  }

  #mark(): TemplateResult {
    return html`<section><div class="switch-line"><label for="public-mark">${t("Invisible mark")}<span class="sub">${t("Woven into the picture, unseen. It leads a copy that somebody took, cut or photographed from a screen, back to you. Suggested.")}</span></label>
      <input class="switch" id="public-mark" name="mark" type="checkbox" role="switch" ?checked=${this.#isMarked} /></div></section>`;
  }

  #pictures(): TemplateResult {
    const { media } = this.#session.access;
    const more = this.#items.length - SEEN;
    return html`<div class="seen ${this.#items.length === 1 ? "one" : ""}">${this.#items.slice(0, SEEN).map(({ id, altText, title }) => html`<img alt=${altText || title} hidden ${picture(media, id)} />`)}</div>
      ${more > 0 ? html`<p class="quiet small">${tn("and {n} photo more", "and {n} photos more", more)}</p>` : nothing}`;
  }

  /** What the person prefers stands in the fields before they are shown. */
  async #prepare(): Promise<void> {
    try {
      const [me] = await Promise.all([readMe(), this.#keeper.lookAtProfile()]);
      const { profile } = this.#keeper;
      this.#creator = me.preferences.rights_creator || (profile?.shownName ?? "");
      this.#licence = profile?.licence || me.preferences.rights_licence || this.#licence;
      this.#isReady = true;
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    this.update();
  }

  readonly #publish = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || this.isBusy || !this.#isReady) return;
    const wrong = firstWrong(form);
    this.problem = wrong === null ? "" : wrong.validationMessage;
    this.isBusy = wrong === null;
    this.update();
    if (wrong !== null) return;
    try {
      if (this.#keeper.profile === null) await this.#makePage(form);
      this.#keeper.publish(this.#chosen(form));
      toast(t("Being prepared: {photos}. If you close this page, it goes on when you next open your vault.", { photos: photosText(this.#items.length) }), toPage());
      this.close("published");
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    this.isBusy = false;
    this.update();
  };

  async #makePage(form: HTMLFormElement): Promise<void> {
    const [name, shownName, licence] = [written(form, "name"), written(form, "shown-name"), written(form, "licence")];
    await this.#keeper.saveProfile({ name, shownName, bio: "", licence, albums: [], isOpen: true, isListed: false, coverId: null });
  }

  /** The newest stand first: each of them before what is there. */
  #chosen(form: HTMLFormElement): readonly NewPublication[] {
    const caption = written(form, "caption").slice(0, 300);
    const words = { creator: written(form, "creator"), licence: written(form, "licence") };
    const [hasTitles, isWatermarked] = [new FormData(form).has("titles"), new FormData(form).has("mark")];
    const albumId = written(form, "heading") || null;
    return this.#items.map(({ id, title }) => ({
      id: newId(), imageId: id, words: { ...words, caption: this.#items.length === 1 ? caption : hasTitles ? title.slice(0, 300) : "" }, isWatermarked, albumId, position: 0,
    }));
  }
}

const toPage = () => ({ label: t("See it"), action: () => { go("/profile"); } });

/** Offer to show photos to everyone. */
export async function publishPhotos(session: LibrarySession, ids: readonly string[]): Promise<boolean> {
  return await new PublishDialog(session, ids).ask();
}
