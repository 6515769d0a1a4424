/**
 * Decrypting content: whole, as it arrives, or any range of it.
 *
 * Every segment is authenticated before a byte of it is handed over.
 */
import { owned, type Bytes } from "./bytes.ts";
import type { ContentContext, Context } from "./context.ts";
import { cannotOpen, CryptoError } from "./errors.ts";
import { ChunkReader, mapInOrder, type ByteChunks } from "./flow.ts";
import type { ContentKey, Holding } from "./keys.ts";
import { LENGTH_BYTES, readTrueLength } from "./padding.ts";
import {
  HEADER_BYTES,
  openCipher,
  openSegment,
  readHeader,
  SEGMENT_BYTES,
  segmentAt,
  segmentHolding,
  segmentsFrom,
  streamPlaintextLength,
  type Segment,
  type SegmentCipher,
} from "./segments.ts";

/** Fetches ciphertext bytes from `start` up to, not including, `end`. */
export type FetchRange = (start: number, end: number) => Promise<Uint8Array>;

/** Content whose ciphertext lies elsewhere and is fetched piece by piece. */
export interface RangeReader {
  /** True length of the content, in bytes. */
  readonly length: number;
  /** The bytes from `from` up to, not including, `to`; both within the length. */
  read(from: number, to: number): Promise<Bytes>;
}

/** Decrypt content that is in memory already. @throws CryptoError. */
export async function decryptBytes(
  ciphertext: Bytes,
  key: Holding<ContentKey>,
  context: ContentContext,
): Promise<Bytes> {
  const whole = streamPlaintextLength(ciphertext.length);
  let content: Bytes | undefined;
  let position = 0;
  for await (const piece of decryptWhole(ciphertext, key, context)) {
    content ??= new Uint8Array(readTrueLength(piece, whole));
    copyInto(content, piece, position - LENGTH_BYTES);
    position += piece.length;
  }
  if (content === undefined) throw cannotOpen();
  return content;
}

/**
 * Decrypt content as its ciphertext arrives.
 *
 * What is yielded is authentic and in place, but only the end of the iteration proves that
 * nothing is missing: until then, treat it as a preview. @throws CryptoError.
 */
export async function* decryptStream(
  ciphertext: ByteChunks,
  key: Holding<ContentKey>,
  context: ContentContext,
): AsyncGenerator<Bytes> {
  let position = 0;
  let first: Bytes | undefined;
  let end = 0;
  for await (const piece of decryptSegments(ciphertext, key, context)) {
    if (first === undefined) {
      first = piece.slice(0, LENGTH_BYTES);
      end = LENGTH_BYTES + claimedLength(first);
    }
    const visible = piece.subarray(
      clamp(LENGTH_BYTES - position, piece),
      clamp(end - position, piece),
    );
    position += piece.length;
    if (visible.length > 0) yield visible;
  }
  if (first === undefined) throw cannotOpen();
  readTrueLength(first, position);
}

/** Decrypt one range of content. For several ranges, keep an {@link openRanges} reader. */
export async function decryptRange(
  fetchRange: FetchRange,
  ciphertextLength: number,
  key: Holding<ContentKey>,
  context: ContentContext,
  from: number,
  to: number,
): Promise<Bytes> {
  const reader = await openRanges(fetchRange, ciphertextLength, key, context);
  return await reader.read(from, to);
}

/**
 * Prepare to read any range of content.
 *
 * Fetches and opens the first segment, whose authenticated length must fit the ciphertext's:
 * a shortened or stretched ciphertext fails here. @throws CryptoError.
 */
export async function openRanges(
  fetchRange: FetchRange,
  ciphertextLength: number,
  key: Holding<ContentKey>,
  context: ContentContext,
): Promise<RangeReader> {
  const whole = streamPlaintextLength(ciphertextLength);
  const firstSegment = segmentAt(0, whole);
  const front = await fetchExactly(fetchRange, 0, firstSegment.cipherEnd);
  const cipher = await openCipher(key, context, readHeader(front), "decrypt");
  const first = await openSegment(cipher, firstSegment, front.subarray(HEADER_BYTES));
  const length = readTrueLength(first, whole);
  const read = async (from: number, to: number): Promise<Bytes> => {
    if (!(from >= 0 && from <= to && to <= length)) {
      throw new CryptoError("malformed", "This range lies outside the content.");
    }
    const start = from + LENGTH_BYTES;
    return await readRange({ fetchRange, cipher, whole, first }, start, to + LENGTH_BYTES);
  };
  return { length, read };
}

