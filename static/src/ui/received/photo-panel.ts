/** `<pv-shared-photo>`: who sees a photo of somebody's album, who likes it, and what was written about it. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Item } from "../../vault/library/view.ts";
import { commentsOn, deleteComment, likesOf, writeComment, type Comment, type Said } from "../../vault/sharing/received-remarks.ts";
import { readReceivedAlbum, type ReceivedAlbum } from "../../vault/sharing/received.ts";
import { LightElement } from "../element.ts";
import { bytesText, dayText } from "../format.ts";
import { icon, ring } from "../icons.ts";
import { wholeMoment } from "../library/dates.ts";
import { kindName } from "../library/kind-names.ts";
import { isAbort, sentenceOf } from "../library/outcome.ts";
import { spokenPlace } from "../library/viewer/field-values.ts";
import { whileSeen } from "../people/while-seen.ts";
import { announce } from "../shell/notices.ts";
import { t } from "../text.ts";
import { toggleLike, type ReceivedPlace } from "./acts.ts";
import { askTakeBack, commentList, unprovedNote, writeForm } from "./comment-parts.ts";
import { ownerName, personName } from "./words.ts";

@customElement("pv-shared-photo")
export class SharedPhotoPanel extends LightElement {
  @property({ attribute: false }) place: ReceivedPlace | null = null;
  @property({ attribute: false }) item: Item | null = null;
  @state() private comments: Said<Comment> | null = null;
  @state() private likes: Said<string> | null = null;
  @state() private words = "";
  @state() private problem = "";
  @state() private isBusy = false;
  private looking = new AbortController();
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.classList.add("info", "shared-photo");
    this.role = "complementary";
    this.ariaLabel = t("Details");
    this.stop = whileSeen(() => void this.load());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
    this.looking.abort();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("item") || this.item === null) return;
    const isOther = changed.get("item")?.id !== this.item.id;
    if (isOther) {
      this.comments = null;
      this.likes = null;
      this.words = "";
      this.problem = "";
      void this.load();
    } else void this.loadLikes();
  }

  protected override render(): TemplateResult {
    const { item, place } = this;
    return html`<header role="none">
        <h2>${t("Details")}</h2>
        <button class="btn icon-only" type="button" aria-label=${t("Close details")} @click=${this.close}>${icon("close")}</button>
      </header>
      ${item === null || place === null || place.photos.item(item.id) === null ? nothing : html`${this.who(item, place.album())} ${this.liked(item, place.album())} ${this.said(place.album())} ${this.facts(item)}`}`;
  }

  private who(item: Item, album: ReceivedAlbum): TemplateResult {
    const photoOwner = this.place?.photos.item(item.id)?.wire.ownerId ?? album.ownerId;
    const isOwn = photoOwner === album.self;
    return html`<section>
      ${item.title === "" ? nothing : html`<p class="caption">${item.title}</p>`}
      <div class="who"><div class="only">${ring("people")}<div>
        <strong>${isOwn ? t("Your photo, in an album of {name}", { name: ownerName(album) }) : t("A photo of {name}", { name: personName(album, photoOwner) })}</strong>
        <span>${t("Everybody in “{album}” can open it, likes and comments too. We hold no key.", { album: album.settings.name })}</span></div></div></div>
    </section>`;
  }

  private liked(item: Item, album: ReceivedAlbum): TemplateResult {
    const names = (this.likes?.proved ?? []).map((id) => personName(album, id));
    const words = this.likes === null ? "" : names.length === 0 ? t("Nobody liked it yet") : names.join(", ");
    return html`<section><h3>${t("Likes")}${names.length === 0 ? nothing : html`<span class="num">${names.length.toLocaleString()}</span>`}</h3>
      <div class="like-line"><button class="btn ${item.isFavourite ? "" : "ghost"}" type="button" aria-pressed=${item.isFavourite ? "true" : "false"} ?disabled=${this.isBusy} @click=${() => void this.toggleLike(item.id)}>${icon("favourite", item.isFavourite ? "filled" : "")}${t("Like")}</button>
      <p class="quiet small" role="status">${words}</p></div>
      ${unprovedNote(this.likes)}</section>`;
  }

  private said(album: ReceivedAlbum): TemplateResult {
    const { comments, words, problem, isBusy, send } = this;
    const count = comments?.proved.length ?? 0;
    return html`<section><h3>${t("Comments")}${count === 0 ? nothing : html`<span class="num">${count.toLocaleString()}</span>`}</h3>
      ${commentList(comments, album, isBusy, (each) => void this.takeBack(each))}
      ${unprovedNote(comments)}
      ${writeForm({ words, problem, isBusy, send, type: (typed) => { this.words = typed; } })}</section>`;
  }

  private facts(item: Item): TemplateResult {
    const addedAt = this.place?.photos.item(item.id)?.wire.addedAt ?? "";
    const size = item.width > 0 ? `${item.width} × ${item.height} · ` : "";
    return html`<section><h3>${t("About this photo")}</h3><ul class="facts">
      <li>${icon("calendar")}<div><strong>${item.isTimeKnown ? wholeMoment(item.time) : t("Date not shared")}</strong>${addedAt === "" ? nothing : html`<span>${t("Put into the album on {day}", { day: dayText(addedAt) })}</span>`}</div></li>
      <li>${icon("place")}<div><strong>${item.place === null ? t("Place not shared") : spokenPlace(item.place)}</strong></div></li>
      <li>${icon("photo")}<div><strong>${kindName(item.kind)}</strong><span>${size}${bytesText(item.bytes)}</span></div></li>
    </ul></section>`;
  }

  private async load(): Promise<void> {
    const { place, item } = this;
    if (place === null || item === null || this.isBusy || place.photos.item(item.id) === null) return;
    this.looking.abort();
    this.looking = new AbortController();
    const { signal } = this.looking;
    try {
      const [comments] = await Promise.all([commentsOn(place.album(), item.id, signal), place.photos.refresh(item.id)]);
      if (signal.aborted) return;
      this.comments = comments;
      await this.loadLikes();
    } catch (error) {
      if (!isAbort(error) && !signal.aborted) this.problem = sentenceOf(error);
    }
  }

  private async loadLikes(): Promise<void> {
    const { place, item } = this;
    const found = item === null ? null : place?.photos.item(item.id);
    if (!found || !place || item === null) return;
    const likes = await likesOf(place.album(), found);
    if (this.item?.id === item.id) this.likes = likes;
  }

  private async attempt(act: (place: ReceivedPlace, id: string) => Promise<void>): Promise<void> {
    const { place, item } = this;
    if (place === null || item === null || this.isBusy) return;
    this.isBusy = true;
    this.problem = "";
    try {
      await act(place, item.id);
    } catch (error) {
      if (!isAbort(error)) this.problem = sentenceOf(error);
    } finally {
      this.isBusy = false;
    }
    if (this.problem === "") await this.load();
  }

  private async toggleLike(id: string): Promise<void> {
    await this.attempt((place) => toggleLike(place, id));
  }

  private async takeBack(comment: Comment): Promise<void> {
    if (!(await askTakeBack(comment))) return;
    await this.attempt((place) => deleteComment(place.album(), comment.id));
    announce(t("Comment deleted"));
    this.find<HTMLElement>("#comment")?.focus();
  }

  private readonly send = (event: Event): void => {
    event.preventDefault();
    const words = this.words.trim();
    if (words === "") return;
    void this.attempt(async (place, id) => {
      const { vault } = place.circle();
      await writeComment(() => readReceivedAlbum(place.album().id, place.circle()), vault, id, words);
      this.words = "";
      announce(t("Comment sent"));
    });
  };

  private readonly close = (): void => {
    this.dispatchEvent(new Event("pv-close"));
  };
}
