/** `<pv-shared-with-me>`: the albums others share with this account, beside one's own. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { MediaRequest } from "../../vault/library/contract.ts";
import type { Media } from "../../vault/library/media.ts";
import { itemOf, type Item } from "../../vault/library/view.ts";
import type { Part } from "../../vault/library/wire.ts";
import { readPeople } from "../../vault/people/people.ts";
import { coverOf, type ReceivedItem } from "../../vault/sharing/received-items.ts";
import { requestFor, rowOfItem } from "../../vault/sharing/received-rows.ts";
import { glanceAtReceived, isOpened, readReceivedAlbums, type ReceivedAlbum, type UnreadableAlbum } from "../../vault/sharing/received.ts";
import { currentVault } from "../../vault/unlock.ts";
import { icon } from "../icons.ts";
import type { LibrarySession } from "../library/session.ts";
import { picture } from "../library/views/cover.ts";
import { whileSeen } from "../people/while-seen.ts";
import { sentenceOf } from "../sentence.ts";
import { Section } from "../settings/section.ts";
import { t, tn } from "../text.ts";
import { ownerName } from "./words.ts";

/** Covers, each opened with the key of its own album. */
class Covers {
  readonly #found = new Map<string, { readonly item: ReceivedItem; readonly album: ReceivedAlbum }>();

  put(item: ReceivedItem, album: ReceivedAlbum): void {
    this.#found.set(item.wire.imageId, { item, album });
  }

  byId(id: string): Item | null {
    const found = this.#found.get(id);
    return found === undefined ? null : itemOf(rowOfItem(found.item, found.album.self));
  }

  mediaRequest(id: string, part: Part): MediaRequest | null {
    const found = this.#found.get(id);
    return found === undefined ? null : requestFor(found.item, part, found.album);
  }

  clear(): void {
    this.#found.clear();
  }
}

@customElement("pv-shared-with-me")
export class SharedWithMe extends Section {
  @property({ attribute: false }) session: LibrarySession | null = null;
  @state() private albums: readonly (ReceivedAlbum | UnreadableAlbum)[] = [];
  /** Image ids of the covers, by album. */
  @state() private covers: ReadonlyMap<string, string> = new Map();
  private readonly opened = new Covers();
  private media: Media | null = null;
  private seen = "";
  private looking = new AbortController();
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.looking = new AbortController();
    this.media = this.session?.access.mediaOf(this.opened) ?? null;
    this.stop = whileSeen(() => void this.lookAgain());
    void this.attempt(() => this.load());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
    this.looking.abort();
    this.opened.clear();
    this.media?.clear();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { albums } = this;
    if (albums.length === 0 && this.problem === "") return nothing;
    return html`<section class="with-me" aria-labelledby="with-me"><h2 id="with-me">${t("Shared with you")}</h2>
      ${this.trouble()}
      <ul class="albums">${repeat(albums, ({ id }) => id, (album) => (isOpened(album) ? this.card(album) : this.closed(album)))}</ul></section>`;
  }

  private async load(): Promise<void> {
    const vault = currentVault();
    if (vault === null) return;
    this.seen = await glanceAtReceived();
    // Most people share nothing with anybody: the list of contacts is read only for those who do.
    this.albums = this.seen === "" ? [] : await readReceivedAlbums({ vault, contacts: (await readPeople(vault)).contacts });
    await Promise.all(this.albums.filter(isOpened).map((album) => this.loadCover(album)));
  }

  /** A card without a picture is a card all the same. */
  private async loadCover(album: ReceivedAlbum): Promise<void> {
    const cover = await coverOf(album, this.looking.signal).catch(() => null);
    if (cover === null || this.looking.signal.aborted) return;
    this.opened.put(cover, album);
    this.covers = new Map([...this.covers, [album.id, cover.wire.imageId]]);
  }

  private async lookAgain(): Promise<void> {
    if (this.isBusy) return;
    try {
      if ((await glanceAtReceived()) !== this.seen) await this.attempt(() => this.load());
    } catch {
      // What did not answer now is asked again soon.
    }
  }

  private card(album: ReceivedAlbum): TemplateResult {
    const cover = this.covers.get(album.id);
    return html`<li><a class="album" href="/shared/${album.id}">
      <span class="cover">${cover === undefined || this.media === null ? icon("album") : html`<img alt="" hidden ${picture(this.media, cover, this.opened.byId(cover)?.version)} />`}</span>
      <strong>${album.settings.name}</strong>
      <span class="sub"><span class="num">${tn("{n} photo", "{n} photos", album.wire.itemCount)}</span> · ${ownerName(album)}</span>
    </a></li>`;
  }

  private closed({ id, error }: UnreadableAlbum): TemplateResult {
    return html`<li><a class="album" href="/shared/${id}"><span class="cover">${icon("warning")}</span>
      <strong>${t("An album that cannot be believed")}</strong><span class="sub wrong-words">${sentenceOf(error)}</span></a></li>`;
  }
}
