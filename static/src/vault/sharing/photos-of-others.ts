/**
 * Photos of others that stand among one's own: in the timeline those of the albums for which this account chose so, in
 * a shared album of its own those that others put in.
 *
 * Nothing of them comes into the library, so whatever counts, searches, deletes or shares one's own
 * photos never meets them. What is not listed any more goes before anything else is asked for.
 */
import { Problem } from "../../api/problem.ts";
import { OldKnownKeysError } from "../../crypto/known-keys-error.ts";
import type { MediaRequest } from "../library/contract.ts";
import type { Row } from "../library/entry.ts";
import { newestFirst } from "../library/timeline-order.ts";
import type { Item } from "../library/view.ts";
import type { Part } from "../library/wire.ts";
import type { Circle } from "./groups.ts";
import { ReceivedPhotos } from "./received-photos.ts";
import {
  glanceAtOwn, glanceAtTimeline, isOpened, readOwnAlbum, readReceivedAlbum, readReceivedAlbums, type Glance, type PeopledAlbum, type UnreadableAlbum,
} from "./received.ts";

/** The albums they come from. */
export interface AlbumsShown {
  /** Which are shown now, and another text once any of them moved. @throws Problem, CryptoError. */
  readonly glance: (isFirst: boolean) => Promise<Glance>;
  /** All of those that were glanced at. @throws Problem, OldKnownKeysError. */
  readonly readAll: (glance: Glance, circle: Circle) => Promise<readonly (PeopledAlbum | UnreadableAlbum)[]>;
  /** @throws HistoryError, CryptoError, AlbumError, OldKnownKeysError, Problem. */
  readonly readOne: (id: string, circle: Circle) => Promise<PeopledAlbum>;
}

/** Albums of others that this account chose for its timeline. */
export const TIMELINE_ALBUMS: AlbumsShown = {
  glance: glanceAtTimeline,
  readAll: ({ wires }, circle) => readReceivedAlbums(circle, wires),
  readOne: readReceivedAlbum,
};

/** One album of this account's own. */
export function ownAlbumShown(id: string): AlbumsShown {
  const readAll = async (_: Glance, circle: Circle): Promise<readonly (PeopledAlbum | UnreadableAlbum)[]> => {
    try {
      return [await readOwnAlbum(id, circle)];
    } catch (error) {
      if (error instanceof Problem || error instanceof OldKnownKeysError) throw error;
      return [{ id, error }];
    }
  };
  return { glance: () => glanceAtOwn(id), readAll, readOne: readOwnAlbum };
}

/** An album whose photos are shown. */
export interface ShownAlbum {
  readonly album: PeopledAlbum;
  readonly photos: ReceivedPhotos;
}

/** An album that somebody changes all the time is shown as it was, and read again at the next look. */
const ATTEMPTS = 3;

const hasPhotosOfOthers = ({ state, self }: PeopledAlbum): boolean => Object.values(state.items).some((by) => by !== self);

export class PhotosOfOthers {
  readonly #shown = new Map<string, ShownAlbum>();
  readonly #listeners = new Set<() => void>();
  #seen = "";
  #rows: readonly Row[] | null = null;
  #unreadable: readonly UnreadableAlbum[] = [];
  #looking: Promise<void> | null = null;
  #isClosed = false;
  #isFirstLook = true;
  readonly #albums: AlbumsShown;
  readonly #isOwn: (id: string) => boolean;
  readonly #onDrop: () => void;

  /**
   * `isOwn` says what is in the library: whatever somebody puts in under the id of such a photo is not shown in its place.
   * `onDrop` is told when photos went that were shown, so that their pictures go as well.
   */
  constructor(albums: AlbumsShown, isOwn: (id: string) => boolean, onDrop: () => void) {
    this.#albums = albums;
    this.#isOwn = isOwn;
    this.#onDrop = onDrop;
  }

  get isLooking(): boolean {
    return this.#looking !== null;
  }

  /** Those that cannot be believed are not shown. */
  get unreadable(): readonly UnreadableAlbum[] {
    return this.#unreadable;
  }

  /** Newest first. A photo that is in two of the albums stands here once. */
  get rows(): readonly Row[] {
    this.#rows ??= this.#allRows();
    return this.#rows;
  }

