/** Photos of others among one's own, in the timeline or in an album of one's own: kept in step while they are shown. */
import type { Row } from "../../vault/library/entry.ts";
import type { LibraryAccess } from "../../vault/library/open.ts";
import { EitherMedia, type Media, type Pictured } from "../../vault/library/media.ts";
import { MergedView } from "../../vault/library/merged-view.ts";
import { ColumnView, type View } from "../../vault/library/view.ts";
import { readPeople } from "../../vault/people/people.ts";
import type { Circle, KnownContact } from "../../vault/sharing/groups.ts";
import { PhotosOfOthers, TIMELINE_ALBUMS, type AlbumsShown } from "../../vault/sharing/photos-of-others.ts";
import type { PeopledAlbum } from "../../vault/sharing/received.ts";
import type { Vault } from "../../vault/state.ts";
import { whileSeen } from "../people/while-seen.ts";
import { t } from "../text.ts";
import { mixedPicks, mixedSource } from "./among-own.ts";
import type { AmongOwn, Arrived } from "./among.ts";
import { personName } from "./words.ts";

export class Others implements AmongOwn {
  readonly photos: PhotosOfOthers;
  /** Their pictures; apart from one's own, so that they go when an access ends. */
  readonly media: Media;
  readonly #vault: Vault;
  readonly #albums: AlbumsShown;
  #stop: () => void = () => undefined;
  #contacts: readonly KnownContact[] = [];

  constructor(vault: Vault, { library, mediaOf }: LibraryAccess, albums: AlbumsShown = TIMELINE_ALBUMS) {
    this.#vault = vault;
    this.#albums = albums;
    this.photos = new PhotosOfOthers(albums, (id) => library.byId(id) !== null, () => { this.media.clear(); });
    this.media = mediaOf(this.photos);
  }

  get arrived(): Arrived {
    return { others: this, mixedSource, mixedPicks };
  }

  onPhotos(listener: () => void): () => void {
    return this.photos.subscribe(listener);
  }

  /** Look now, and again every so often while the page is seen. */
  start(): void {
    this.#stop = whileSeen(() => { if (!this.photos.isLooking) void this.lookAgain(); });
    void this.lookAgain();
  }

  /** Whom this account knew at the last look. */
  get circle(): Circle {
    return { vault: this.#vault, contacts: this.#contacts };
  }

  /** Quietly: what did not answer now is asked again soon, and what was shown until then stays. */
  async lookAgain(): Promise<void> {
    await this.look().catch(() => undefined);
  }

  has(id: string): boolean {
    return this.photos.albumOf(id) !== null;
  }

  /** Whose a photo is; null for one's own. */
  whose(id: string): string | null {
    const shown = this.photos.albumOf(id);
    return shown === null ? null : personName(shown.album, shown.photos.item(id)?.wire.ownerId ?? shown.album.ownerId);
  }

  /** One of the albums as it is now. @throws as `readPeopledAlbum`. */
  async read(albumId: string): Promise<PeopledAlbum> {
    return await this.#albums.readOne(albumId, this.circle);
  }

  /** Where a photo is looked at, in the album by which it stands here. */
  pageOf(albumId: string): string {
    return `/shared/${albumId}`;
  }

  /** How many are picked, where all of them are of one album and none is one's own. */
  pickedWords(n: string): string {
    return t("{n} selected, shared with you", { n });
  }

  viewWith(own: View): View {
    const others = this.rows();
    return others.length === 0 ? own : new MergedView(own, new ColumnView(others));
  }

  mediaWith(own: Pictured): Pictured {
    return new EitherMedia(own, this.media, (id) => this.has(id));
  }

  close(): void {
    this.#stop();
    this.photos.close();
  }

  protected rows(): readonly Row[] {
    return this.photos.rows.filter(({ id }) => this.has(id));
  }

  /** @throws as `PhotosOfOthers.lookAgain`. */
  protected async look(): Promise<void> {
    await this.photos.lookAgain(async () => {
      this.#contacts = (await readPeople(this.#vault)).contacts;
      return this.circle;
    });
  }
}
