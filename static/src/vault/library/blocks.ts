/**
 * The local index: all entries, sealed in blocks of a thousand.
 *
 * One sealed row per photo would make opening 100,000 of them slow, one for all would make every
 * change expensive. A change rewrites the blocks it touches and the state, which holds the feed's
 * cursor, in one transaction: what a cursor says was seen is always there. Several tabs share the
 * index; each writes only under the account's lock and after catching up with the others.
 */
import { isRecord, list, numberOr, record, text } from "../../api/shape.ts";
import type { Bytes } from "../../crypto/bytes.ts";
import type { Context } from "../../crypto/context.ts";
import type { Holding, IndexKey } from "../../crypto/keys.ts";
import { openRecord, sealRecord, type JsonValue } from "../../crypto/record.ts";
import type { AlbumEntry } from "./album-entry.ts";
import type { Entry } from "./entry.ts";
import { NEVER_RESTORED, readRestored, type Restored } from "./restored.ts";

export const BLOCK_ENTRIES = 1000;
const OPEN_BLOCKS = 6;
/** Raised when entries change shape; an index of another format is read anew from the server. */
const FORMAT = 2;

/** Where the sealed index lies. `write` is all or nothing. */
export interface IndexStore {
  readState(): Promise<Bytes | null>;
  readBlock(number: number): Promise<Bytes | null>;
  write(state: Bytes, blocks: ReadonlyMap<number, Bytes>): Promise<void>;
  clear(): Promise<void>;
}

export interface IndexOwner {
  readonly accountId: string;
  readonly indexKey: Holding<IndexKey>;
}

/** What other tabs or the feed changed. */
export interface IndexChange {
  readonly upserts: readonly Entry[];
  readonly removals: readonly string[];
}

export interface Update extends IndexChange {
  readonly cursor: string;
  readonly albums: readonly AlbumEntry[];
  /** What a restore of the service made of the index; as it was, where nothing is said. */
  readonly restored?: Restored;
}

interface State {
  readonly cursor: string;
  readonly albums: readonly AlbumEntry[];
  /** Per block, how often it was written: tells another tab which ones to read again. */
  readonly stamps: readonly number[];
  readonly restored: Restored;
}

const EMPTY: State = { cursor: "", albums: [], stamps: [], restored: NEVER_RESTORED };

function readState(value: unknown): State {
  const state = record(value);
  if (state["format"] !== FORMAT) return EMPTY;
  return {
    cursor: text(state["cursor"]),
    albums: list(state["albums"]).filter(isRecord) as unknown as readonly AlbumEntry[],
    stamps: list(state["stamps"]).map((stamp) => numberOr(stamp, 0)),
    restored: readRestored(state["restored"]),
  };
}

export class BlockIndex {
  readonly #store: IndexStore;
  readonly #owner: IndexOwner;
  readonly #open = new Map<number, readonly Entry[]>();
  readonly #blockOf = new Map<string, number>();
  #idsIn: ReadonlySet<string>[] = [];
  #state: State = EMPTY;

  constructor(store: IndexStore, owner: IndexOwner) {
    this.#store = store;
    this.#owner = owner;
  }

  get cursor(): string {
    return this.#state.cursor;
  }

  get albums(): readonly AlbumEntry[] {
    return this.#state.albums;
  }

  get restored(): Restored {
    return this.#state.restored;
  }

  get size(): number {
    return this.#blockOf.size;
  }

