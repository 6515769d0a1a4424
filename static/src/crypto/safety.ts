/**
 * The safety number of two accounts: what two people compare to know that nobody stands between.
 *
 * Argon2id over both fingerprints, the smaller first. Twelve words hold 132 bits, and whoever would
 * stand between may choose keys for both sides until two numbers meet, which halves them; that each try
 * costs as much as a guess at a password is what puts it out of reach.
 */
import { wordlist } from "@scure/bip39/wordlists/english.js";

import { concat, toHex, utf8, type Bytes } from "./bytes.ts";
import { DIGEST_BYTES } from "./canonical.ts";
import { CryptoError } from "./errors.ts";
import { DEFAULT_KDF } from "./kdf-parameters.ts";
import { stretchBytes } from "./kdf.ts";

const SALT = utf8("pv1|safety|number");
const WORDS = 12;
const WORD_BITS = 11n;

/** What two people see. */
export interface SafetyNumber {
  /** Twelve BIP-39 words, single spaces between them. */
  readonly words: string;
  /** For a QR code: all 64 hexadecimal digits. */
  readonly hex: string;
}

/** The safety number of two fingerprints, in whichever order. Half a second: call it in a worker. @throws CryptoError. */
export async function safetyNumber(mine: Bytes, theirs: Bytes): Promise<SafetyNumber> {
  if (mine.length !== DIGEST_BYTES || theirs.length !== DIGEST_BYTES) {
    throw new CryptoError("malformed", "A fingerprint is exactly 32 bytes long.");
  }
  const inOrder = toHex(mine) < toHex(theirs) ? [mine, theirs] : [theirs, mine];
  return await spelledNumber(concat(...inOrder), SALT);
}

/** Bytes stretched so that nobody finds others with the same words, and how people see the result. @throws CryptoError. */
export async function spelledNumber(bytes: Bytes, salt: Bytes): Promise<SafetyNumber> {
  const number = await stretchBytes(bytes, { ...DEFAULT_KDF, salt });
  return { words: wordsOf(number), hex: toHex(number) };
}

function wordsOf(number: Bytes): string {
  const bits = BigInt(`0x${toHex(number)}`) >> (BigInt(DIGEST_BYTES * 8) - BigInt(WORDS) * WORD_BITS);
  const places = Array.from({ length: WORDS }, (_, index) => BigInt(WORDS - 1 - index) * WORD_BITS);
  return places.map((place) => wordlist[Number((bits >> place) & 0x7ffn)] ?? "").join(" ");
}
