/**
 * Small documents: metadata, corrections, marks, names and settings.
 *
 *     version (1) | nonce (12) | AES-256-GCM of the padded JSON (>= 256) | tag (16)
 *
 * Sealed under a key derived from the record, album or other key, so that the key that wraps
 * never also seals. Specified in docs/cryptography.md, "Documents".
 */
import { fromUtf8, utf8, type Bytes } from "./bytes.ts";
import { openMessage, sealMessage } from "./cipher.ts";
import type { Context, Purpose } from "./context.ts";
import { deriveCipherKey } from "./derive.ts";
import { CryptoError } from "./errors.ts";
import type { ContentKey, Holding, KeyPurpose, SourceKey } from "./keys.ts";
import { padDocument, unpadDocument } from "./padding.ts";

/** What a document may be about: anything that is neither a key nor a stream. */
export type RecordPurpose = Exclude<Purpose, KeyPurpose | "content">;

/** Keys that may seal documents. */
export type RecordSealingKey = Exclude<SourceKey, ContentKey>;

/** A value JSON can carry. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined };

declare const brand: unique symbol;

/** AES-256-GCM key that seals and opens documents on behalf of another key. Not extractable. */
export type DocumentKey = CryptoKey & { readonly [brand]: "DocumentKey" };

/** The key that seals documents on behalf of `key`: for whoever has many of them to seal or open. */
export async function deriveDocumentKey(key: Holding<RecordSealingKey>): Promise<DocumentKey> {
  return (await deriveCipherKey(key, "document-key", ["encrypt", "decrypt"])) as DocumentKey;
}

/** Seal a document so that only `key` opens it, and only for `context`. */
export async function sealRecord(
  value: JsonValue,
  key: Holding<RecordSealingKey>,
  context: Context<RecordPurpose>,
): Promise<Bytes> {
  return await sealRecordUnder(value, await deriveDocumentKey(key), context);
}

/** {@link sealRecord} with the document key at hand. */
export async function sealRecordUnder(
  value: JsonValue,
  documentKey: DocumentKey,
  context: Context<RecordPurpose>,
): Promise<Bytes> {
  return await sealMessage(padDocument(utf8(JSON.stringify(value))), documentKey, context);
}

/** Open a document. Its shape is the caller's to check: `unknown` on purpose. @throws CryptoError. */
export async function openRecord(
  sealed: Bytes,
  key: Holding<RecordSealingKey>,
  context: Context<RecordPurpose>,
): Promise<unknown> {
  return await openRecordUnder(sealed, await deriveDocumentKey(key), context);
}

/** {@link openRecord} with the document key at hand. @throws CryptoError. */
export async function openRecordUnder(
  sealed: Bytes,
  documentKey: DocumentKey,
  context: Context<RecordPurpose>,
): Promise<unknown> {
  const document = unpadDocument(await openMessage(sealed, documentKey, context));
  return parse(fromUtf8(document));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CryptoError("malformed", "This document is not JSON.");
  }
}
