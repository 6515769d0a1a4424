/** `<pv-shared-photo>`: who sees a photo of somebody's album, who likes it, and what was written about it. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Item } from "../../vault/library/view.ts";
import { commentsOn, deleteComment, likesOf, LONGEST_COMMENT, writeComment, type Comment, type Said } from "../../vault/sharing/received-remarks.ts";
import { readReceivedAlbum, type ReceivedAlbum } from "../../vault/sharing/received.ts";
import { LightElement } from "../element.ts";
import { bytesText, dayText, momentText } from "../format.ts";
import { icon, ring } from "../icons.ts";
import { wholeMoment } from "../library/dates.ts";
import { kindName } from "../library/kind-names.ts";
import { isAbort, sentenceOf } from "../library/outcome.ts";
import { spokenPlace } from "../library/viewer/field-values.ts";
import { initials } from "../people/initials.ts";
import { whileSeen } from "../people/while-seen.ts";
import { announce, confirmDialog } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { toggleLike, type ReceivedPlace } from "./acts.ts";
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
      ${this.unproved(this.likes)}</section>`;
  }

  private said(album: ReceivedAlbum): TemplateResult {
    const { comments } = this;
    const count = comments?.proved.length ?? 0;
    return html`<section><h3>${t("Comments")}${count === 0 ? nothing : html`<span class="num">${count.toLocaleString()}</span>`}</h3>
      ${comments === null ? nothing : count === 0
        ? html`<p class="quiet small">${t("Nobody wrote anything yet.")}</p>`
        : html`<ol class="comments" aria-label=${t("Comments")}>${comments.proved.map((each) => this.comment(each, album))}</ol>`}
      ${this.unproved(comments)}
      <form class="write" @submit=${this.send}>
        <label class="sr" for="comment">${t("Write a comment")}</label>
        <textarea class="input" id="comment" rows="2" maxlength=${LONGEST_COMMENT} placeholder=${t("Write a comment")} .value=${this.words} @input=${this.type} @keydown=${this.keys}></textarea>
        ${this.problem === "" ? nothing : html`<p class="note problem" role="alert">${icon("warning")}<span>${this.problem}</span></p>`}
        <div class="acts"><p class="quiet small">${t("Everybody in the album can read it.")}</p>
          <button class="btn" type="submit" aria-busy=${this.isBusy ? "true" : "false"} ?disabled=${this.words.trim() === ""}>${t("Send")}</button></div>
      </form></section>`;
  }

  private comment(each: Comment, album: ReceivedAlbum): TemplateResult {
    const name = personName(album, each.authorId);
    return html`<li><span class="avatar" aria-hidden="true">${initials(name)}</span>
      <div class="grow"><strong>${name}</strong><time class="sub" datetime=${each.madeAt}>${momentText(each.madeAt)}</time><p>${each.text}</p></div>
      ${each.mayDelete ? html`<button class="btn icon-only" type="button" aria-label=${each.isOwn ? t("Delete your comment “{text}”", { text: each.text }) : t("Delete the comment of {name}", { name })} title=${t("Delete")} ?disabled=${this.isBusy} @click=${() => void this.takeBack(each)}>${icon("close", "small")}</button>` : nothing}</li>`;
  }

  private unproved(said: Said<unknown> | null): TemplateResult | typeof nothing {
    if (said === null || said.unproved === 0) return nothing;
    return html`<p class="quiet small">${icon("warning", "small")} ${tn("{n} more cannot be checked on this device, and is not shown.", "{n} more cannot be checked on this device, and are not shown.", said.unproved)}</p>`;
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
    const goesOn = await confirmDialog({ title: t("Delete this comment?"), sentences: [comment.text], confirm: t("Delete"), danger: true });
    if (!goesOn) return;
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

  private readonly type = (event: Event): void => {
    if (event.target instanceof HTMLTextAreaElement) this.words = event.target.value;
  };

  /** With a keyboard, sending needs no way to the button. */
  private readonly keys = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.send(event);
  };

  private readonly close = (): void => {
    this.dispatchEvent(new Event("pv-close"));
  };
}
