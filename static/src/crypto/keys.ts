/**
 * The keys of the hierarchy, each its own type.
 *
 * All are 32 bytes, so only the type system can tell them apart: a content key handed to
 * something that wants an album key is a compile error, not a leak.
 */
import { randomBytes, type Bytes } from "./bytes.ts";
import type { Purpose } from "./context.ts";
import { CryptoError } from "./errors.ts";

declare const brand: unique symbol;

type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** Length in bytes of every key and seed here. */
export const KEY_BYTES = 32;

/** Root of one account's hierarchy. */
export type AccountKey = Branded<Bytes, "AccountKey">;
/** Opens the content, preview and thumbnail of one image version. */
export type ContentKey = Branded<Bytes, "ContentKey">;
/** Opens the metadata and corrections of one image. Wrapped by the account key only. */
export type RecordKey = Branded<Bytes, "RecordKey">;
/** Opens the content keys and settings of one album. */
export type AlbumKey = Branded<Bytes, "AlbumKey">;
/** Opens the album keys shared with one group. */
export type GroupKey = Branded<Bytes, "GroupKey">;
/** Opens what one share link leads to. */
export type LinkKey = Branded<Bytes, "LinkKey">;
/** Opens the account key: from a password, a recovery phrase or a passkey. */
export type KeyEncryptionKey = Branded<Bytes, "KeyEncryptionKey">;
/** Proves to the server that a password, phrase or link secret is known. Opens nothing. */
export type AuthKey = Branded<Bytes, "AuthKey">;
/** Ed25519 private key as its seed. */
export type IdentitySeed = Branded<Bytes, "IdentitySeed">;
/** HPKE private key as its seed. */
export type ExchangeSeed = Branded<Bytes, "ExchangeSeed">;
/** Keys the duplicate marks of one account. */
export type DuplicateKey = Branded<Bytes, "DuplicateKey">;
/** Seals the search index of one account. */
export type IndexKey = Branded<Bytes, "IndexKey">;

/** Which key travels under which purpose: wrapping a key under another's purpose does not compile. */
export interface KeyOfPurpose {
  readonly "account-key": AccountKey;
  readonly "identity-seed": IdentitySeed;
  readonly "exchange-seed": ExchangeSeed;
  readonly "content-key": ContentKey;
  readonly "record-key": RecordKey;
  readonly "album-key": AlbumKey;
  readonly "group-key": GroupKey;
  readonly "link-key": LinkKey;
}

export type KeyPurpose = keyof KeyOfPurpose & Purpose;

/** Any key other keys are derived from. */
export type SourceKey =
  | AccountKey
  | ContentKey
  | RecordKey
  | AlbumKey
  | GroupKey
  | LinkKey
  | IndexKey
  | KeyEncryptionKey;

/** A key the browser holds for us: script can derive from it but never read it. */
export type HeldKey<K extends SourceKey> = CryptoKey & { readonly [brand]: readonly ["held", K] };

/** A key, as bytes or held by the browser. */
export type Holding<K extends SourceKey> = K | HeldKey<K>;

/** AES-256-GCM key that wraps other keys. Not extractable. */
export type WrappingKey = Branded<CryptoKey, "WrappingKey">;

/** A key sealed by a wrapping key. Safe to hand to the server. */
export type WrappedKey<P extends KeyPurpose = KeyPurpose> = Bytes & {
  readonly [brand]: readonly ["wrapped", P];
};

export const newAccountKey = (): AccountKey => newKey("account-key");
export const newContentKey = (): ContentKey => newKey("content-key");
export const newRecordKey = (): RecordKey => newKey("record-key");
export const newAlbumKey = (): AlbumKey => newKey("album-key");
export const newGroupKey = (): GroupKey => newKey("group-key");
export const newIdentitySeed = (): IdentitySeed => newKey("identity-seed");
export const newExchangeSeed = (): ExchangeSeed => newKey("exchange-seed");

/** A key for this device alone: held by the browser, it opens the account key next time. */
export const newDeviceKey = (): KeyEncryptionKey => randomBytes(KEY_BYTES) as KeyEncryptionKey;

/** A fresh random key of the kind that travels under `purpose`. */
export function newKey<P extends KeyPurpose>(purpose: P): KeyOfPurpose[P] {
  return keyFromBytes(purpose, randomBytes(KEY_BYTES));
}

/** Declare 32 bytes to be the key of `purpose`. @throws CryptoError "malformed". */
export function keyFromBytes<P extends KeyPurpose>(_purpose: P, bytes: Bytes): KeyOfPurpose[P] {
  return checkedKey(bytes) as Bytes as KeyOfPurpose[P];
}

/** The bytes, once they are known to be as long as a key. @throws CryptoError "malformed". */
export function checkedKey(bytes: Bytes): Bytes {
  if (bytes.length !== KEY_BYTES) {
    throw new CryptoError("malformed", "A key is exactly 32 bytes long.");
  }
  return bytes;
}
