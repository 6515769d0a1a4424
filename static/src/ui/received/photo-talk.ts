/** `<pv-photo-talk>`: who likes a photo, and what was written about it, in one album. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Item } from "../../vault/library/view.ts";
import { isLiked, toggleLike, type PhotoTalk } from "../../vault/sharing/photo-talk.ts";
import type { PeopledAlbum } from "../../vault/sharing/received.ts";
import type { ReceivedItem } from "../../vault/sharing/received-items.ts";
import { deleteComment, likesOf, writeComment, type Comment, type Said } from "../../vault/sharing/received-remarks.ts";
import { LightElement } from "../element.ts";
import { numberText } from "../format.ts";
import { icon } from "../icons.ts";
import { isAbort, sentenceOf } from "../library/outcome.ts";
import { whileSeen } from "../people/while-seen.ts";
import { announce } from "../shell/notices.ts";
import { t } from "../text.ts";
import { askTakeBack, commentList, unprovedNote, writeForm } from "./comment-parts.ts";
import { likedWords, personName } from "./words.ts";

@customElement("pv-photo-talk")
export class PhotoTalkPart extends LightElement {
  @property({ attribute: false }) talk: PhotoTalk | null = null;
  /** Another one of the same id: it may be liked otherwise than before. */
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
    this.stop = whileSeen(() => void this.load());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
    this.looking.abort();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("item") || this.item === null) return;
    if (changed.get("item")?.id === this.item.id) {
      void this.loadLikes();
      return;
    }
    this.comments = null;
    this.likes = null;
    this.words = "";
    this.problem = "";
    void this.load();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { item, talk } = this;
    if (item === null || talk === null) return nothing;
    const found = talk.item(item.id);
    const album = found === null ? null : talk.album();
    return found === null || album === null ? this.absent() : html`${this.liked(found, album)} ${this.said(album)}`;
  }

  private absent(): TemplateResult {
    const words = this.comments === null ? t("Reading it, and checking who signed it.") : t("This photo is not in the shared album, or not yet.");
    return html`<section><h3>${t("Likes and comments")}</h3>${this.problem === "" ? html`<p class="quiet small" role="status">${words}</p>`
      : html`<p class="note problem" role="alert">${icon("warning")}<span>${this.problem}</span></p>`}</section>`;
  }

  private liked(found: ReceivedItem, album: PeopledAlbum): TemplateResult {
    const names = (this.likes?.proved ?? []).map((id) => personName(album, id));
    const words = this.likes === null ? "" : names.length === 0 ? t("Nobody liked it yet") : names.join(", ");
    const isOn = isLiked(found, album);
    return html`<section><h3>${t("Likes")}${names.length === 0 ? nothing : html`<span class="num">${numberText(names.length)}</span>`}</h3>
      <div class="like-line"><button class="btn ${isOn ? "" : "ghost"}" type="button" aria-pressed=${isOn ? "true" : "false"} ?disabled=${this.isBusy} @click=${() => void this.toggleLike()}>${icon("favourite", isOn ? "filled" : "")}${t("Like")}</button>
      <p class="quiet small" role="status">${words}</p></div>
      ${unprovedNote(this.likes)}</section>`;
  }

  private said(album: PeopledAlbum): TemplateResult {
    const { comments, words, problem, isBusy, send } = this;
    const count = comments?.proved.length ?? 0;
    return html`<section><h3>${t("Comments")}${count === 0 ? nothing : html`<span class="num">${numberText(count)}</span>`}</h3>
      ${commentList(comments, album, isBusy, (each) => void this.takeBack(each))}
      ${unprovedNote(comments)}
      ${writeForm({ words, problem, isBusy, send, type: (typed) => { this.words = typed; } })}</section>`;
  }

  private async load(): Promise<void> {
    const { talk, item } = this;
    if (talk === null || item === null || this.isBusy) return;
    this.looking.abort();
    this.looking = new AbortController();
    const { signal } = this.looking;
    try {
      const comments = await talk.look(item.id, signal);
      if (signal.aborted) return;
      if (this.comments === null) this.problem = "";
      this.comments = comments;
      await this.loadLikes();
    } catch (error) {
      if (!isAbort(error) && !signal.aborted) this.problem = sentenceOf(error);
    }
  }

  private async loadLikes(): Promise<void> {
    const { talk, item } = this;
    const found = item === null ? null : (talk?.item(item.id) ?? null);
    const album = found === null ? null : (talk?.album() ?? null);
    if (found === null || album === null) return;
    const likes = await likesOf(album, found);
    if (this.item?.id === item?.id) this.likes = likes;
  }

  private async attempt(act: (talk: PhotoTalk, id: string) => Promise<void>): Promise<void> {
    const { talk, item } = this;
    if (talk === null || item === null || this.isBusy) return;
    this.isBusy = true;
    this.problem = "";
    try {
      await act(talk, item.id);
    } catch (error) {
      if (!isAbort(error)) this.problem = sentenceOf(error);
    } finally {
      this.isBusy = false;
    }
    if (this.problem === "") await this.load();
  }

  private async toggleLike(): Promise<void> {
    await this.attempt(async (talk, id) => { announce(likedWords(await toggleLike(talk, id))); });
  }

  private async takeBack(comment: Comment): Promise<void> {
    if (!(await askTakeBack(comment))) return;
    await this.attempt(async (talk) => {
      const album = talk.album();
      if (album !== null) await deleteComment(album, comment.id);
    });
    announce(t("Comment deleted"));
    this.find<HTMLElement>("#comment")?.focus();
  }

  private readonly send = (event: Event): void => {
    event.preventDefault();
    const words = this.words.trim();
    if (words === "") return;
    void this.attempt(async (talk, id) => {
      await writeComment(talk.reread, talk.vault(), id, words);
      this.words = "";
      announce(t("Comment sent"));
    });
  };
}
