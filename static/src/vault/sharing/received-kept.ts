/**
 * What was read and checked of albums that others share, kept between visits: so the next one asks only for
 * what changed since.
 *
 * Sealed under the account's index key, for this account and this album alone. What is kept proves nothing by itself:
 * a photo is shown of it only while the history, as it is now, still vouches for it. What does not open or is of
 * another format counts as not kept, and the album is listed as for the first time.
 */
import { isRecord, isTrue, list, numberOr, record, text, texts } from "../../api/shape.ts";
import { fromBase64Url, toBase64Url, type Bytes } from "../../crypto/bytes.ts";
import type { Context } from "../../crypto/context.ts";
import { HistoryError } from "../../crypto/history-error.ts";
import type { HistoryState } from "../../crypto/history-state.ts";
import type { ItemFields } from "../../crypto/item.ts";
import { deriveDocumentKey, openRecordUnder, sealRecordUnder, type DocumentKey, type JsonValue } from "../../crypto/record.ts";
import { openDatabase, receivedStore, type ReceivedStore } from "../library/database.ts";
import type { Known } from "./received-inventory.ts";
import type { ReceivedWire } from "./received-items.ts";
import type { StateOwner } from "./states.ts";

/** A photo whose document was opened and held against the history. */
export interface KeptItem {
  readonly wire: ReceivedWire;
  readonly fields: ItemFields;
}

/** What is known of an album as a whole, once all of it was read. */
export interface KeptAlbum {
  readonly known: Known;
  /** The newest entry of the history that it was held against. */
  readonly head: Pick<HistoryState, "seq" | "hash">;
  /** When all of it was listed last, in milliseconds. */
  readonly listedAt: number;
}

export interface KeptReading {
  /** Null where it is time to list everything again; until then what is kept is shown. */
  readonly whole: KeptAlbum | null;
  readonly items: readonly KeptItem[];
}

/** The albums kept on this device. What cannot be kept is read anew: nothing here fails for want of room. */
export interface Kept {
  /** Null for one that is not kept. @throws HistoryError when the history is older than what was kept, or another. */
  read(id: string, state: HistoryState): Promise<KeptReading | null>;
  /** Keep an album: of its photos those whose ids are in one drawer with one of `changed`. */
  write(id: string, album: KeptAlbum, items: readonly KeptItem[], changed: Iterable<string>, signal: AbortSignal): Promise<void>;
  forget(id: string): Promise<void>;
  /** Forget all albums but these: access to the others ended. */
  keepOnly(ids: ReadonlySet<string>): Promise<void>;
}

/** Raised when what is kept changes its shape. */
const FORMAT = 1;
/** Photos lie in so many drawers, by the end of their ids: one that comes rewrites its own and no other. */
const DRAWERS = 64;
/** What the history does not speak of (damage, likes given elsewhere, a photo withheld) is asked for after so long. */
const LISTED_FOR_MS = 7 * 24 * 3_600_000;
const NOTE = "note";

/** The albums kept in this browser; one without a database keeps none. */
export function keptIn({ accountId, indexKey }: StateOwner, now: () => number = Date.now): Kept {
  return new KeptAlbums((work) => withDatabase(accountId, work), { accountId, key: deriveDocumentKey(indexKey) }, now);
}

/** Runs work on a place; null where there is none. */
type AtStore = <T>(work: (store: ReceivedStore) => Promise<T>) => Promise<T | null>;

async function withDatabase<T>(accountId: string, work: (store: ReceivedStore) => Promise<T>): Promise<T | null> {
  try {
    const database = await openDatabase(accountId);
    try {
      return await work(receivedStore(database));
    } finally {
      // Whoever signs out waits for nobody.
      database.close();
    }
  } catch {
    return null;
  }
}

export class KeptAlbums implements Kept {
  readonly #at: AtStore;
  readonly #owner: { readonly accountId: string; readonly key: Promise<DocumentKey> };
  readonly #now: () => number;

  constructor(at: AtStore, owner: { readonly accountId: string; readonly key: Promise<DocumentKey> }, now: () => number) {
    this.#at = at;
    this.#owner = owner;
    this.#now = now;
  }

