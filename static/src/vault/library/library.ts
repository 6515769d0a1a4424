/**
 * The library as the page knows it: all photos, their order, the albums, and news of changes.
 */
import type { Album, AlbumEntry } from "./album-entry.ts";
import { refusalOf, type LibraryError, type Refusal, type Remote } from "./bridge.ts";
import type { CorrectionRevision, Details, LibraryListener, LibraryWorker, MediaRequest } from "./contract.ts";
import type { Row } from "./entry.ts";
import type { Filter } from "./filter.ts";
import { isSameRestoration, NEVER_RESTORED, type Restored } from "./restored.ts";
import type { ProvenRestoration } from "./sightings.ts";
import { OrderedRows } from "./timeline-order.ts";
import { itemOf, viewOf, type Item, type View } from "./view.ts";
import type { Part } from "./wire.ts";

export type LibraryStatus = "loading" | "syncing" | "ready" | "offline" | "failed";

export interface LibraryChange {
  /** "rows": take a new view. "restored": a restore of the service was taken over. */
  readonly kind: "rows" | "albums" | "public" | "restored" | "status";
}

export interface Tally {
  readonly name: string;
  readonly count: number;
}

type Listener = (change: LibraryChange) => void;

/** Runs a callback soon and once, such as `requestAnimationFrame`. */
export type Soon = (callback: () => void) => void;

export class Library implements Omit<LibraryListener, "signedOut" | "restored"> {
  readonly #worker: Remote<LibraryWorker>;
  readonly #soon: Soon;
  readonly #rows = new OrderedRows();
  readonly #listeners = new Set<Listener>();
  readonly #news = new Set<LibraryChange["kind"]>();
  #hidden: ReadonlySet<string> = new Set();
  #albumEntries: readonly AlbumEntry[] = [];
  #albums: readonly Album[] | null = null;
  #status: LibraryStatus = "loading";
  #failure: Refusal | null = null;
  #restored: Restored = NEVER_RESTORED;

  constructor(worker: Remote<LibraryWorker>, soon: Soon) {
    this.#worker = worker;
    this.#soon = soon;
  }

  get status(): LibraryStatus {
    return this.#status;
  }

  get failure(): Refusal | null {
    return this.#failure;
  }

  /** What this device took over after a restore of the service that its public log bears out. */
  get restored(): Restored {
    return this.#restored;
  }

  get size(): number {
    return this.#rows.all.length;
  }

