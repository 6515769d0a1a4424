/**
 * The photos of one shared album, as a page shows them: they come a page at a time, stand in the
 * order their owner chose, and are forgotten with {@link ReceivedPhotos.close}.
 */
import type { MediaRequest } from "../library/contract.ts";
import type { Row } from "../library/entry.ts";
import { OrderedRows } from "../library/timeline-order.ts";
import { itemOf, viewOf, type Item, type View } from "../library/view.ts";
import type { Part } from "../library/wire.ts";
import { Inventory, type Completeness, type Reading } from "./received-inventory.ts";
import type { PeopledAlbum } from "./received.ts";
import { pagesOf, pageWith, type ItemsPage, type ReceivedItem } from "./received-items.ts";
import { requestFor, rowOfItem } from "./received-rows.ts";

/** With more than these, a page that lists them is quicker. */
const FEW = 8;

export class ReceivedPhotos {
  readonly #rows = new OrderedRows();
  readonly #items = new Map<string, ReceivedItem>();
  readonly #listeners = new Set<() => void>();
  readonly #ending = new AbortController();
  readonly #inventory = new Inventory();
  #album: PeopledAlbum | null = null;

  /** Null until all of it was read. */
  get completeness(): Completeness | null {
    return this.#inventory.completeness;
  }

  /** The same of what others put in; one's own stand in the library, and are told of there. */
  get completenessOfOthers(): Completeness | null {
    const [found, album] = [this.completeness, this.#album];
    if (found === null || album === null) return found;
    const missing = [...this.#inventory.absent].filter((commitment) => album.state.items[commitment] !== album.self).length;
    return { ...found, missing };
  }

  /**
   * Read all pages, for the first time; after that only until all is known that came since. What went goes at
   * the end. Answers false when the album went on meanwhile, and has to be read again first. @throws as `pagesOf`, AbortError.
   */
  async load(album: PeopledAlbum): Promise<boolean> {
    this.#ending.signal.throwIfAborted();
    this.#album = album;
    const stock = { vouched: new Set(Object.keys(album.state.items)), count: album.wire.itemCount, canDownload: album.wire.canDownload };
    const reading = this.#inventory.begin(stock, this.#held());
    const seen = new Set<string>();
    if (reading.isSearching) await this.#lookAtLapsed(album, stock.vouched, reading);
    if (!reading.isDone(this.#held())) {
      for await (const page of pagesOf(album, this.#ending.signal)) {
        this.#ending.signal.throwIfAborted();
        if (page.isAhead) return false;
        this.#take(album, page);
        reading.take(page.present, page.strangers);
        for (const { wire } of page.items) seen.add(wire.imageId);
        if (reading.isDone(this.#held())) break;
      }
    }
    if (reading.isDone(this.#held())) {
      this.#inventory.keep(stock);
      this.#drop(({ wire }) => !stock.vouched.has(wire.commitment));
    } else {
      this.#drop(({ wire }) => !seen.has(wire.imageId));
      this.#inventory.finish(stock, this.#held(), reading);
    }
    this.#tell();
    return true;
  }

  /** A photo that is shown anew keeps its place, which may be far back: a few are asked for by name. */
  async #lookAtLapsed(album: PeopledAlbum, vouched: ReadonlySet<string>, reading: Reading): Promise<void> {
    const lapsed = [...this.#items.values()].filter(({ wire }) => !vouched.has(wire.commitment));
    if (lapsed.length > FEW) return;
    for (const { wire } of lapsed) {
      const page = await pageWith(album, wire.imageId, this.#ending.signal);
      if (page.isAhead) return;
      this.#take(album, page);
      reading.take(page.present, 0);
    }
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

  #take(album: PeopledAlbum, { items }: ItemsPage): void {
    for (const item of items) this.#items.set(item.wire.imageId, item);
    this.#rows.apply(items.map((item) => rowOfItem(item, album.self)), []);
    this.#tell();
  }

  /** The commitments of what is at hand. What is withheld is not: it is asked for again with every change. */
  #held(): ReadonlySet<string> {
    return new Set([...this.#items.values()].flatMap(({ wire, fields }) => (fields === null ? [] : [wire.commitment])));
  }

  #drop(isGone: (item: ReceivedItem) => boolean): void {
    const ids = [...this.#items.values()].filter(isGone).map(({ wire }) => wire.imageId);
    for (const id of ids) this.#items.delete(id);
    this.#rows.apply([], ids);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
