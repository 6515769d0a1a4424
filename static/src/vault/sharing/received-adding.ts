/**
 * Own photos put into somebody's album, by whoever may: they stay their owner's and count for them.
 *
 * A file that still says where, when or with what it was taken is not given away as it is.
 */
import { fromBase64Url, toBase64Url, type Bytes } from "../../crypto/bytes.ts";
import { commitmentOf, rootOf } from "../../crypto/commitment.ts";
import { newItem, sealItem, type ItemFields } from "../../crypto/item.ts";
import { albumCiphers, contentKeyContext } from "../../crypto/rewrap.ts";
import { unwrapKey, wrapKey, wrappedKeyFromBytes } from "../../crypto/wrap.ts";
import { LibraryError, refusalOf } from "../library/bridge.ts";
import type { ItemFailure, Outcome } from "../library/contract.ts";
import { contextOf } from "../library/keyring.ts";
import type { Library } from "../library/library.ts";
import type { Vault } from "../state.ts";
import { placeOf } from "./album-state.ts";
import { entryBody } from "./entries.ts";
import type { Circle } from "./groups.ts";
import type { ReceivedAlbum } from "./received.ts";
import { changeAlbum, nextAlbumEntry } from "./received-changes.ts";

type Photos = Pick<Library, "byId" | "mediaRequest" | "details">;

const BATCH = 500;
const NOT_CLEAN = new LibraryError("not_clean", "Its file still holds what the camera wrote in it, so it is not given away as it is.");
const NOT_HERE = new LibraryError("not_found", "This photo is no longer here.");

interface Sealed {
  readonly body: Readonly<Record<string, unknown>>;
  readonly commitment: Bytes;
}

/** Put photos in. One that cannot go does not hold up the others. @throws AlbumError, HistoryError, Problem. */
export async function addOwn(circle: Circle, albumId: string, ids: readonly string[], library: Photos): Promise<Outcome> {
  const failed: ItemFailure[] = [];
  const done: string[] = [];
  for (let at = 0; at < ids.length; at += BATCH) {
    const wanted: { readonly id: string; readonly fields: ItemFields }[] = [];
    for (const id of ids.slice(at, at + BATCH)) {
      try {
        wanted.push({ id, fields: await fieldsOf(id, circle.vault, library) });
      } catch (error) {
        failed.push({ id, ...refusalOf(error) });
      }
    }
    if (wanted.length === 0) continue;
    await changeAlbum(circle, albumId, (album) => plan(album, circle.vault, wanted.map(({ fields }) => fields), library));
    done.push(...wanted.map(({ id }) => id));
  }
  return { done, failed };
}

async function plan(album: ReceivedAlbum, vault: Vault, fields: readonly ItemFields[], library: Photos) {
  const sealed = await Promise.all(fields.map((each) => seal(each, album, vault, library)));
  const commitments = sealed.map(({ commitment }) => commitment);
  const entry = await nextAlbumEntry(album, vault, { event: "items-added", count: sealed.length, root: toBase64Url(rootOf(commitments)) }, commitments);
  return { path: "/items", body: { generation: album.state.generation, items: sealed.map(({ body }) => body), entry: entryBody(entry) } };
}

async function fieldsOf(id: string, { accountId }: Vault, library: Photos): Promise<ItemFields> {
  const metadata = (await library.details(id))?.metadata;
  const request = library.mediaRequest(id, "original");
  if (!metadata || request === null) throw NOT_HERE;
  if (metadata.storedAs === "whole") throw NOT_CLEAN;
  const { mediaType, size, width, height, thumbhash } = metadata;
  return { image: id, owner: accountId, version: request.version, source: "content", type: mediaType, bytes: size, width, height, thumbhash, digests: {} };
}

async function seal(fields: ItemFields, album: ReceivedAlbum, vault: Vault, library: Photos): Promise<Sealed> {
  const request = library.mediaRequest(fields.image, "original");
  if (request === null) throw NOT_HERE;
  const { generation } = album.state;
  const { wrapping, documents } = await albumCiphers(album.key, generation);
  const own = wrappedKeyFromBytes("content-key", fromBase64Url(request.wrappedContentKey));
  const key = await unwrapKey(own, vault.wrappingKey, contextOf("content-key", vault.accountId, fields.image, fields.version));
  const place = placeOf(album);
  const opening = newItem(fields);
  const [wrapped, sealed] = await Promise.all([
    wrapKey(key, wrapping, contentKeyContext(place, fields.image, fields.version, fields.source)),
    sealItem(opening, documents, place, fields.image, generation),
  ]);
  key.fill(0);
  const body = { image_id: fields.image, version: fields.version, source: fields.source, wrapped_content_key: toBase64Url(wrapped), fields: toBase64Url(sealed) };
  return { body, commitment: commitmentOf(opening) };
}
