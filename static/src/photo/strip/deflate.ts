/**
 * Finding where a zlib stream ends, and unpacking small ones.
 *
 * Browsers offer no synchronous inflate, and none says how many bytes it used. Pixels
 * cut away by a careless editor are left after the end of the stream ("aCropalypse"), so
 * the end has to be found. Nothing is stored while measuring: memory stays constant and
 * time grows with the packed size only. Source: RFC 1950, RFC 1951.
 */

import { byteAt, concat } from "./bytes.ts";

/** The stream contradicts itself. */
export class DamagedStream extends Error {}
/** The stream goes on past the bytes we have. */
export class UnfinishedStream extends Error {}

const FAST_BITS = 9;
const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** A canonical Huffman code: a table for short codes, counts and symbols for the rest. */
interface Code {
  readonly fast: Uint16Array;
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
  /** At most one symbol, of one bit: the other bit means nothing. */
  readonly isSingle: boolean;
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let k = 0; k < length; k += 1) result |= ((code >> k) & 1) << (length - 1 - k);
  return result;
}

function fastTable(lengths: readonly number[], counts: Uint16Array): Uint16Array {
  const fast = new Uint16Array(1 << FAST_BITS);
  const next: number[] = [0, 0];
  for (let k = 1; k <= FAST_BITS; k += 1) next[k + 1] = ((next[k] ?? 0) + (counts[k] ?? 0)) << 1;
  lengths.forEach((length, symbol) => {
    if (length === 0 || length > FAST_BITS) return;
    const code = next[length] ?? 0;
    next[length] = code + 1;
    for (let at = reversed(code, length); at < fast.length; at += 1 << length) fast[at] = (length << 9) | symbol;
  });
  return fast;
}

/** Build a code from its lengths; an incomplete set is allowed only where zlib allows it. */
function buildCode(lengths: readonly number[], mayBeSingle: boolean): Code {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  counts[0] = 0;
  let left = 1;
  let longest = 0;
  for (let k = 1; k < 16; k += 1) {
    left = left * 2 - (counts[k] ?? 0);
    if (left < 0) throw new DamagedStream("over-subscribed code");
    if ((counts[k] ?? 0) > 0) longest = k;
  }
  if (left > 0 && !(mayBeSingle && longest <= 1)) throw new DamagedStream("incomplete code");
  const offsets = new Uint16Array(16);
  for (let k = 1; k < 15; k += 1) offsets[k + 1] = (offsets[k] ?? 0) + (counts[k] ?? 0);
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    symbols[offsets[length] ?? 0] = symbol;
    offsets[length] = (offsets[length] ?? 0) + 1;
  });
  return { fast: fastTable(lengths, counts), counts, symbols, isSingle: left > 0 };
}

const FIXED_LITERALS = buildCode(
  Array.from({ length: 288 }, (_, k) => (k < 144 ? 8 : k < 256 ? 9 : k < 280 ? 7 : 8)), false,
);
const FIXED_DISTANCES = buildCode(Array.from({ length: 32 }, () => 5), false);

/** Reads one deflate stream; `output` is null while only measuring. */
class Inflater {
  readonly #bytes: Uint8Array;
  #at: number;
  #hold = 0;
  #held = 0;
  produced = 0;
  readonly #output: Uint8Array | null;
  readonly #limit: number;

  constructor(bytes: Uint8Array, start: number, limit: number, output: Uint8Array | null) {
    this.#bytes = bytes;
    this.#at = start;
    this.#limit = limit;
    this.#output = output;
  }

  /** Run to the end of the last block; returns the offset of the first byte after it. */
  run(): number {
    for (;;) {
      const isLast = this.#bits(1) === 1;
      const type = this.#bits(2);
      if (type === 0) this.#stored();
      else if (type === 1) this.#packed(FIXED_LITERALS, FIXED_DISTANCES);
      else if (type === 2) this.#dynamic();
      else throw new DamagedStream("block type");
      if (isLast) return this.#at - (this.#held >> 3);
    }
  }

