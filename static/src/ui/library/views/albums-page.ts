/** `<pv-albums-page>`: all albums, each with its cover. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Album } from "../../../vault/library/album-entry.ts";
import { LightElement } from "../../element.ts";
import { icon } from "../../icons.ts";
import { go } from "../../shell/router.ts";
import { t, tn } from "../../text.ts";
import { askForSettings } from "../dialogs/coming.ts";
import { sharingKeeper } from "../../sharing/keeper.ts";
import { sharedWords } from "../../sharing/shared-mark.ts";
import type { LibrarySession } from "../session.ts";
import { picture } from "./cover.ts";
import "../../received/shared-with-me.ts";

@customElement("pv-albums-page")
export class AlbumsPage extends LightElement {
  @property({ attribute: false }) session: LibrarySession | null = null;
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    const redraw = (): void => { this.requestUpdate(); };
    const stops = [this.session?.access.library.subscribe(redraw), sharingKeeper().subscribe(redraw)];
    this.stop = () => { for (const stop of stops) stop?.(); };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { session } = this;
    if (session === null) return nothing;
    const albums = session.access.library.albums();
    return html`<div class="page">
      <header class="page-head"><div><h1>${t("Albums")}</h1></div>
        <div class="acts">${albums.length === 0 ? nothing : html`<button class="btn" type="button" @click=${this.create}>${icon("add")}${t("New album")}</button>`}</div>
      </header>
      <nav class="chips phone-only more-lists" aria-label=${t("More lists")}>
        <a class="chip" href="/archive">${icon("archive", "small")}${t("Archive")}</a>
        <a class="chip" href="/duplicates">${icon("copy", "small")}${t("Duplicates")}</a>
        <a class="chip" href="/bin">${icon("recycle", "small")}${t("Recycle bin")}</a>
      </nav>
      ${albums.length === 0
        ? html`<div class="empty"><p>${t("Albums put photos together without moving them. One photo can be in many.")}</p>
            <button class="btn main" type="button" @click=${this.create}>${t("Make the first album")}</button></div>`
        : this.lists(albums, session)}
      <pv-shared-with-me .session=${session}></pv-shared-with-me>
    </div>`;
  }

  /** What was only made to share something stands apart. */
  private lists(albums: readonly Album[], session: LibrarySession): TemplateResult {
    const list = (some: readonly Album[]) => html`<ul class="albums">${repeat(some, ({ id }) => id, (album) => this.card(album, session))}</ul>`;
    const [direct, own] = [albums.filter(({ isDirect }) => isDirect), albums.filter(({ isDirect }) => !isDirect)];
    if (direct.length === 0) return list(own);
    return html`${own.length === 0 ? nothing : list(own)}<h2 class="albums-head">${t("Shared by themselves")}</h2>${list(direct)}`;
  }

  private card(album: Album, { access }: LibrarySession): TemplateResult {
    return html`<li><a class="album" href="/albums/${album.id}">
      <span class="cover">${album.cover === null ? icon("album") : html`<img alt="" hidden ${picture(access.media, album.cover, access.library.byId(album.cover)?.version)} />`}</span>
      <strong>${album.name || t("Album that cannot be opened")}</strong>
      <span class="sub num">${tn("{n} photo", "{n} photos", album.count + sharingKeeper().standing(album.id).fromOthers)}</span>
      ${album.isShared ? sharedWords(album.id) : nothing}
    </a></li>`;
  }

  private readonly create = async (): Promise<void> => {
    const { session } = this;
    if (session === null) return;
    const id = await askForSettings(session, null);
    if (id !== "") go(`/albums/${id}`);
  };
}