  async read(id: string, state: HistoryState): Promise<KeptReading | null> {
    const sealed = await this.#at((store) => store.read(id));
    const note = sealed?.get(NOTE);
    if (!sealed || note === undefined) return null;
    const album = readNote(await this.#opened(note, id, NOTE));
    if (album === null) {
      await this.forget(id);
      return null;
    }
    requireFurther(state, album.head);
    const items: KeptItem[] = [];
    for (const [part, bytes] of sealed) if (part !== NOTE) items.push(...readItems(await this.#opened(bytes, id, part)));
    return { whole: Math.abs(this.#now() - album.listedAt) > LISTED_FOR_MS ? null : album, items };
  }

  async write(id: string, album: KeptAlbum, items: readonly KeptItem[], changed: Iterable<string>, signal: AbortSignal): Promise<void> {
    const drawers = new Map<string, KeptItem[]>([...changed].map((image) => [drawerOf(image), []]));
    for (const item of items) drawers.get(drawerOf(item.wire.imageId))?.push(item);
    const parts = new Map<string, Bytes | null>([[NOTE, await this.#sealed(noteJson(album), id, NOTE)]]);
    for (const [part, kept] of drawers) parts.set(part, kept.length === 0 ? null : await this.#sealed(kept.map((item) => itemJson(item, this.#owner.accountId)), id, part));
    if (!signal.aborted) await this.#at((store) => store.write(id, parts));
  }

  async forget(id: string): Promise<void> {
    await this.#at((store) => store.forget(id));
  }

  async keepOnly(ids: ReadonlySet<string>): Promise<void> {
    await this.#at(async (store) => {
      for (const id of await store.albums()) if (!ids.has(id)) await store.forget(id);
    });
  }

  async #opened(sealed: Bytes, id: string, part: string): Promise<unknown> {
    return await openRecordUnder(sealed, await this.#owner.key, this.#context(id, part)).catch(() => null);
  }

  async #sealed(value: JsonValue, id: string, part: string): Promise<Bytes> {
    return await sealRecordUnder(value, await this.#owner.key, this.#context(id, part));
  }

  #context(id: string, part: string): Context<"index"> {
    return { purpose: "index", owner: this.#owner.accountId, record: id, part: `received-${part}`, version: 1 };
  }
}

/** @throws HistoryError "rolled-back", "forked". */
function requireFurther(state: HistoryState, head: KeptAlbum["head"]): void {
  if (state.seq < head.seq) throw new HistoryError("rolled-back");
  if (state.seq === head.seq && state.hash !== head.hash) throw new HistoryError("forked", state.seq);
}

function drawerOf(imageId: string): string {
  return String(Number.parseInt(imageId.slice(-2), 16) % DRAWERS);
}

function noteJson({ known, head, listedAt }: KeptAlbum): JsonValue {
  const { canDownload, strangers, absent, unshown } = known;
  return { format: FORMAT, canDownload, strangers, absent: [...absent], unshown: [...unshown], seq: head.seq, hash: head.hash, listedAt };
}

function readNote(value: unknown): KeptAlbum | null {
  const note = record(value);
  if (note["format"] !== FORMAT) return null;
  return {
    known: {
      canDownload: isTrue(note["canDownload"]),
      strangers: numberOr(note["strangers"], 0),
      absent: new Set(texts(note["absent"])),
      unshown: new Set(texts(note["unshown"])),
    },
    head: { seq: numberOr(note["seq"], 0), hash: text(note["hash"]) },
    listedAt: numberOr(note["listedAt"], 0),
  };
}

/** Of the likes only one's own: who else likes it is asked for when somebody wants to know. */
function itemJson({ wire, fields }: KeptItem, self: string): JsonValue {
  const { wrappedContentKey, parts, ...rest } = wire;
  const likes = wire.likes.filter((like) => like["author_id"] === self);
  const kept = { ...rest, likes, wrappedContentKey: wrappedContentKey && toBase64Url(wrappedContentKey), parts: Object.fromEntries(parts), fields };
  return kept as unknown as JsonValue;
}

/** Of this format, since the note is. */
function readItems(value: unknown): readonly KeptItem[] {
  return list(value).filter(isRecord).map(({ fields, wrappedContentKey, parts, ...rest }) => {
    const key = typeof wrappedContentKey === "string" ? fromBase64Url(wrappedContentKey) : null;
    const wire = { ...rest, wrappedContentKey: key, parts: new Map(Object.entries(record(parts))) };
    return { wire, fields } as unknown as KeptItem;
  });
}
