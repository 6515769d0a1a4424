/**
 * Encrypting content: a padded frame inside a Tink stream.
 *
 * Specified in docs/cryptography.md, "Content"; tested against Tink itself.
 */
import { concat, type Bytes } from "./bytes.ts";
import type { ContentContext, Context } from "./context.ts";
import { CryptoError } from "./errors.ts";
import { mapInOrder } from "./flow.ts";
import type { ContentKey, Holding } from "./keys.ts";
import { paddedLength } from "./padding.ts";
import {
  newStreamHeader,
  openCipher,
  readHeader,
  sealSegment,
  segmentCount,
  segmentsFrom,
  streamCiphertextLength,
  type Segment,
  type StreamHeader,
} from "./segments.ts";
import {
  framed,
  sourceFrom,
  type Plaintext,
  type PlaintextSource,
  type SeekablePlaintext,
} from "./source.ts";

/** Length of the ciphertext of `trueLength` bytes of content. */
export function ciphertextLength(trueLength: number): number {
  return streamCiphertextLength(paddedLength(trueLength));
}

/**
 * Encrypt content of known length, a segment at a time.
 *
 * Yields the ciphertext in pieces of 256 KiB (the last one shorter) and holds at most a few
 * of them in memory. A header may be chosen beforehand, so that an upload can be resumed: see
 * {@link resumeEncryption} for what that demands.
 */
export async function* encryptStream(
  plaintext: Plaintext,
  key: Holding<ContentKey>,
  context: ContentContext,
  header: StreamHeader = newStreamHeader(),
): AsyncGenerator<Bytes> {
  yield* encryptSegments(framed(sourceFrom(plaintext)), key, context, header, 0);
}

/**
 * Continue a stream from segment `firstSegment`, as if it had never been interrupted.
 *
 * Only ever for the very plaintext the header was first used with: two plaintexts under one
 * header give both away. The header must come from the device's own sealed notes, never from
 * the server, and the caller compares a digest of the whole plaintext with the one noted
 * there before calling. Anything but a perfect match starts over with a new key.
 */
export async function* resumeEncryption(
  plaintext: SeekablePlaintext,
  key: Holding<ContentKey>,
  context: ContentContext,
  header: StreamHeader,
  firstSegment: number,
): AsyncGenerator<Bytes> {
  const source = framed(sourceFrom(plaintext));
  if (!Number.isSafeInteger(firstSegment) || firstSegment < 0 || firstSegment >= segmentCount(source.length)) {
    throw new CryptoError("malformed", "The stream has no segment of this number.");
  }
  yield* encryptSegments(source, key, context, readHeader(header), firstSegment);
}

/** Encrypt content that is in memory already. */
export async function encryptBytes(
  plaintext: Bytes,
  key: Holding<ContentKey>,
  context: ContentContext,
): Promise<Bytes> {
  const ciphertext = new Uint8Array(ciphertextLength(plaintext.length));
  let filled = 0;
  for await (const piece of encryptStream(plaintext, key, context)) {
    ciphertext.set(piece, filled);
    filled += piece.length;
  }
  return ciphertext;
}

/** The bare Tink stream of a source, without our frame. For {@link encryptStream} and for proofs against Tink. */
export async function* encryptSegments(
  source: PlaintextSource,
  key: Holding<ContentKey>,
  context: Context,
  header: StreamHeader,
  firstSegment: number,
): AsyncGenerator<Bytes> {
  const cipher = await openCipher(key, context, header, "encrypt");
  const seal = async (segment: Segment): Promise<Bytes> => {
    const sealed = await sealSegment(cipher, segment, await source.read(segment.plainStart, segment.plainEnd));
    return segment.index === 0 ? concat(header, sealed) : sealed;
  };
  yield* mapInOrder(segmentsFrom(firstSegment, source.length), seal);
}