  ids(): readonly string[] {
    return [...this.#blockOf.keys()];
  }

  /**
   * Read what changed since we last looked; everything, the first time.
   *
   * Yields a block at a time, so that a page can show the first photos before the last are open.
   * An index that cannot be opened, of another format or cut short, counts as empty and is built
   * again from the server, which is the only loss there can be.
   */
  async *catchUp(): AsyncGenerator<IndexChange> {
    const sealed = await this.#store.readState();
    const next = sealed === null ? EMPTY : readState(await this.#opened(sealed, "state"));
    const changed = next.stamps.flatMap((stamp, number) => (stamp === this.#state.stamps[number] ? [] : [number]));
    if (next.stamps.length < this.#idsIn.length) yield this.#forget();
    for (const number of changed) {
      this.#open.delete(number);
      const entries = await this.#read(number);
      if (entries === null) {
        await this.#store.clear();
        yield this.#forget();
        return;
      }
      yield this.#adopt(number, entries);
    }
    this.#state = next;
  }

  /** The entry of one photo. */
  async entry(id: string): Promise<Entry | null> {
    const number = this.#blockOf.get(id);
    const entries = number === undefined ? null : await this.#read(number);
    return entries?.find((entry) => entry.id === id) ?? null;
  }

  async entries(ids: readonly string[]): Promise<readonly Entry[]> {
    const found: Entry[] = [];
    const wanted = new Set(ids);
    for (const number of new Set(ids.map((id) => this.#blockOf.get(id)))) {
      const entries = number === undefined ? null : await this.#read(number);
      found.push(...(entries ?? []).filter((entry) => wanted.has(entry.id)));
    }
    return found;
  }

  /** Make changes last. Only under the account's lock, and after {@link catchUp}. */
  async update({ upserts, removals, cursor, albums, restored = this.#state.restored }: Update): Promise<void> {
    const blocks = await this.#changedBlocks(upserts, removals);
    const stamps = [...this.#state.stamps];
    for (const number of blocks.keys()) stamps[number] = (stamps[number] ?? 0) + 1;
    const state: State = { cursor, albums, stamps, restored };
    const sealed = new Map<number, Bytes>();
    for (const [number, entries] of blocks) sealed.set(number, await this.#sealed({ entries }, `block-${number}`));
    await this.#store.write(await this.#sealed({ format: FORMAT, ...state }, "state"), sealed);
    this.#state = state;
    for (const [number, entries] of blocks) this.#adopt(number, entries);
  }

  /** Start over: the feed no longer knows our cursor. */
  async reset(): Promise<IndexChange> {
    await this.#store.clear();
    return this.#forget();
  }

  #forget(): IndexChange {
    const removals = [...this.#blockOf.keys()];
    this.#blockOf.clear();
    this.#open.clear();
    this.#idsIn = [];
    this.#state = EMPTY;
    return { upserts: [], removals };
  }

  /** Take over a block as it now is, and say what that changed. */
  #adopt(number: number, entries: readonly Entry[]): IndexChange {
    const ids = new Set(entries.map((entry) => entry.id));
    const removals = [...(this.#idsIn[number] ?? [])].filter((id) => !ids.has(id));
    for (const id of removals) this.#blockOf.delete(id);
    for (const id of ids) this.#blockOf.set(id, number);
    this.#idsIn[number] = ids;
    this.#keepOpen(number, entries);
    return { upserts: entries, removals };
  }

  #keepOpen(number: number, entries: readonly Entry[]): void {
    this.#open.delete(number);
    this.#open.set(number, entries);
    const [oldest] = this.#open.keys();
    if (this.#open.size > OPEN_BLOCKS && oldest !== undefined) this.#open.delete(oldest);
  }

  async #changedBlocks(upserts: readonly Entry[], removals: readonly string[]): Promise<Map<number, Entry[]>> {
    const blocks = new Map<number, Map<string, Entry>>();
    const block = async (number: number): Promise<Map<string, Entry>> => {
      const known = blocks.get(number) ?? new Map((await this.#read(number))?.map((entry) => [entry.id, entry]));
      blocks.set(number, known);
      return known;
    };
    for (const id of removals) {
      const number = this.#blockOf.get(id);
      if (number !== undefined) (await block(number)).delete(id);
    }
    let last = Math.max(0, this.#idsIn.length - 1);
    for (const entry of upserts) {
      const number = this.#blockOf.get(entry.id);
      if (number === undefined && (await block(last)).size >= BLOCK_ENTRIES) last += 1;
      (await block(number ?? last)).set(entry.id, entry);
    }
    return new Map([...blocks].map(([number, entries]) => [number, [...entries.values()]]));
  }

  async #read(number: number): Promise<readonly Entry[] | null> {
    const open = this.#open.get(number);
    if (open !== undefined) return open;
    const sealed = await this.#store.readBlock(number);
    const block = sealed === null ? null : await this.#opened(sealed, `block-${number}`);
    if (!isRecord(block) || !Array.isArray(block["entries"])) return null;
    const entries = block["entries"] as readonly Entry[];
    this.#keepOpen(number, entries);
    return entries;
  }

  async #opened(sealed: Bytes, part: string): Promise<unknown> {
    return await openRecord(sealed, this.#owner.indexKey, this.#context(part)).catch(() => null);
  }

  async #sealed(value: object, part: string): Promise<Bytes> {
    return await sealRecord(value as JsonValue, this.#owner.indexKey, this.#context(part));
  }

  #context(part: string): Context<"index"> {
    return { purpose: "index", owner: this.#owner.accountId, record: this.#owner.accountId, part, version: 1 };
  }
}
