/**
 * Photos as they go into a shared album: the key of what is shared, and what is said of it, both under the
 * album's key. The library's worker does this, because the records lie there; see `album-photos.ts`.
 */
import { fromBase64Url, toBase64Url, type Bytes } from "../../crypto/bytes.ts";
import { commitmentOf } from "../../crypto/commitment.ts";
import type { Telling } from "../../crypto/event.ts";
import { newItem, sealItem, type AlbumPlace, type ItemFields, type ItemPlace, type ItemSource } from "../../crypto/item.ts";
import type { AlbumKey } from "../../crypto/keys.ts";
import { albumCiphers, contentKeyContext, contentVersion, rewrapItems, type AlbumCiphers, type SealedItem } from "../../crypto/rewrap.ts";
import { unwrapKey, wrapKey, wrappedKeyFromBytes } from "../../crypto/wrap.ts";
import { LibraryError, refusalOf } from "../library/bridge.ts";
import type { ItemFailure } from "../library/contract.ts";
import type { Place } from "../library/documents.ts";
import type { Entry } from "../library/entry.ts";
import type { Keyring } from "../library/keyring.ts";
import type { PartDigests } from "../library/wire.ts";

/** A key of an album, and its generation. */
export interface KeyOfGeneration {
  readonly generation: number;
  readonly key: AlbumKey;
}

/** A clean copy that is stored: its key under the account key, and what is said of its original. */
export interface CleanCopy extends Pick<ItemFields, "type" | "bytes" | "width" | "height"> {
  /** base64url. */
  readonly wrappedContentKey: string;
  readonly version: number;
  readonly digests: PartDigests;
}

/** A photo to be shared; `clean` is null where its original was cleaned when it came. */
export interface PhotoToShare {
  readonly id: string;
  readonly clean: CleanCopy | null;
}

/** A photo to be shared, and what is told of it. */
export interface PhotoToSeal extends PhotoToShare {
  readonly tells: readonly Telling[];
}

export interface SealingJob extends KeyOfGeneration {
  readonly place: AlbumPlace;
  readonly photos: readonly PhotoToSeal[];
}

/** As the server takes it, with the commitment for the history's entry. */
export interface ItemToAdd {
  readonly commitment: Bytes;
  readonly body: {
    readonly image_id: string;
    readonly version: number;
    readonly source: ItemSource;
    readonly wrapped_content_key: string;
    readonly fields: string;
  };
}

export interface SealedPhotos {
  readonly items: readonly ItemToAdd[];
  readonly failed: readonly ItemFailure[];
}

export interface RewrapJob {
  readonly place: AlbumPlace;
  readonly items: readonly SealedItem[];
  readonly from: readonly KeyOfGeneration[];
  readonly to: KeyOfGeneration;
}

const MILLION = 1_000_000;
const CLOSED = { code: "cannot-open", sentence: "The record of this photo cannot be opened, so it cannot be shared." } as const;
const STALE = { code: "conflict", sentence: "This photo changed meanwhile. Please try again." } as const;

/** Seal photos for an album; one that fails does not stop the others. */
export async function sealPhotos({ place, generation, key, photos }: SealingJob, entries: readonly Entry[], keyring: Keyring): Promise<SealedPhotos> {
  const ciphers = await albumCiphers(key, generation);
  const wanted = new Map(photos.map((photo) => [photo.id, photo]));
  const failed: ItemFailure[] = [];
  const items = await Promise.all(entries.map(async (entry) => {
    try {
      const { clean = null, tells = [] } = wanted.get(entry.id) ?? {};
      return await sealPhoto(entry, clean, { place, tells, ciphers, keyring });
    } catch (error) {
      failed.push({ id: entry.id, ...refusalOf(error) });
      return null;
    }
  }));
  return { items: items.filter((item) => item !== null), failed };
}

/** Items of older generations under the key in force. @throws CryptoError. */
export async function rewrapUnder({ place, items, from, to }: RewrapJob): Promise<SealedItem[]> {
  const [next, ...before] = await Promise.all([to, ...from].map(({ key, generation }) => albumCiphers(key, generation)));
  return next === undefined ? [] : await rewrapItems(items, place, before, next);
}

interface Sealing {
  readonly place: AlbumPlace;
  readonly tells: readonly Telling[];
  readonly ciphers: AlbumCiphers;
  readonly keyring: Keyring;
}

async function sealPhoto(entry: Entry, clean: CleanCopy | null, { place, tells, ciphers, keyring }: Sealing): Promise<ItemToAdd> {
  const { metadata, id, version } = entry;
  if (metadata === null) throw new LibraryError(CLOSED.code, CLOSED.sentence);
  const source: ItemSource = clean === null ? "content" : "clean";
  // What still carries what its camera wrote is never shared as it is.
  if (metadata.storedAs === "whole" ? clean?.version !== version : clean !== null) throw new LibraryError(STALE.code, STALE.sentence);
  const said = newItem({ ...fieldsOf(entry, keyring.accountId, clean, tells), source });
  const own = { purpose: "content-key", owner: keyring.accountId, record: id, part: "-", version: contentVersion(version, source) } as const;
  const wrapped = wrappedKeyFromBytes("content-key", fromBase64Url(clean?.wrappedContentKey ?? entry.wrappedContentKey));
  const contentKey = await unwrapKey(wrapped, keyring.wrappingKey, own);
  const [forAlbum, fields] = await Promise.all([
    wrapKey(contentKey, ciphers.wrapping, contentKeyContext(place, id, version, source)),
    sealItem(said, ciphers.documents, place, id, ciphers.generation),
  ]);
  contentKey.fill(0);
  return {
    commitment: commitmentOf(said),
    body: { image_id: id, version, source, wrapped_content_key: toBase64Url(forAlbum), fields: toBase64Url(fields) },
  };
}

/** What is said of a photo: nothing of what its owner did not choose to tell. */
export function fieldsOf(entry: Pick<Entry, "id" | "version" | "metadata" | "corrections" | "digests">, owner: string, clean: CleanCopy | null, tells: readonly Telling[]): Omit<ItemFields, "source"> {
  const { metadata, corrections } = entry;
  const [takenAt, place] = [chosen(corrections?.capturedAt, metadata?.capturedAt?.local), chosen(corrections?.place, metadata?.place)];
  return {
    image: entry.id, owner, version: entry.version,
    type: clean?.type ?? metadata?.mediaType ?? "", bytes: clean?.bytes ?? metadata?.size ?? 0,
    width: clean?.width ?? metadata?.width ?? 0, height: clean?.height ?? metadata?.height ?? 0,
    thumbhash: metadata?.thumbhash ?? "", digests: named(clean?.digests ?? entry.digests),
    ...(tells.includes("taken_at") && takenAt !== null && { taken_at: takenAt }),
    ...(tells.includes("place") && place !== null && { place: millionths(place) }),
  };
}

/** A correction where there is one, null among them, else what the photo said itself. */
const chosen = <T>(correction: T | null | undefined, original: T | null | undefined): T | null => (correction === undefined ? (original ?? null) : correction);

const millionths = ({ lat, lon }: Place): ItemPlace => ({ lat: Math.round(lat * MILLION), lon: Math.round(lon * MILLION) });

/** Those that are known: an index from before they were kept has none. */
const named = (digests: PartDigests): PartDigests => Object.fromEntries(Object.entries(digests).filter(([, digest]) => digest !== ""));
