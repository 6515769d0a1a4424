/**
 * Tink's AES256-GCM-HKDF streaming format: where segments lie, and how one is sealed.
 *
 * Source: developers.google.com/tink/streaming-aead/aes_gcm_hkdf_streaming, with SHA-256,
 * 32-byte derived keys and 256 KiB ciphertext segments.
 *
 *     header:  0x28 (1) | salt (32) | nonce prefix (7)
 *     segment: AES-256-GCM(plaintext) | tag (16), nonce = prefix (7) | index (4) | last (1)
 *
 * The header takes the place of the first 40 bytes of segment 0, so segment i always begins
 * at byte i x 256 KiB of the ciphertext.
 */
import { concat, randomBytes, type Bytes } from "./bytes.ts";
import { NONCE_BYTES, TAG_BYTES } from "./cipher.ts";
import { encodeContext, type Context } from "./context.ts";
import { sourceOf } from "./derive.ts";
import { cannotOpen, CryptoError } from "./errors.ts";
import { KEY_BYTES, type ContentKey, type Holding } from "./keys.ts";

declare const brand: unique symbol;

/** The 40 bytes at the front of a stream. Public, but never to be used for two plaintexts. */
export type StreamHeader = Bytes & { readonly [brand]: "StreamHeader" };

/** Ciphertext bytes per segment, header and tag included. */
export const SEGMENT_BYTES = 256 * 1024;
const SALT_BYTES = 32;
const NONCE_PREFIX_BYTES = 7;
const INDEX_BYTES = 4;
/** Length of the header, and its own first byte. */
export const HEADER_BYTES = 1 + SALT_BYTES + NONCE_PREFIX_BYTES;
const FIRST_PLAINTEXT_BYTES = SEGMENT_BYTES - HEADER_BYTES - TAG_BYTES;
const PLAINTEXT_BYTES = SEGMENT_BYTES - TAG_BYTES;

/** Where one segment lies. Ends are exclusive; the header is outside segment 0 here. */
export interface Segment {
  readonly index: number;
  readonly isLast: boolean;
  readonly plainStart: number;
  readonly plainEnd: number;
  readonly cipherStart: number;
  readonly cipherEnd: number;
}

/** What sealing and opening segments of one stream needs. */
export interface SegmentCipher {
  readonly key: CryptoKey;
  readonly header: StreamHeader;
}

/** How many segments a plaintext takes; an empty one takes one. */
export function segmentCount(plaintextLength: number): number {
  const rest = Math.max(0, plaintextLength - FIRST_PLAINTEXT_BYTES);
  return 1 + Math.ceil(rest / PLAINTEXT_BYTES);
}

/** Length of the whole ciphertext, header included. */
export function streamCiphertextLength(plaintextLength: number): number {
  return HEADER_BYTES + plaintextLength + segmentCount(plaintextLength) * TAG_BYTES;
}

/** The inverse. @throws CryptoError "malformed" for a length no stream has. */
export function streamPlaintextLength(ciphertextLength: number): number {
  const count = Math.ceil(ciphertextLength / SEGMENT_BYTES);
  const plaintextLength = ciphertextLength - HEADER_BYTES - count * TAG_BYTES;
  const fits = Number.isSafeInteger(ciphertextLength) && plaintextLength >= 0;
  if (!fits || streamCiphertextLength(plaintextLength) !== ciphertextLength) {
    throw new CryptoError("malformed", "No encrypted stream has this length.");
  }
  return plaintextLength;
}

/** Where segment `index` of a plaintext lies. */
export function segmentAt(index: number, plaintextLength: number): Segment {
  const isLast = index === segmentCount(plaintextLength) - 1;
  const plainStart = index === 0 ? 0 : FIRST_PLAINTEXT_BYTES + (index - 1) * PLAINTEXT_BYTES;
  const plainEnd = isLast ? plaintextLength : FIRST_PLAINTEXT_BYTES + index * PLAINTEXT_BYTES;
  const cipherStart = index === 0 ? HEADER_BYTES : index * SEGMENT_BYTES;
  const cipherEnd = cipherStart + (plainEnd - plainStart) + TAG_BYTES;
  return { index, isLast, plainStart, plainEnd, cipherStart, cipherEnd };
}

/** The index of the segment that holds plaintext byte `position`. */
export function segmentHolding(position: number): number {
  if (position < FIRST_PLAINTEXT_BYTES) return 0;
  return 1 + Math.floor((position - FIRST_PLAINTEXT_BYTES) / PLAINTEXT_BYTES);
}

/** All segments of a plaintext from `first` on, in order. */
export function* segmentsFrom(first: number, plaintextLength: number): Generator<Segment> {
  const count = segmentCount(plaintextLength);
  for (let index = first; index < count; index++) yield segmentAt(index, plaintextLength);
}

/** A fresh header: random salt and nonce prefix. */
export function newStreamHeader(): StreamHeader {
  return concat([HEADER_BYTES], randomBytes(SALT_BYTES + NONCE_PREFIX_BYTES)) as StreamHeader;
}

/** The header at the front of a ciphertext. @throws CryptoError "malformed". */
export function readHeader(ciphertext: Bytes): StreamHeader {
  if (ciphertext.length < HEADER_BYTES || ciphertext[0] !== HEADER_BYTES) {
    throw new CryptoError("malformed", "This does not begin like an encrypted stream.");
  }
  return ciphertext.slice(0, HEADER_BYTES) as StreamHeader;
}

/** Derive the key of one stream from the content key, its salt and its context. */
export async function openCipher(
  key: Holding<ContentKey>,
  context: Context,
  header: StreamHeader,
  usage: "encrypt" | "decrypt",
): Promise<SegmentCipher> {
  const salt = header.subarray(1, 1 + SALT_BYTES);
  const derivation = { name: "HKDF", hash: "SHA-256", salt, info: encodeContext(context) };
  const algorithm = { name: "AES-GCM", length: KEY_BYTES * 8 };
  const source = await sourceOf(key);
  return { key: await crypto.subtle.deriveKey(derivation, source, algorithm, false, [usage]), header };
}

/** Seal one segment: ciphertext and tag. */
export async function sealSegment(
  cipher: SegmentCipher,
  segment: Pick<Segment, "index" | "isLast">,
  plaintext: Bytes,
): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.encrypt(parameters(cipher, segment), cipher.key, plaintext));
}

/** Open one segment. @throws CryptoError "cannot-open". */
export async function openSegment(
  cipher: SegmentCipher,
  segment: Pick<Segment, "index" | "isLast">,
  ciphertext: Bytes,
): Promise<Bytes> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parameters(cipher, segment), cipher.key, ciphertext));
  } catch {
    throw cannotOpen();
  }
}

function parameters(
  { header }: SegmentCipher,
  { index, isLast }: Pick<Segment, "index" | "isLast">,
): AesGcmParams {
  const nonce = new Uint8Array(NONCE_BYTES);
  nonce.set(header.subarray(1 + SALT_BYTES));
  new DataView(nonce.buffer).setUint32(NONCE_PREFIX_BYTES, index);
  nonce[NONCE_PREFIX_BYTES + INDEX_BYTES] = isLast ? 1 : 0;
  return { name: "AES-GCM", iv: nonce };
}
