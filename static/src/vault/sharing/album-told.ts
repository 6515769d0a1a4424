/** What those with access to an album really learn about its photos: read from what was shared, not from what was meant. */
import { TELLINGS, type Telling } from "../../crypto/event.ts";
import { deriveDocumentKey, type DocumentKey } from "../../crypto/record.ts";
import { openItem, vouchedFields, type ItemFields } from "../../crypto/item.ts";
import { chunks } from "../library/writing.ts";
import { placeOf, type SharedAlbum } from "./album-state.ts";
import type { WireSharedItem } from "./album-wire.ts";

export interface Told {
  readonly photos: number;
  /** Photos that others put in: what those tell they choose themselves. */
  readonly others: number;
  /** What any of this account's own tells. */
  readonly own: readonly Telling[];
  readonly dates: number;
  readonly places: number;
  readonly titles: number;
  /** Photos of which a clean copy was made. */
  readonly cleaned: number;
}

/** Count over the items that the history vouches for; others are shown to nobody. */
export async function toldBy(album: SharedAlbum, items: readonly WireSharedItem[]): Promise<Told> {
  const fields = await openedFields(album, items);
  return toldIn(fields.filter((each) => each !== null), album.wire.ownerId);
}

/** So many at a time: the page is not kept from anything else meanwhile. */
const AT_ONCE = 500;

/** What each item says; null for one that does not open, or that the history does not vouch for. */
export async function openedFields(album: SharedAlbum, items: readonly WireSharedItem[]): Promise<readonly (ItemFields | null)[]> {
  const keys = new Map<number, DocumentKey>();
  for (const [generation, key] of album.keys) keys.set(generation, await deriveDocumentKey(key));
  const fields: (ItemFields | null)[] = [];
  for (const chunk of chunks(items, AT_ONCE)) {
    fields.push(...(await Promise.all(chunk.map((item) => fieldsOf(item, album, keys.get(item.generation))))));
  }
  return fields;
}

export function toldIn(fields: readonly ItemFields[], self: string): Told {
  const count = (test: (each: ItemFields) => boolean): number => fields.filter(test).length;
  return {
    photos: fields.length,
    others: count(({ owner }) => owner !== self),
    own: TELLINGS.filter((each) => fields.some((photo) => photo.owner === self && photo[each] !== undefined)),
    dates: count(({ taken_at: at }) => at !== undefined),
    places: count(({ place }) => place !== undefined),
    titles: count(({ title }) => title !== undefined),
    cleaned: count(({ source }) => source === "clean"),
  };
}

async function fieldsOf({ fields, imageId, generation }: WireSharedItem, album: SharedAlbum, key: DocumentKey | undefined): Promise<ItemFields | null> {
  if (fields === null || key === undefined) return null;
  try {
    return vouchedFields(await openItem(fields, key, placeOf(album), imageId, generation), imageId, album.state);
  } catch {
    return null;
  }
}
