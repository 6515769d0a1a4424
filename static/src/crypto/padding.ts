/**
 * Padding, so that a size says little about what was sealed.
 *
 * The padded form is `true length (8, big-endian) | bytes | zeros`, and its whole length is
 * rounded up as Padmé does (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files",
 * PETS 2019): at most 12 % more, and only O(log log) bits of the length remain visible.
 */
import { concat, type Bytes } from "./bytes.ts";
import { cannotOpen } from "./errors.ts";

/** Bytes the true length takes at the front. */
export const LENGTH_BYTES = 8;

/** Documents are padded to at least this, because Padmé hides nothing of very small ones. */
export const SMALLEST_DOCUMENT_BYTES = 256;

/** The Padmé length for `length` bytes: the next one whose low bits are zero. */
export function padmeLength(length: number): number {
  if (length < 2) return length;
  const exponent = bitLength(length) - 1;
  const step = 2 ** (exponent - bitLength(exponent));
  return step <= 1 ? length : Math.ceil(length / step) * step;
}

/** The whole padded length of `trueLength` bytes, their length prefix included. */
export function paddedLength(trueLength: number, smallest = 0): number {
  return padmeLength(Math.max(LENGTH_BYTES + trueLength, smallest));
}

/** The eight bytes that say how many of the following are meant. */
export function lengthPrefix(trueLength: number): Bytes {
  const prefix = new Uint8Array(LENGTH_BYTES);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(trueLength));
  return prefix;
}

/**
 * The true length at the front of padded bytes that are `wholeLength` long in all.
 *
 * Every true length has exactly one padded length, so a truncated or stretched whole is
 * noticed here. @throws CryptoError "cannot-open".
 */
export function readTrueLength(padded: Bytes, wholeLength: number, smallest = 0): number {
  if (padded.length < LENGTH_BYTES) throw cannotOpen();
  const view = new DataView(padded.buffer, padded.byteOffset, LENGTH_BYTES);
  const trueLength = Number(view.getBigUint64(0));
  if (trueLength > wholeLength || paddedLength(trueLength, smallest) !== wholeLength) {
    throw cannotOpen();
  }
  return trueLength;
}

/** A small document, padded. */
export function padDocument(document: Bytes): Bytes {
  const whole = paddedLength(document.length, SMALLEST_DOCUMENT_BYTES);
  const zeros = new Uint8Array(whole - LENGTH_BYTES - document.length);
  return concat(lengthPrefix(document.length), document, zeros);
}

/** What {@link padDocument} padded. @throws CryptoError "cannot-open". */
export function unpadDocument(padded: Bytes): Bytes {
  const trueLength = readTrueLength(padded, padded.length, SMALLEST_DOCUMENT_BYTES);
  return padded.slice(LENGTH_BYTES, LENGTH_BYTES + trueLength);
}

function bitLength(value: number): number {
  return value.toString(2).length;
}
