/**
 * The photos of one album that somebody shares, as a page shows them: they come a page at a time, stand in the
 * order their owner chose, and are forgotten with {@link ReceivedPhotos.close}.
 */
import type { MediaRequest } from "../library/contract.ts";
import type { Row } from "../library/entry.ts";
import { OrderedRows } from "../library/timeline-order.ts";
import { itemOf, viewOf, type Item, type View } from "../library/view.ts";
import type { Part } from "../library/wire.ts";
import type { ReceivedAlbum } from "./received.ts";
import { pagesOf, pageWith, type ItemsPage, type ReceivedItem } from "./received-items.ts";
import { requestFor, rowOfItem } from "./received-rows.ts";

/** What the history says should be there, and what is. Known once everything was read. */
export interface Completeness {
  /** Put in, never taken out, and not there. */
  readonly missing: number;
  /** There, and put in by nobody who may. */
  readonly strangers: number;
}

export class ReceivedPhotos {
  readonly #rows = new OrderedRows();
  readonly #items = new Map<string, ReceivedItem>();
  readonly #listeners = new Set<() => void>();
  readonly #ending = new AbortController();
  #album: ReceivedAlbum | null = null;
  #completeness: Completeness | null = null;

  /** Null until all of it was read. */
  get completeness(): Completeness | null {
    return this.#completeness;
  }

  /**
   * Read all pages, for the first time or again; what is not there any more goes at the end. Answers false
   * when the album went on meanwhile, and has to be read again first. @throws as `pagesOf`, AbortError.
   */
  async load(album: ReceivedAlbum): Promise<boolean> {
    this.#ending.signal.throwIfAborted();
    this.#album = album;
    const missing = new Set(Object.keys(album.state.items));
    const seen = new Set<string>();
    let strangers = 0;
    for await (const page of pagesOf(album, this.#ending.signal)) {
      this.#ending.signal.throwIfAborted();
      if (page.isAhead) return false;
      this.#take(album, page);
      strangers += page.strangers;
      for (const { wire } of page.items) seen.add(wire.imageId);
      for (const commitment of page.present) missing.delete(commitment);
    }
    this.#completeness = { missing: missing.size, strangers };
    this.#drop([...this.#items.keys()].filter((id) => !seen.has(id)));
    return true;
  }

  /** What others brought, newest first: photos of one's own stand in the library already. */
  rowsOfOthers(): readonly Row[] {
    const self = this.#album?.self;
    return this.#rows.all.filter(({ id }) => this.#items.get(id)?.wire.ownerId !== self);
  }

  view(): View {
    const order = this.#album?.settings.order ?? "added";
    return viewOf(this.#rows.all, { order }, new Set(), this.#album?.settings.sequence ?? []);
  }

  byId(id: string): Item | null {
    const row = this.#rows.byId(id);
    return row === undefined ? null : itemOf(row);
  }

  item(id: string): ReceivedItem | null {
    return this.#items.get(id) ?? null;
  }

  mediaRequest(id: string, part: Part): MediaRequest | null {
    const item = this.#items.get(id);
    return item === undefined || this.#album === null ? null : requestFor(item, part, this.#album);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forget everything: the access ended, the page was left, or the vault is locked. */
  close(): void {
    this.#ending.abort();
    this.#rows.clear();
    this.#items.clear();
    this.#album = null;
    this.#tell();
    this.#listeners.clear();
  }

  /** Read one photo again, as when somebody said something about it. @throws Problem, HistoryError, CryptoError. */
  async refresh(id: string): Promise<void> {
    const album = this.#album;
    if (album === null) return;
    const page = await pageWith(album, id, this.#ending.signal);
    if (!this.#ending.signal.aborted && !page.isAhead) this.#take(album, page);
  }

  #take(album: ReceivedAlbum, { items }: ItemsPage): void {
    for (const item of items) this.#items.set(item.wire.imageId, item);
    this.#rows.apply(items.map((item) => rowOfItem(item, album.self)), []);
    this.#tell();
  }

  #drop(ids: readonly string[]): void {
    for (const id of ids) this.#items.delete(id);
    this.#rows.apply([], ids);
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
