/** Reading bytes as they come, and working on a few pieces at once without losing their order. */
import { owned, type Bytes } from "./bytes.ts";

/** Bytes that arrive in pieces: a response body, a file's stream, or any async iterable. */
export type ByteChunks = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** Pieces worked on at the same time. More gains nothing; memory is this many segments. */
const IN_FLIGHT = 4;

/**
 * Run `work` on each item, a few at once, and hand the results over in order.
 *
 * Takes the next item only when there is room, so a slow consumer slows the producer.
 */
export async function* mapInOrder<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const pending: Promise<Result>[] = [];
  for await (const item of items) {
    const result = work(item);
    // A failure is met when its turn comes; until then it must not count as unhandled.
    result.catch(() => undefined);
    pending.push(result);
    if (pending.length >= IN_FLIGHT) yield* takeFirst(pending);
  }
  while (pending.length > 0) yield* takeFirst(pending);
}

/** Reads exact amounts from chunks of any size. */
export class ChunkReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** A stream gives its pieces away; whoever else brings them may use their memory again. */
  readonly #isGiven: boolean;
  #rest: Bytes = new Uint8Array(0);

  constructor(chunks: ByteChunks) {
    this.#chunks = iterate(chunks);
    this.#isGiven = "getReader" in chunks;
  }

  /** Up to `length` bytes; fewer only where the chunks end. They are not to be changed or moved: their neighbours may lie in the same memory. */
  async read(length: number): Promise<Bytes> {
    const first = this.#isGiven && (await this.#refill()) ? this.#taken(length) : new Uint8Array(0);
    // All at once, or all there is: most photos' previews, and many small files, end here.
    if (first.length === length || (first.length > 0 && (await this.isAtEnd()))) return first;
    const buffer = new Uint8Array(length);
    buffer.set(first);
    let filled = first.length;
    while (filled < length && (await this.#refill())) {
      const piece = this.#rest.subarray(0, length - filled);
      buffer.set(piece, filled);
      filled += piece.length;
      this.#rest = this.#rest.subarray(piece.length);
    }
    return buffer.subarray(0, filled);
  }

  #taken(length: number): Bytes {
    const piece = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return piece;
  }

  /** Whether nothing is left. */
  async isAtEnd(): Promise<boolean> {
    return !(await this.#refill());
  }

  /** Stop reading early and let the producer go. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #refill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      this.#rest = owned(next.value);
    }
    return true;
  }
}

/** Not every browser can iterate a ReadableStream, so its reader is driven by hand. */
async function* iterate(chunks: ByteChunks): AsyncGenerator<Uint8Array> {
  if (!("getReader" in chunks)) {
    yield* chunks;
    return;
  }
  const reader = chunks.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}

async function* takeFirst<Result>(pending: Promise<Result>[]): AsyncGenerator<Result> {
  const first = pending.shift();
  if (first !== undefined) yield await first;
}