  /** The album by which a photo is shown; null for one that is not. */
  albumOf(id: string): ShownAlbum | null {
    for (const shown of this.#shown.values()) {
      const item = shown.photos.item(id);
      if (item !== null && item.wire.ownerId !== shown.album.self && !this.#isOwn(id)) return shown;
    }
    return null;
  }

  /** One of the albums as it was read last; null while it is not shown. */
  shown(id: string): ShownAlbum | null {
    return this.#shown.get(id) ?? null;
  }

  byId(id: string): Item | null {
    return this.albumOf(id)?.photos.byId(id) ?? null;
  }

  mediaRequest(id: string, part: Part): MediaRequest | null {
    return this.albumOf(id)?.photos.mediaRequest(id, part) ?? null;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** See what is shared and chosen now; one look after the other. @throws Problem, HistoryError, CryptoError, OldKnownKeysError. */
  async lookAgain(circle: () => Promise<Circle>): Promise<void> {
    const run: Promise<void> = (this.#looking ?? Promise.resolve()).catch(() => undefined).then(() => this.#look(circle));
    this.#looking = run;
    try {
      await run;
    } finally {
      if (this.#looking === run) this.#looking = null;
    }
  }

  /** Read all of it at the next look, whether it moved or not. */
  doubt(): void {
    this.#seen = "";
  }

  /** Read one of them again, as when its photos changed by what was done here. @throws as {@link lookAgain}. */
  async reload(id: string, circle: Circle): Promise<void> {
    const shown = this.#shown.get(id);
    if (shown === undefined) return;
    await this.#load(await this.#albums.readOne(id, circle), circle);
  }

  /** Forget everything, as when the vault is locked. */
  close(): void {
    this.#isClosed = true;
    this.#dropOthers(new Set());
    this.#listeners.clear();
  }

  async #look(circle: () => Promise<Circle>): Promise<void> {
    const glance = await this.#albums.glance(this.#isFirstLook);
    const { ids, seen } = glance;
    this.#isFirstLook = false;
    this.#dropOthers(ids);
    if (seen === this.#seen) return;
    const known = ids.size === 0 ? null : await circle();
    const albums = known === null ? [] : await this.#albums.readAll(glance, known);
    const opened = albums.filter(isOpened);
    this.#unreadable = albums.flatMap((album) => (isOpened(album) ? [] : [album]));
    // One that cannot be believed is not shown; its page says why.
    this.#dropOthers(new Set(opened.map(({ id }) => id)));
    for (const album of opened) if (known !== null) await this.#load(album, known);
    this.#seen = seen;
    this.#changed();
  }

  async #load(first: PeopledAlbum, circle: Circle): Promise<void> {
    try {
      for (let album = first, attempt = 1; ; attempt += 1) {
        if (this.#isClosed) return;
        const photos = this.#shown.get(album.id)?.photos ?? this.#follow(new ReceivedPhotos());
        this.#shown.set(album.id, { album, photos });
        // Most albums hold nothing but their reader's own photos: those need not be listed.
        if (photos.completeness === null && !hasPhotosOfOthers(album)) return;
        if ((await photos.load(album)) || attempt >= ATTEMPTS) return;
        album = await this.#albums.readOne(album.id, circle);
      }
    } catch (error) {
      // It ended while it was read.
      if (!(error instanceof Problem) || error.status !== 404) throw error;
      this.#drop(first.id);
    }
  }

  #follow(photos: ReceivedPhotos): ReceivedPhotos {
    photos.subscribe(() => { this.#changed(); });
    return photos;
  }

  #dropOthers(kept: ReadonlySet<string>): void {
    for (const id of [...this.#shown.keys()]) if (!kept.has(id)) this.#drop(id);
  }

  #drop(id: string): void {
    const shown = this.#shown.get(id);
    if (shown === undefined) return;
    this.#shown.delete(id);
    shown.photos.close();
    this.#onDrop();
  }

  #allRows(): readonly Row[] {
    const lists = [...this.#shown.values()].map(({ photos }) => photos.rowsOfOthers());
    const once = new Map(lists.toReversed().flat().map((row) => [row.id, row]));
    return lists.length === 1 ? (lists[0] ?? []) : [...once.values()].sort(newestFirst);
  }

  #changed(): void {
    this.#rows = null;
    for (const listener of [...this.#listeners]) listener();
  }
}
