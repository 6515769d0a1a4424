/**
 * Commitments: 32 bytes that stand for a text and give nothing of it away.
 *
 *     SHA-256("pv1|commitment" | 0x00 | salt (32) | text)
 *
 * The salt lies with the text. Once both are gone nobody can tell what was committed to.
 */
import { sha256 } from "@noble/hashes/sha2.js";

import { concat, fromBase64Url, owned, randomBytes, toBase64Url, utf8, type Bytes } from "./bytes.ts";
import { digestIn, DIGEST_BYTES, exactly, textIn } from "./canonical.ts";
import { CryptoError } from "./errors.ts";
import type { JsonValue } from "./record.ts";

const LABEL = utf8("pv1|commitment");

/** A text and what keeps its commitment from being guessed. */
export interface Opening {
  readonly text: string;
  /** 32 random bytes. */
  readonly salt: Bytes;
}

/** SHA-256 of something at hand, at once: histories are made of thousands of short ones. */
export function digestOf(...parts: readonly ArrayLike<number>[]): Bytes {
  return owned(sha256(concat(...parts)));
}

/** A text with a fresh salt. */
export function newOpening(text: string): Opening {
  return { text, salt: randomBytes(DIGEST_BYTES) };
}

/** The commitment of an opening, 32 bytes. */
export function commitmentOf({ text, salt }: Opening): Bytes {
  return digestOf(LABEL, [0], checkedDigest(salt), utf8(text));
}

/** SHA-256 of commitments one after the other. */
export function rootOf(commitments: readonly Bytes[]): Bytes {
  return digestOf(concat(...commitments.map(checkedDigest)));
}

/** The document that carries an opening; the text goes under `name`. */
export function openingDocument(name: "event" | "item", { text, salt }: Opening): JsonValue {
  return { [name]: text, salt: toBase64Url(salt) };
}

/** An opening out of its document. @throws CryptoError "malformed". */
export function openingIn(name: "event" | "item", document: unknown): Opening {
  const members = exactly(document, [name, "salt"]);
  return { text: textIn(members[name]), salt: fromBase64Url(digestIn(members["salt"])) };
}

function checkedDigest(bytes: Bytes): Bytes {
  if (bytes.length !== DIGEST_BYTES) throw new CryptoError("malformed", "A commitment is exactly 32 bytes long.");
  return bytes;
}
