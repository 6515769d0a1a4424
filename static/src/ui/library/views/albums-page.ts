/** `<pv-albums-page>`: all albums, each with its cover. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Album } from "../../../vault/library/album-entry.ts";
import { LightElement } from "../../element.ts";
import { icon } from "../../icons.ts";
import { go } from "../../shell/router.ts";
import { t, tn } from "../../text.ts";
import { AlbumSettings } from "../dialogs/album-settings.ts";
import type { LibrarySession } from "../session.ts";
import { picture } from "./cover.ts";
import "../../received/shared-with-me.ts";

@customElement("pv-albums-page")
export class AlbumsPage extends LightElement {
  @property({ attribute: false }) session: LibrarySession | null = null;
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stop = this.session?.access.library.subscribe(() => { this.requestUpdate(); }) ?? this.stop;
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
        : html`<ul class="albums">${repeat(albums, ({ id }) => id, (album) => this.card(album, session))}</ul>`}
      <pv-shared-with-me .session=${session}></pv-shared-with-me>
    </div>`;
  }

  private card(album: Album, { access }: LibrarySession): TemplateResult {
    return html`<li><a class="album" href="/albums/${album.id}">
      <span class="cover">${album.cover === null ? icon("album") : html`<img alt="" hidden ${picture(access.media, album.cover)} />`}</span>
      <strong>${album.name || t("Album that cannot be opened")}</strong>
      <span class="sub num">${tn("{n} photo", "{n} photos", album.count)}</span>
    </a></li>`;
  }

  private readonly create = async (): Promise<void> => {
    const { session } = this;
    if (session === null) return;
    const id = await new AlbumSettings(session, null).ask();
    if (id !== "") go(`/albums/${id}`);
  };
}
