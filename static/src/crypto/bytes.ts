/** Plain work on bytes: joining, comparing, and the text forms the wire uses. */
import { CryptoError } from "./errors.ts";

/** Bytes in memory nobody shares, which is what WebCrypto accepts. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** The letters of base64url as bytes, and what each stands for. */
const LETTERS = encoder.encode("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
/** A bit that no value of six bits has. */
const STRANGE = 64;
const VALUES = new Uint8Array(128).fill(STRANGE);
LETTERS.forEach((letter, value) => { VALUES[letter] = value; });

/** The parts, one after the other, in fresh memory. */
export function concat(...parts: readonly ArrayLike<number>[]): Bytes {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** The same bytes in memory of our own: no copy unless they lie in shared memory. */
export function owned(bytes: Uint8Array): Bytes {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Bytes) : new Uint8Array(bytes);
}

/** Fresh random bytes from the browser's generator. */
export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** Text as UTF-8. Lone surrogates become U+FFFD, as everywhere on the web. */
export function utf8(text: string): Bytes {
  return owned(encoder.encode(text));
}

/** UTF-8 as text. @throws CryptoError "malformed" when the bytes are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new CryptoError("malformed", "These bytes are not UTF-8 text.");
  }
}

/** RFC 4648 base64url without padding: safe in JSON, URLs and fragments. */
export function toBase64Url(bytes: Uint8Array): string {
  const letters = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  let [held, bits, at] = [0, 0, 0];
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    for (bits += 8; bits >= 6; at += 1) {
      bits -= 6;
      letters[at] = LETTERS[(held >> bits) & 63] ?? 0;
    }
  }
  if (bits > 0) letters[at] = LETTERS[(held << (6 - bits)) & 63] ?? 0;
  return decoder.decode(letters);
}

/**
 * The bytes a base64url text stands for.
 *
 * Only the one canonical spelling is accepted, so two different texts never mean the same
 * bytes. By hand, because a page of a shared album spells thousands of values and `atob` and back
 * took most of its time. @throws CryptoError "malformed".
 */
export function fromBase64Url(text: string): Bytes {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let [held, bits, at, seen] = [0, 0, 0, text.length % 4 === 1 ? STRANGE : 0];
  for (let index = 0; index < text.length; index += 1) {
    const value = VALUES[text.charCodeAt(index)] ?? STRANGE;
    seen |= value;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = held >> bits;
      at += 1;
    }
  }
  if ((seen & STRANGE) !== 0) throw new CryptoError("malformed", "This is not base64url without padding.");
  if ((held & ((1 << bits) - 1)) !== 0) throw new CryptoError("malformed", "This base64url text has stray trailing bits.");
  return bytes;
}

/** Lower-case hexadecimal, for digests people may compare by eye. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether two byte strings are the same, in time that depends on their lengths only. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (const [index, byte] of left.entries()) difference |= byte ^ (right[index] ?? 0);
  return difference === 0;
}