/** The bare Tink stream's plaintext, a segment at a time, without our frame. */
export async function* decryptSegments(
  ciphertext: ByteChunks,
  key: Holding<ContentKey>,
  context: Context,
): AsyncGenerator<Bytes> {
  const reader = new ChunkReader(ciphertext);
  try {
    const front = await reader.read(SEGMENT_BYTES);
    const cipher = await openCipher(key, context, readHeader(front), "decrypt");
    const open = (arrived: Arrived): Promise<Bytes> => openSegment(cipher, arrived, arrived.ciphertext);
    yield* mapInOrder(arriving(reader, front.subarray(HEADER_BYTES)), open);
  } finally {
    await reader.close();
  }
}

interface Arrived {
  readonly index: number;
  readonly isLast: boolean;
  readonly ciphertext: Bytes;
}

/** A segment is known to be the last only once nothing follows it. */
async function* arriving(reader: ChunkReader, front: Bytes): AsyncGenerator<Arrived> {
  let ciphertext = front;
  for (let index = 0; ; index++) {
    const isLast = await reader.isAtEnd();
    yield { index, isLast, ciphertext };
    if (isLast) return;
    ciphertext = await reader.read(SEGMENT_BYTES);
  }
}

async function* decryptWhole(
  ciphertext: Bytes,
  key: Holding<ContentKey>,
  context: Context,
): AsyncGenerator<Bytes> {
  const cipher = await openCipher(key, context, readHeader(ciphertext), "decrypt");
  const open = (segment: Segment): Promise<Bytes> =>
    openSegment(cipher, segment, ciphertext.subarray(segment.cipherStart, segment.cipherEnd));
  yield* mapInOrder(segmentsFrom(0, streamPlaintextLength(ciphertext.length)), open);
}

interface OpenRanges {
  readonly fetchRange: FetchRange;
  readonly cipher: SegmentCipher;
  readonly whole: number;
  readonly first: Bytes;
}

/** Plaintext `start` to `end`, frame included, from as few fetched bytes as possible. */
async function readRange(open: OpenRanges, start: number, end: number): Promise<Bytes> {
  const content = new Uint8Array(end - start);
  copyInto(content, open.first, -start);
  const from = Math.max(1, segmentHolding(start));
  const last = segmentHolding(end - 1);
  if (start === end || last < from) return content;
  const base = segmentAt(from, open.whole).cipherStart;
  const ciphertext = await fetchExactly(open.fetchRange, base, segmentAt(last, open.whole).cipherEnd);
  const wanted = Array.from({ length: last - from + 1 }, (_, step) => segmentAt(from + step, open.whole));
  const openOne = (segment: Segment): Promise<Bytes> => {
    const sealed = ciphertext.subarray(segment.cipherStart - base, segment.cipherEnd - base);
    return openSegment(open.cipher, segment, sealed);
  };
  let position = segmentAt(from, open.whole).plainStart - start;
  for await (const piece of mapInOrder(wanted, openOne)) {
    copyInto(content, piece, position);
    position += piece.length;
  }
  return content;
}

async function fetchExactly(fetchRange: FetchRange, start: number, end: number): Promise<Bytes> {
  const bytes = await fetchRange(start, end);
  if (bytes.length !== end - start) throw cannotOpen();
  return owned(bytes);
}

/** Lay `piece` over `target` at `offset`, which may begin before it or reach past its end. */
function copyInto(target: Bytes, piece: Bytes, offset: number): void {
  const from = clamp(-offset, piece);
  const to = clamp(target.length - offset, piece);
  if (from < to) target.set(piece.subarray(from, to), offset + from);
}

function claimedLength(prefix: Bytes): number {
  if (prefix.length < LENGTH_BYTES) throw cannotOpen();
  return Number(new DataView(prefix.buffer).getBigUint64(0));
}

function clamp(value: number, piece: Bytes): number {
  return Math.min(Math.max(value, 0), piece.length);
}
