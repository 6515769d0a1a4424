/** Where the plaintext of a stream comes from, and the frame it is put in. */
import { concat, type Bytes } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { ChunkReader, type ByteChunks } from "./flow.ts";
import { LENGTH_BYTES, lengthPrefix, paddedLength } from "./padding.ts";

/** Plaintext of known length. `read` is called with rising, touching ranges. */
export interface PlaintextSource {
  readonly length: number;
  /** The bytes from `start` up to, not including, `end`. */
  read(start: number, end: number): Promise<Bytes>;
}

/** Plaintext that can be read from anywhere, any number of times. */
export type SeekablePlaintext = Bytes | Blob;

/** Anything a stream can be made from. */
export type Plaintext = SeekablePlaintext | PlaintextSource;

/** A source for plaintext that arrives in chunks and is read once. */
export function chunkedSource(chunks: ByteChunks, length: number): PlaintextSource {
  const reader = new ChunkReader(chunks);
  let turn: Promise<unknown> = Promise.resolve();
  const readNext = async (start: number, end: number): Promise<Bytes> => {
    const bytes = await reader.read(end - start);
    if (bytes.length !== end - start || (end === length && !(await reader.isAtEnd()))) {
      throw new CryptoError("malformed", "The source is not as long as was announced.");
    }
    return bytes;
  };
  return {
    length,
    read: (start, end) => {
      const bytes = turn.then(() => readNext(start, end));
      turn = bytes.catch(() => undefined);
      return bytes;
    },
  };
}

/** Any plaintext as a source. Bytes are not copied. */
export function sourceFrom(plaintext: Plaintext): PlaintextSource {
  if (plaintext instanceof Uint8Array) {
    return {
      length: plaintext.length,
      read: (start, end) => Promise.resolve(plaintext.subarray(start, end)),
    };
  }
  if (plaintext instanceof Blob) {
    return {
      length: plaintext.size,
      read: async (start, end) => new Uint8Array(await plaintext.slice(start, end).arrayBuffer()),
    };
  }
  return plaintext;
}

/**
 * The source in its frame: `true length (8) | bytes | zeros`, padded to a Padmé length.
 *
 * Only pieces that touch the frame are copied.
 */
export function framed(source: PlaintextSource): PlaintextSource {
  const bodyEnd = LENGTH_BYTES + source.length;
  const read = async (start: number, end: number): Promise<Bytes> => {
    const from = Math.min(Math.max(start, LENGTH_BYTES), bodyEnd);
    const to = Math.min(Math.max(end, LENGTH_BYTES), bodyEnd);
    const body = await source.read(from - LENGTH_BYTES, to - LENGTH_BYTES);
    if (body.length === end - start) return body;
    const front = lengthPrefix(source.length).subarray(start, end);
    return concat(front, body, new Uint8Array(end - start - front.length - body.length));
  };
  return { length: paddedLength(source.length), read };
}