  view(filter: Filter = {}): View {
    const sequence = filter.albumId === undefined ? [] : (this.album(filter.albumId)?.sequence ?? []);
    return viewOf(this.#rows.all, filter, this.#hidden, sequence);
  }

  byId(id: string): Item | null {
    const row = this.#rows.byId(id);
    return row === undefined ? null : itemOf(row);
  }

  /** How to reach one part of a photo; null when there is no such part. */
  mediaRequest(id: string, part: Part): MediaRequest | null {
    const row = this.#rows.byId(id);
    if (row?.parts[part] === undefined) return null;
    const mediaType = part === "original" ? row.mediaType : "image/webp";
    return { id, version: row.version, wrappedContentKey: row.wrappedContentKey, part, mediaType };
  }

  async details(id: string): Promise<Details | null> {
    return await this.#worker.details(id);
  }

  async history(id: string): Promise<readonly CorrectionRevision[]> {
    return await this.#worker.history(id);
  }

  /** By name, as people sort names. */
  albums(): readonly Album[] {
    this.#albums ??= this.#countedAlbums();
    return this.#albums;
  }

  album(id: string): Album | null {
    return this.albums().find((album) => album.id === id) ?? null;
  }

  cameras(): readonly Tally[] {
    return this.#tally((row) => row.camera);
  }

  kinds(): readonly Tally[] {
    return this.#tally((row) => row.kind);
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Bring the library up to the server. Failures are told by {@link status}, never thrown. */
  async sync(): Promise<void> {
    this.#setStatus(this.#status === "loading" ? "loading" : "syncing", null);
    try {
      await this.#worker.sync();
      this.#setStatus("ready", null);
    } catch (error) {
      const refusal = refusalOf(error);
      this.#setStatus(refusal.code === "offline" ? "offline" : "failed", refusal);
    }
  }

  /** The index could not be opened at all. */
  fail(error: LibraryError): void {
    this.#setStatus("failed", refusalOf(error));
  }

  /** Leave photos out of every view, as while their deletion can still be undone. */
  hide(ids: ReadonlySet<string>): void {
    this.#hidden = ids;
    this.#changedRows();
  }

  rows(upserts: readonly Row[], removals: readonly string[]): void {
    this.#rows.apply(upserts, removals);
    this.#changedRows();
  }

  albumEntries(entries: readonly AlbumEntry[]): void {
    this.#albumEntries = entries;
    this.#albums = null;
    this.#tell("albums");
  }

  publicChanged(): void {
    this.#tell("public");
  }

  tookOver(restored: Restored): void {
    if (isSameRestoration(restored, this.#restored) && restored.older === this.#restored.older && restored.lost === this.#restored.lost) return;
    this.#restored = restored;
    this.#tell("restored");
  }

  /** Take over what a proven restore of the service forgot. Whether that was new to this device. */
  async believe(restoration: ProvenRestoration): Promise<boolean> {
    return await this.#worker.believe(restoration);
  }

  /** Show a photo that is on its way up where it will stand. The stored one takes its place. */
  expect(row: Row): void {
    if (this.#rows.byId(row.id) === undefined) this.rows([row], []);
  }

  /** A photo on its way up will not come after all. */
  expectNoMore(id: string): void {
    if (this.isPending(id)) this.rows([], [id]);
  }

  isPending(id: string): boolean {
    return this.#rows.byId(id)?.state === "pending";
  }

  /** Forget everything, as when the vault is locked. */
  clear(): void {
    this.#rows.clear();
    this.#albumEntries = [];
    this.#albums = null;
    this.#listeners.clear();
  }

  #changedRows(): void {
    this.#albums = null;
    this.#tell("rows");
  }

  #countedAlbums(): readonly Album[] {
    const counts = new Map<string, number>();
    const newest = new Map<string, string>();
    for (const row of this.#rows.all) {
      if (row.binnedAt !== null || this.#hidden.has(row.id)) continue;
      for (const id of row.albums) {
        counts.set(id, (counts.get(id) ?? 0) + 1);
        if (!newest.has(id)) newest.set(id, row.id);
      }
    }
    const albums = this.#albumEntries.map((entry) => this.#album(entry, counts.get(entry.id) ?? 0, newest.get(entry.id) ?? null));
    return albums.sort((left, right) => left.name.localeCompare(right.name) || (left.id < right.id ? -1 : 1));
  }

  #album({ id, isShared, settings }: AlbumEntry, count: number, newest: string | null): Album {
    const cover = settings?.cover ?? null;
    const hasCover = cover !== null && this.#rows.byId(cover)?.albums.includes(id) === true && !this.#hidden.has(cover);
    return {
      id,
      name: settings?.name ?? "",
      description: settings?.description ?? "",
      cover: hasCover ? cover : newest,
      count,
      order: settings?.order ?? "captured",
      sequence: settings?.sequence ?? [],
      isShared,
      isDirect: settings?.direct ?? false,
      state: settings === null ? "cannot-open" : "fine",
    };
  }

  #tally(nameOf: (row: Row) => string): readonly Tally[] {
    const counts = new Map<string, number>();
    for (const row of this.#rows.all) counts.set(nameOf(row), (counts.get(nameOf(row)) ?? 0) + 1);
    counts.delete("");
    return [...counts].map(([name, count]) => ({ name, count })).sort((left, right) => right.count - left.count);
  }

  #setStatus(status: LibraryStatus, failure: Refusal | null): void {
    this.#status = status;
    this.#failure = failure;
    this.#tell("status");
  }

  #tell(kind: LibraryChange["kind"]): void {
    if (this.#news.size === 0) this.#soon(() => { this.#deliver(); });
    this.#news.add(kind);
  }

  #deliver(): void {
    const kinds = [...this.#news];
    this.#news.clear();
    for (const kind of kinds) for (const listener of [...this.#listeners]) listener({ kind });
  }
}
