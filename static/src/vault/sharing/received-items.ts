/**
 * What is in somebody's album, a page at a time: each photo held against the history that vouches for it.
 *
 * What nobody who may put in there is left out and counted, and so is what was put in and is not there.
 */
import { call } from "../../api/client.ts";
import { isRecord, list, record, textOrNull } from "../../api/shape.ts";
import { CryptoError } from "../../crypto/errors.ts";
import { HistoryError } from "../../crypto/history-error.ts";
import type { HistoryState } from "../../crypto/history-state.ts";
import { openItem, vouchedFields, type ItemFields } from "../../crypto/item.ts";
import { albumCiphers, type AlbumCiphers } from "../../crypto/rewrap.ts";
import { albumPath, placeOf } from "./album-state.ts";
import { readWireSharedItem, type WireSharedItem } from "./album-wire.ts";
import type { PeopledAlbum, ReceivedAlbum } from "./received.ts";
import type { KeptItem } from "./received-kept.ts";

/** What the server says of a photo, its sealed document left out: it was opened. */
export type ReceivedWire = Omit<WireSharedItem, "fields">;

/** A photo of somebody's album. */
export interface ReceivedItem {
  readonly wire: ReceivedWire;
  /** Null while it is withheld, and when it does not open. */
  readonly fields: ItemFields | null;
  readonly ciphers: AlbumCiphers;
}

/** A page of them. */
export interface ItemsPage {
  readonly items: readonly ReceivedItem[];
  /** Commitments, base64url, of all that is there, shown or not. */
  readonly present: readonly string[];
  /** How many the server shows that nobody who may has put in. */
  readonly strangers: number;
  /** Whether one came after the newest entry that was read: the album is to be read again. */
  readonly isAhead: boolean;
}

/** The ciphers of an album's generations, made once each. */
export class Ciphers {
  readonly #album: PeopledAlbum;
  readonly #made = new Map<number, Promise<AlbumCiphers>>();

  constructor(album: PeopledAlbum) {
    this.#album = album;
  }

  /** @throws HistoryError, Problem. */
  async of(generation: number): Promise<AlbumCiphers> {
    const coming = this.#made.get(generation) ?? this.#album.keyOf(generation).then((key) => albumCiphers(key, generation));
    this.#made.set(generation, coming);
    return await coming;
  }
}

/** A page as the server gives it. `cursor` is null on the last one. */
interface WirePage {
  readonly items: readonly WireSharedItem[];
  readonly cursor: string | null;
}

const FIRST_PAGE = 100;
const PAGE = 500;

/**
 * Everything in an album, newest first; the first page is short, so that there is soon something to see. Whoever
 * wants all of it (`isWhole`) has the next page asked for while this one is opened. @throws Problem, HistoryError, CryptoError.
 */
export async function* pagesOf(album: ReceivedAlbum, isWhole: boolean, signal: AbortSignal): AsyncGenerator<ItemsPage> {
  const ciphers = new Ciphers(album);
  const ask = (cursor: string, limit: number): Promise<WirePage> => fetchItems(album.id, { order: "newest", limit, cursor: cursor || undefined }, signal);
  let coming: Promise<WirePage> | null = ask("", FIRST_PAGE);
  while (coming !== null) {
    const { items, cursor }: WirePage = await coming;
    coming = cursor !== null && isWhole ? ask(cursor, PAGE) : null;
    // Whoever stops here never hears what becomes of it.
    coming?.catch(() => undefined);
    yield await openPage(items, album, ciphers);
    if (cursor !== null) coming ??= ask(cursor, PAGE);
  }
}

/** One photo alone. @throws as {@link pagesOf}. */
export async function pageWith(album: PeopledAlbum, imageId: string, signal: AbortSignal): Promise<ItemsPage> {
  const { items } = await fetchItems(album.id, { image_id: imageId }, signal);
  return await openPage(items, album, new Ciphers(album));
}

/** Of photos that were read another time, those that the history still vouches for. @throws Problem. */
export async function reopened(kept: readonly KeptItem[], album: ReceivedAlbum): Promise<readonly ReceivedItem[]> {
  const ciphers = new Ciphers(album);
  const found = kept.filter(({ wire, fields }) => album.state.items[wire.commitment] === fields.owner);
  const made = new Map<number, AlbumCiphers>();
  for (const generation of new Set(found.map(({ wire }) => wire.generation))) {
    const opened = await ciphers.of(generation).catch(unlessUnbelieved);
    if (opened !== null) made.set(generation, opened);
  }
  return found.flatMap((item) => {
    const opened = made.get(item.wire.generation);
    return opened === undefined ? [] : [{ ...item, ciphers: opened }];
  });
}

/** The photo an album is shown by: its cover, else its newest; null for an empty one. @throws as {@link pagesOf}. */
export async function coverOf(album: ReceivedAlbum, signal: AbortSignal): Promise<ReceivedItem | null> {
  const { cover } = album.settings;
  const chosen = cover === null ? [] : (await fetchItems(album.id, { image_id: cover }, signal)).items;
  const found = chosen.length > 0 ? chosen : (await fetchItems(album.id, { order: "newest", limit: 1 }, signal)).items;
  const { items } = await openPage(found, album, new Ciphers(album));
  return items[0] ?? null;
}

async function fetchItems(id: string, query: Readonly<Record<string, string | number | undefined>>, signal: AbortSignal): Promise<WirePage> {
  const page = record(await call<unknown>("GET", `${albumPath(id)}/items`, { query, signal }));
  return { items: list(page["items"]).filter(isRecord).map(readWireSharedItem), cursor: textOrNull(page["cursor"]) };
}

async function openPage(rows: readonly WireSharedItem[], album: PeopledAlbum, ciphers: Ciphers): Promise<ItemsPage> {
  const opened = await Promise.all(rows.map((row) => openOne(row, album, ciphers)));
  const isAhead = rows.some(({ entrySeq }) => entrySeq > album.state.seq);
  return {
    items: opened.filter((item) => item !== null),
    present: rows.map(({ commitment }) => commitment),
    strangers: isAhead ? 0 : opened.filter((item) => item === null).length,
    isAhead,
  };
}

/** Null for what the history does not vouch for. */
async function openOne({ fields: sealed, ...wire }: WireSharedItem, album: PeopledAlbum, ciphers: Ciphers): Promise<ReceivedItem | null> {
  const made = await ciphers.of(wire.generation);
  if (sealed === null) return isVouched(wire, album.state) ? { wire, fields: null, ciphers: made } : null;
  try {
    const opening = await openItem(sealed, made.documents, placeOf(album), wire.imageId, wire.generation);
    const fields = vouchedFields(opening, wire.imageId, album.state);
    return fields.version === wire.version && fields.source === wire.source ? { wire, fields, ciphers: made } : null;
  } catch (error) {
    return unlessUnbelieved(error);
  }
}

function unlessUnbelieved(error: unknown): null {
  if (error instanceof HistoryError || error instanceof CryptoError) return null;
  throw error;
}

const isVouched = ({ commitment, ownerId }: ReceivedWire, state: HistoryState): boolean => state.items[commitment] === ownerId;