  #bits(count: number): number {
    while (this.#held < count) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new UnfinishedStream();
      this.#hold |= byte << this.#held;
      this.#held += 8;
      this.#at += 1;
    }
    const value = this.#hold & ((1 << count) - 1);
    this.#hold >>>= count;
    this.#held -= count;
    return value;
  }

  #symbol(code: Code): number {
    while (this.#held < 15) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) break;
      this.#hold |= byte << this.#held;
      this.#held += 8;
      this.#at += 1;
    }
    const fast = code.fast[this.#hold & ((1 << FAST_BITS) - 1)] ?? 0;
    if (fast === 0) return this.#slowSymbol(code);
    const length = fast >> 9;
    if (length > this.#held) throw new UnfinishedStream();
    this.#hold >>>= length;
    this.#held -= length;
    return fast & 511;
  }

  #slowSymbol(code: Code): number {
    if (code.isSingle && this.#held > 0) throw new DamagedStream("code");
    let word = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length < 16; length += 1) {
      if (length > this.#held) throw new UnfinishedStream();
      word |= (this.#hold >> (length - 1)) & 1;
      const count = code.counts[length] ?? 0;
      if (word - count < first) {
        this.#hold >>>= length;
        this.#held -= length;
        return code.symbols[index + word - first] ?? 0;
      }
      index += count;
      first = (first + count) << 1;
      word <<= 1;
    }
    throw new DamagedStream("code");
  }

  #grow(count: number): void {
    this.produced += count;
    if (this.produced > this.#limit) throw new DamagedStream("too large");
  }

  #stored(): void {
    this.#at -= this.#held >> 3;
    this.#hold = 0;
    this.#held = 0;
    const length = this.#bits(16);
    if ((this.#bits(16) ^ 0xffff) !== length) throw new DamagedStream("stored length");
    const from = this.produced;
    // What is there counts even when the rest is missing: it may already be more than is allowed.
    this.#grow(Math.min(length, this.#bytes.length - this.#at));
    if (this.#at + length > this.#bytes.length) throw new UnfinishedStream();
    this.#output?.set(this.#bytes.subarray(this.#at, this.#at + length), from);
    this.#at += length;
  }

  #dynamic(): void {
    const literals = this.#bits(5) + 257;
    const distances = this.#bits(5) + 1;
    const codes = this.#bits(4) + 4;
    if (literals > 286 || distances > 30) throw new DamagedStream("code counts");
    const order = new Array<number>(19).fill(0);
    for (const place of CODE_ORDER.slice(0, codes)) order[place] = this.#bits(3);
    const lengths = this.#lengths(buildCode(order, false), literals + distances);
    if (lengths[256] === 0) throw new DamagedStream("no end of block");
    this.#packed(buildCode(lengths.slice(0, literals), true), buildCode(lengths.slice(literals), true));
  }

  #lengths(code: Code, total: number): number[] {
    const lengths: number[] = [];
    while (lengths.length < total) {
      const symbol = this.#symbol(code);
      if (symbol < 16) {
        lengths.push(symbol);
        continue;
      }
      const previous = lengths.at(-1);
      const times = symbol === 16 ? 3 + this.#bits(2) : symbol === 17 ? 3 + this.#bits(3) : 11 + this.#bits(7);
      if (symbol === 16 && previous === undefined) throw new DamagedStream("repeat of nothing");
      if (lengths.length + times > total) throw new DamagedStream("repeat too long");
      for (let k = 0; k < times; k += 1) lengths.push(symbol === 16 ? (previous ?? 0) : 0);
    }
    return lengths;
  }

  #packed(literals: Code, distances: Code): void {
    for (;;) {
      const symbol = this.#symbol(literals);
      if (symbol < 256) {
        if (this.#output !== null) this.#output[this.produced] = symbol;
        this.#grow(1);
      } else if (symbol === 256) return;
      else this.#copy(symbol - 257, distances);
    }
  }

  #copy(lengthCode: number, distances: Code): void {
    const base = LENGTH_BASE[lengthCode];
    if (base === undefined) throw new DamagedStream("length");
    const length = base + this.#bits(LENGTH_EXTRA[lengthCode] ?? 0);
    const distanceCode = this.#symbol(distances);
    const distanceBase = DISTANCE_BASE[distanceCode];
    if (distanceBase === undefined) throw new DamagedStream("distance");
    const distance = distanceBase + this.#bits(distanceCode < 4 ? 0 : (distanceCode >> 1) - 1);
    if (distance > this.produced) throw new DamagedStream("distance too far");
    const from = this.produced;
    this.#grow(length);
    if (this.#output === null) return;
    for (let k = 0; k < length; k += 1) this.#output[from + k] = this.#output[from + k - distance] ?? 0;
  }
}

function checkHeader(bytes: Uint8Array): void {
  if (bytes.length < 2) throw new UnfinishedStream();
  const method = byteAt(bytes, 0);
  const flags = byteAt(bytes, 1);
  const isValid = (method & 15) === 8 && method >> 4 <= 7 && (method * 256 + flags) % 31 === 0 && (flags & 32) === 0;
  if (!isValid) throw new DamagedStream("zlib header");
}

/**
 * Length in bytes of the zlib stream at the start of `bytes`, its checksum included.
 * Throws `DamagedStream`, also where it unpacks to more than `limit` bytes, or
 * `UnfinishedStream` where the bytes end first.
 */
export function zlibLength(bytes: Uint8Array, limit = Number.MAX_SAFE_INTEGER): number {
  checkHeader(bytes);
  const end = new Inflater(bytes, 2, limit, null).run();
  if (end + 4 > bytes.length) throw new UnfinishedStream();
  return end + 4;
}

/** Unpack a zlib stream of at most `limit` bytes; null when it is damaged, unfinished or larger. */
export function unpack(bytes: Uint8Array, limit: number): Uint8Array | null {
  try {
    checkHeader(bytes);
    const measured = new Inflater(bytes, 2, limit, null);
    measured.run();
    const output = new Uint8Array(measured.produced);
    new Inflater(bytes, 2, limit, output).run();
    return output;
  } catch (error) {
    if (error instanceof DamagedStream || error instanceof UnfinishedStream) return null;
    throw error;
  }
}

function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return ((high << 16) | low) >>> 0;
}

/** A zlib stream of stored blocks: the same bytes from every implementation that writes it. */
export function packStored(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 0x01)];
  let at = 0;
  do {
    const block = bytes.subarray(at, at + 65535);
    at += block.length;
    const size = block.length;
    const isLast = at >= bytes.length ? 1 : 0;
    parts.push(Uint8Array.of(isLast, size, size >> 8, ~size, ~size >> 8), block);
  } while (at < bytes.length);
  const sum = adler32(bytes);
  parts.push(Uint8Array.of(sum >>> 24, sum >>> 16, sum >>> 8, sum));
  return concat(parts);
}
