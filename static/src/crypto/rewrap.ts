/**
 * Items of an album under its next key, as they are wrapped again after a rotation.
 *
 * Nothing about a photo changes: its content key and what is said of it, commitment and all, are
 * opened and sealed again. Meant for batches in a worker, each of which stands for itself.
 */
import type { Bytes } from "./bytes.ts";
import type { Context } from "./context.ts";
import { deriveWrappingKey } from "./derive.ts";
import { cannotOpen } from "./errors.ts";
import { openItem, sealItem, type AlbumPlace, type ItemSource } from "./item.ts";
import type { AlbumKey, WrappedKey, WrappingKey } from "./keys.ts";
import { deriveDocumentKey, type DocumentKey } from "./record.ts";
import { unwrapKey, wrapKey } from "./wrap.ts";

/** What an album's key of one generation does. */
export interface AlbumCiphers {
  readonly generation: number;
  readonly wrapping: WrappingKey;
  readonly documents: DocumentKey;
}

/** A photo in a shared album, as the server keeps it. */
export interface SealedItem {
  readonly image: string;
  readonly version: number;
  /** Of which of the version's keys it is the wrap. */
  readonly source: ItemSource;
  /** Of the album key under which both lie. */
  readonly generation: number;
  readonly key: WrappedKey<"content-key">;
  readonly fields: Bytes;
}

/** All that follows from an album's key. */
export async function albumCiphers(key: AlbumKey, generation: number): Promise<AlbumCiphers> {
  const [wrapping, documents] = await Promise.all([deriveWrappingKey(key), deriveDocumentKey(key)]);
  return { generation, wrapping, documents };
}

/** The same items under `to`, in their order. @throws CryptoError when one does not open. */
export async function rewrapItems(
  items: readonly SealedItem[],
  place: AlbumPlace,
  from: readonly AlbumCiphers[],
  to: AlbumCiphers,
): Promise<SealedItem[]> {
  const known = new Map(from.map((ciphers) => [ciphers.generation, ciphers]));
  return await Promise.all(items.map((item) => rewrapped(item, place, known.get(item.generation), to)));
}

async function rewrapped(
  item: SealedItem,
  place: AlbumPlace,
  from: AlbumCiphers | undefined,
  to: AlbumCiphers,
): Promise<SealedItem> {
  if (from === undefined) throw cannotOpen();
  const { image, version, source, generation } = item;
  const context = contentKeyContext(place, image, version, source);
  const [key, fields] = await Promise.all([
    unwrapKey(item.key, from.wrapping, context).then((opened) => wrapKey(opened, to.wrapping, context)),
    openItem(item.fields, from.documents, place, image, generation).then((opened) =>
      sealItem(opened, to.documents, place, image, to.generation),
    ),
  ]);
  return { image, version, source, generation: to.generation, key, fields };
}

/** The context of a content key under an album's key: a clean copy has one of its own. */
export function contentKeyContext({ album, owner }: AlbumPlace, image: string, version: number, source: ItemSource): Context<"content-key"> {
  return { purpose: "content-key", owner, record: album, part: image, version: contentVersion(version, source) };
}

/** A version as contexts of its content name it: `N.clean` for its clean copy. */
export function contentVersion(version: number, source: ItemSource): number | string {
  return source === "clean" ? `${version}.clean` : version;
}
