/** What those with access to an album really learn about its photos: read from what was shared, not from what was meant. */
import { deriveDocumentKey, type DocumentKey } from "../../crypto/record.ts";
import { openItem, vouchedFields, type ItemFields } from "../../crypto/item.ts";
import { placeOf, type SharedAlbum } from "./album-state.ts";
import type { WireSharedItem } from "./album-wire.ts";

export interface Told {
  readonly photos: number;
  readonly dates: number;
  readonly places: number;
  readonly titles: number;
  /** Photos of which a clean copy was made. */
  readonly cleaned: number;
}

/** Count over the items that the history vouches for; others are shown to nobody. */
export async function toldBy(album: SharedAlbum, items: readonly WireSharedItem[]): Promise<Told> {
  const keys = new Map<number, DocumentKey>();
  for (const [generation, key] of album.keys) keys.set(generation, await deriveDocumentKey(key));
  const fields = await Promise.all(items.map((item) => fieldsOf(item, album, keys.get(item.generation))));
  return toldIn(fields.filter((each) => each !== null));
}

export function toldIn(fields: readonly ItemFields[]): Told {
  const count = (test: (each: ItemFields) => boolean): number => fields.filter(test).length;
  return {
    photos: fields.length,
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
