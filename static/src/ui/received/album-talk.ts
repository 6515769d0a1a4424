/** `<pv-album-talk>`: what everybody in an album says about all of it, for its owner and for those it is shared with. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { readPeople } from "../../vault/people/people.ts";
import type { Circle } from "../../vault/sharing/groups.ts";
import { readPeopledAlbum, type PeopledAlbum } from "../../vault/sharing/received.ts";
import { commentsOn, deleteComment, writeComment, type Comment, type Said } from "../../vault/sharing/received-remarks.ts";
import { currentVault } from "../../vault/unlock.ts";
import { LightElement } from "../element.ts";
import { Sheet } from "../library/dialogs/sheet.ts";
import { isAbort, sentenceOf } from "../library/outcome.ts";
import { whileSeen } from "../people/while-seen.ts";
import { announce } from "../shell/notices.ts";
import { t } from "../text.ts";
import { askTakeBack, commentList, unprovedNote, writeForm } from "./comment-parts.ts";

@customElement("pv-album-talk")
export class AlbumTalk extends LightElement {
  @property({ attribute: false }) albumId = "";
  @state() private album: PeopledAlbum | null = null;
  @state() private comments: Said<Comment> | null = null;
  @state() private words = "";
  @state() private problem = "";
  @state() private isBusy = false;
  private circle: Circle | null = null;
  private looking = new AbortController();
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.looking = new AbortController();
    this.stop = whileSeen(() => void this.load());
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
    this.looking.abort();
  }

  protected override render(): TemplateResult {
    const { album, comments, words, problem, isBusy, send } = this;
    return html`${album === null
      ? (problem === "" ? html`<p class="quiet small" role="status">${t("Reading it, and checking who signed it.")}</p>` : nothing)
      : html`${commentList(comments, album, isBusy, (each) => void this.takeBack(each))}${unprovedNote(comments)}`}
      ${writeForm({ words, problem, isBusy, send, type: (typed) => { this.words = typed; } })}`;
  }

  private async read(): Promise<PeopledAlbum> {
    const vault = currentVault();
    if (vault === null) throw new TypeError("The vault is locked.");
    this.circle ??= { vault, contacts: (await readPeople(vault)).contacts };
    return await readPeopledAlbum(this.albumId, this.circle);
  }

  private async load(): Promise<void> {
    if (this.isBusy) return;
    const { signal } = this.looking;
    try {
      const album = await this.read();
      const comments = await commentsOn(album, null, signal);
      if (signal.aborted) return;
      this.album = album;
      this.comments = comments;
    } catch (error) {
      if (!isAbort(error) && !signal.aborted) this.problem = sentenceOf(error);
    }
  }

  private async attempt(act: () => Promise<void>, done: string): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.problem = "";
    try {
      await act();
    } catch (error) {
      if (!isAbort(error)) this.problem = sentenceOf(error);
    } finally {
      this.isBusy = false;
    }
    if (this.problem !== "") return;
    await this.load();
    announce(done);
    this.find<HTMLElement>("#comment")?.focus();
  }

  private readonly send = (event: Event): void => {
    event.preventDefault();
    const words = this.words.trim();
    const vault = currentVault();
    if (words === "" || vault === null) return;
    void this.attempt(async () => {
      await writeComment(() => this.read(), vault, null, words);
      this.words = "";
    }, t("Comment sent"));
  };

  private async takeBack(comment: Comment): Promise<void> {
    const { album } = this;
    if (album === null || !(await askTakeBack(comment))) return;
    await this.attempt(() => deleteComment(album, comment.id), t("Comment deleted"));
  }
}

/** The conversation over whatever page shows the album. */
export class TalkSheet extends Sheet {
  protected readonly title = t("Conversation");
  readonly #albumId: string;

  constructor(albumId: string) {
    super();
    this.#albumId = albumId;
    this.dialog.classList.add("album-people", "album-talk");
  }

  protected body(): TemplateResult {
    return html`<p class="quiet small">${t("About the whole album. Encrypted with its key: we cannot read it. Whoever is let in later can read it too.")}</p>
      <pv-album-talk .albumId=${this.#albumId}></pv-album-talk>`;
  }

  protected footer(): TemplateResult {
    return html`<button class="btn main" type="button" @click=${() => { this.close(""); }}>${t("Done")}</button>`;
  }
}
