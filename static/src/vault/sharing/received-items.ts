/**
 * What is in somebody's album, a page at a time: each photo held against the history that vouches for it.
 *
 * What nobody who may put in there is left out and counted, and so is what was put in and is not there.
 */
import { call } from "../../api/client.ts";
import { isRecord, list, record, textOrNull } from "../../api/shape.ts";
import { toBase64Url } from "../../crypto/bytes.ts";
import { commitmentOf, type Opening } from "../../crypto/commitment.ts";
import { CryptoError } from "../../crypto/errors.ts";
import { HistoryError } from "../../crypto/history-error.ts";
import type { HistoryState } from "../../crypto/history-state.ts";
import { openItem, vouchedFields, type ItemFields } from "../../crypto/item.ts";
import { albumCiphers, type AlbumCiphers } from "../../crypto/rewrap.ts";
import { albumPath, placeOf } from "./album-state.ts";
import { readWireSharedItem, type WireSharedItem } from "./album-wire.ts";
import type { PeopledAlbum, ReceivedAlbum } from "./received.ts";

/** A photo of somebody's album. */
export interface ReceivedItem {
  readonly wire: WireSharedItem;
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
class Ciphers {
  readonly #album: PeopledAlbum;
  readonly #made = new Map<number, Promise<AlbumCiphers>>();

  constructor(album: PeopledAlbum) {
    this.#album = album;
  }

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

/** Everything in an album, newest first; the first page is short, so that there is soon something to see. @throws Problem, HistoryError, CryptoError. */
export async function* pagesOf(album: PeopledAlbum, signal: AbortSignal): AsyncGenerator<ItemsPage> {
  const ciphers = new Ciphers(album);
  for (let cursor: string | null = "", limit = FIRST_PAGE; cursor !== null; limit = PAGE) {
    const page: WirePage = await fetchItems(album.id, { order: "newest", limit, cursor: cursor || undefined }, signal);
    yield await openPage(page.items, album, ciphers);
    ({ cursor } = page);
  }
}

/** One photo alone. @throws as {@link pagesOf}. */
export async function pageWith(album: PeopledAlbum, imageId: string, signal: AbortSignal): Promise<ItemsPage> {
  const { items } = await fetchItems(album.id, { image_id: imageId }, signal);
  return await openPage(items, album, new Ciphers(album));
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
async function openOne(wire: WireSharedItem, album: PeopledAlbum, ciphers: Ciphers): Promise<ReceivedItem | null> {
  const made = await ciphers.of(wire.generation);
  if (wire.fields === null) return isVouched(wire, album.state) ? { wire, fields: null, ciphers: made } : null;
  try {
    const opening = await openItem(wire.fields, made.documents, placeOf(album), wire.imageId, wire.generation);
    const fields = vouchedFields(opening, wire.imageId, album.state);
    return isAsListed(wire, opening, fields) ? { wire, fields, ciphers: made } : null;
  } catch (error) {
    if (error instanceof HistoryError || error instanceof CryptoError) return null;
    throw error;
  }
}

/** Else it might be counted as another photo, or as another's. */
const isAsListed = (wire: WireSharedItem, opening: Opening, { owner, version, source }: ItemFields): boolean =>
  wire.commitment === toBase64Url(commitmentOf(opening)) && wire.ownerId === owner && wire.version === version && wire.source === source;

const isVouched = ({ commitment, ownerId }: WireSharedItem, state: HistoryState): boolean => state.items[commitment] === ownerId;
