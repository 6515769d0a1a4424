/** The account's keys inside a worker, and what they open. */
import { fromBase64Url, type Bytes } from "../../crypto/bytes.ts";
import { NO_PART, type Context } from "../../crypto/context.ts";
import { deriveWrappingKey, holdKey } from "../../crypto/derive.ts";
import { accountSubkeys } from "../../crypto/hierarchy.ts";
import type {
  AccountKey, AlbumKey, ContentKey, DuplicateKey, HeldKey, Holding, IndexKey, KeyPurpose, RecordKey, WrappingKey,
} from "../../crypto/keys.ts";
import { openRecord, type RecordPurpose, type RecordSealingKey } from "../../crypto/record.ts";
import { unwrapHeldKey, unwrapKey, wrappedKeyFromBytes } from "../../crypto/wrap.ts";
import type { AlbumEntry } from "./album-entry.ts";
import { NO_MARKS, readAlbum, readCorrections, readMarks, readMetadata } from "./documents.ts";
import type { Entry } from "./entry.ts";
import type { Part, WireAlbum, WireImage } from "./wire.ts";

export interface Keyring {
  readonly accountId: string;
  readonly wrappingKey: WrappingKey;
  readonly duplicateKey: DuplicateKey;
  readonly indexKey: HeldKey<IndexKey>;
}

export async function openKeyring(accountId: string, accountKey: Holding<AccountKey>): Promise<Keyring> {
  const { wrappingKey, duplicateKey, indexKey } = await accountSubkeys(accountKey);
  return { accountId, wrappingKey, duplicateKey, indexKey: await holdKey(indexKey) };
}

/** The context of something that belongs to one record of an account. */
export function contextOf<P extends Context["purpose"]>(
  purpose: P, owner: string, record: string, version: number, part = NO_PART,
): Context<P> {
  return { purpose, owner, record, part, version };
}

const wrapped = <P extends KeyPurpose>(purpose: P, encoded: string) => wrappedKeyFromBytes(purpose, fromBase64Url(encoded));

/** What names the content key of one version of an image. */
export interface WrappedContent {
  readonly id: string;
  readonly version: number;
  readonly wrappedContentKey: string;
}

/** @throws CryptoError "cannot-open". */
export async function heldContentKey(image: WrappedContent, keyring: Keyring): Promise<HeldKey<ContentKey>> {
  const context = contextOf("content-key", keyring.accountId, image.id, image.version);
  return await unwrapHeldKey(wrapped("content-key", image.wrappedContentKey), keyring.wrappingKey, context);
}

/** The bytes of a content key, for wrapping it under an album key or for new thumbnails. @throws CryptoError. */
export async function contentKeyBytes(image: WrappedContent, keyring: Keyring): Promise<ContentKey> {
  const context = contextOf("content-key", keyring.accountId, image.id, image.version);
  return await unwrapKey(wrapped("content-key", image.wrappedContentKey), keyring.wrappingKey, context);
}

/** The context of one part of an image's content. */
export function contentContext(image: WrappedContent, part: Part, keyring: Keyring): Context<"content"> {
  return contextOf("content", keyring.accountId, image.id, image.version, part);
}

/** @throws CryptoError "cannot-open". */
export async function heldRecordKey(
  image: { readonly id: string; readonly wrappedRecordKey: string }, keyring: Keyring,
): Promise<HeldKey<RecordKey>> {
  const context = contextOf("record-key", keyring.accountId, image.id, 1);
  return await unwrapHeldKey(wrapped("record-key", image.wrappedRecordKey), keyring.wrappingKey, context);
}

/** @throws CryptoError "cannot-open". */
export async function heldAlbumKey(
  album: { readonly id: string; readonly wrappedAlbumKey: string; readonly generation: number }, keyring: Keyring,
): Promise<HeldKey<AlbumKey>> {
  const context = contextOf("album-key", keyring.accountId, album.id, album.generation);
  return await unwrapHeldKey(wrapped("album-key", album.wrappedAlbumKey), keyring.wrappingKey, context);
}

/** The key that wraps content keys for an album. */
export async function albumWrappingKey(album: AlbumEntry, keyring: Keyring): Promise<WrappingKey> {
  return await deriveWrappingKey(await heldAlbumKey(album, keyring));
}

async function openOrNull<T>(
  sealed: string, key: Holding<RecordSealingKey>, context: Context<RecordPurpose>, read: (value: unknown) => T | null,
): Promise<T | null> {
  const bytes: Bytes = fromBase64Url(sealed);
  return read(await openRecord(bytes, key, context));
}

/** An image of the feed, and what of it is there and does not open. */
export interface OpenedImage {
  readonly entry: Entry;
  /** `content` stands for the metadata of a version and the keys of the photo. */
  readonly closed: { readonly content: boolean; readonly marks: boolean; readonly corrections: boolean };
}

/** As {@link openImage}, for whoever takes it as it is. */
export const entryFrom = async (image: WireImage, keyring: Keyring): Promise<Entry> => (await openImage(image, keyring)).entry;

/**
 * An image of the feed with its record opened.
 *
 * Never throws: what does not open is missing from the entry, and the rest of it stays of use.
 */
export async function openImage(image: WireImage, keyring: Keyring): Promise<OpenedImage> {
  const owner = keyring.accountId;
  const recordKey = await heldRecordKey(image, keyring).catch(() => null);
  const open = <T>(sealed: string | undefined, context: Context<RecordPurpose>, read: (value: unknown) => T | null) =>
    sealed === undefined || recordKey === null ? null : openOrNull(sealed, recordKey, context, read).catch(() => null);
  const { marks, corrections } = image;
  const [metadata, openMarks, openCorrections] = await Promise.all([
    open(image.metadata, contextOf("metadata", owner, image.id, image.version), readMetadata),
    open(marks?.sealed, contextOf("marks", owner, image.id, marks?.number ?? 0), readMarks),
    open(corrections?.sealed, contextOf("corrections", owner, image.id, corrections?.revision ?? 0), readCorrections),
  ]);
  const { id, storedAt, verifiedAt, binnedAt, purgeAt, version, parts, digests, isDamaged, wrappedContentKey, wrappedRecordKey, albums } = image;
  const entry = {
    id, storedAt, verifiedAt, binnedAt, purgeAt, version, parts, digests, isDamaged, wrappedContentKey, wrappedRecordKey, albums,
    marksNumber: marks?.number ?? 0,
    marks: openMarks ?? NO_MARKS,
    revision: corrections?.revision ?? 0,
    corrections: openCorrections,
    metadata,
  };
  const closed = { content: metadata === null, marks: marks !== null && openMarks === null, corrections: corrections !== null && openCorrections === null };
  return { entry, closed };
}

/** An album of the feed with its settings opened. Never throws. */
export async function albumEntryFrom(album: WireAlbum, keyring: Keyring): Promise<AlbumEntry> {
  const { number, sealed } = album.settings;
  const context = contextOf("album", keyring.accountId, album.id, number);
  const settings = await heldAlbumKey(album, keyring)
    .then((key) => openOrNull(sealed, key, context, readAlbum))
    .catch(() => null);
  return { id: album.id, wrappedAlbumKey: album.wrappedAlbumKey, generation: album.generation, isShared: album.isShared, number, settings };
}
