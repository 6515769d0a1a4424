/**
 * Photos of others that stand among one's own: those of the albums for which this account chose so.
 *
 * Nothing of them comes into the library, so whatever counts, searches, deletes or shares one's own
 * photos never meets them. What is not listed any more goes before anything else is asked for.
 */
import { Problem } from "../../api/problem.ts";
import type { MediaRequest } from "../library/contract.ts";
import type { Row } from "../library/entry.ts";
import { newestFirst } from "../library/timeline-order.ts";
import { ColumnView, type Item, type View } from "../library/view.ts";
import type { Part } from "../library/wire.ts";
import type { Circle } from "./groups.ts";
import { ReceivedPhotos } from "./received-photos.ts";
import { glanceAtTimeline, isOpened, readReceivedAlbum, readReceivedAlbums, type ReceivedAlbum } from "./received.ts";

/** An album whose photos are shown. */
export interface ShownAlbum {
  readonly album: ReceivedAlbum;
  readonly photos: ReceivedPhotos;
}

/** An album that somebody changes all the time is shown as it was, and read again at the next look. */
const ATTEMPTS = 3;

export class TimelinePhotos {
  readonly #shown = new Map<string, ShownAlbum>();
  readonly #listeners = new Set<() => void>();
  #seen = "";
  #view: View | null = null;
  #looking: Promise<void> | null = null;
  #isClosed = false;
  readonly #onDrop: () => void;

  /** `onDrop` is told when photos went that were shown, so that their pictures go as well. */
  constructor(onDrop: () => void) {
    this.#onDrop = onDrop;
  }

  get isLooking(): boolean {
    return this.#looking !== null;
  }

  /** Newest first. A photo that is in two of the albums stands here once. */
  view(): View {
    this.#view ??= new ColumnView(this.#rows());
    return this.#view;
  }

  /** The album by which a photo is shown; null for one that is not. */
  albumOf(id: string): ShownAlbum | null {
    for (const shown of this.#shown.values()) {
      const item = shown.photos.item(id);
      if (item !== null && item.wire.ownerId !== shown.album.self) return shown;
    }
    return null;
  }

  /** One of the albums as it was read last; null while it is not shown. */
  album(id: string): ReceivedAlbum | null {
    return this.#shown.get(id)?.album ?? null;
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

  /** Read one of them again, as when its photos changed by what was done here. @throws as {@link lookAgain}. */
  async reload(id: string, circle: Circle): Promise<void> {
    const shown = this.#shown.get(id);
    if (shown === undefined) return;
    await this.#load(await readReceivedAlbum(id, circle), circle);
  }

  /** Forget everything, as when the vault is locked. */
  close(): void {
    this.#isClosed = true;
    this.#dropOthers(new Set());
    this.#listeners.clear();
  }

  async #look(circle: () => Promise<Circle>): Promise<void> {
    const { ids, seen } = await glanceAtTimeline();
    this.#dropOthers(ids);
    if (seen === this.#seen) return;
    const known = ids.size === 0 ? null : await circle();
    const albums = known === null ? [] : await readReceivedAlbums(known, ({ id }) => ids.has(id));
    const opened = albums.filter(isOpened);
    // One that cannot be believed is not shown; its page says why.
    this.#dropOthers(new Set(opened.map(({ id }) => id)));
    for (const album of opened) if (known !== null) await this.#load(album, known);
    this.#seen = seen;
  }

  async #load(first: ReceivedAlbum, circle: Circle): Promise<void> {
    try {
      for (let album = first, attempt = 1; ; attempt += 1) {
        if (this.#isClosed) return;
        const photos = this.#shown.get(album.id)?.photos ?? this.#follow(new ReceivedPhotos());
        this.#shown.set(album.id, { album, photos });
        if ((await photos.load(album)) || attempt >= ATTEMPTS) return;
        album = await readReceivedAlbum(album.id, circle);
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

  #rows(): readonly Row[] {
    const lists = [...this.#shown.values()].map(({ photos }) => photos.rowsOfOthers());
    if (lists.length < 2) return lists[0] ?? [];
    const once = new Map(lists.toReversed().flat().map((row) => [row.id, row]));
    return [...once.values()].sort(newestFirst);
  }

  #changed(): void {
    this.#view = null;
    for (const listener of [...this.#listeners]) listener();
  }
}
