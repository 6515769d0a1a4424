/**
 * The compressions of TIFF, each bounded by the block it fills.
 *
 * geotiff has codecs of its own, but a block of a few kilobytes could make them write gigabytes, and
 * two of them collect single numbers in lists. These write into memory of a size known before.
 * Source: TIFF 6.0, sections 9, 13 and 14, and its supplement on Deflate.
 */
import { addDecoder, getDecoder, type BaseDecoder } from "geotiff";

import { NoPicture } from "../no-picture.ts";
import { byteAt, uint16 } from "../strip/bytes.ts";

/** What every strip or tile of one picture is like. */
export interface Block {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Unpacked. */
  readonly bytes: number;
  /** Samples of 16 bits whose higher byte comes first. */
  readonly isSwapped: boolean;
}

type Bytes = Uint8Array<ArrayBuffer>;
type Unpack = (packed: Bytes, size: number) => Bytes | Promise<Bytes>;

/** geotiff keeps each 8 by 8 of a JPEG as an object of its own: some 17 bytes for a pixel without subsampling. */
const MOST_JPEG_PIXELS = 40_000_000;
const [CLEAR, END, MOST_CODES] = [256, 257, 4096];

/** LZW, highest bit first. What is missing stays zero; what is too much is not written. */
export function unpackLzw(packed: Bytes, size: number): Bytes {
  const output = new Uint8Array(size);
  /** Of each code: where its text stands in the output, and how long it is. */
  const [starts, lengths] = [new Uint32Array(MOST_CODES), new Uint16Array(MOST_CODES)];
  let [next, width, bits, held, at, before] = [END + 1, 9, 0, 0, 0, -1];
  for (const byte of packed) {
    held = ((held << 8) | byte) & 0xffffff;
    bits += 8;
    if (bits < width) continue;
    bits -= width;
    const code = (held >> bits) & ((1 << width) - 1);
    if (code === END || at >= size) break;
    if (code === CLEAR) {
      [next, width, before] = [END + 1, 9, -1];
      continue;
    }
    if (code > next || (code === next && before < 0)) throw new NoPicture("broken_picture");
    const [start, length] = code < CLEAR ? [-1, 1] : code < next ? [starts[code] ?? 0, lengths[code] ?? 0] : [before, at - before + 1];
    if (before >= 0 && next < MOST_CODES) {
      [starts[next], lengths[next]] = [before, at - before + 1];
      next += 1;
      if (next + 1 === 1 << width && width < 12) width += 1;
    }
    before = at;
    // Byte by byte: a text may run into itself.
    for (let k = 0; k < length; k += 1, at += 1) output[at] = start < 0 ? code : (output[start + k] ?? 0);
  }
  return output;
}

/** PackBits: runs and plain stretches. */
export function unpackBits(packed: Bytes, size: number): Bytes {
  const output = new Uint8Array(size);
  let at = 0;
  for (let from = 0; from < packed.length && at < size;) {
    const head = byteAt(packed, from);
    if (head < 128) {
      output.set(packed.subarray(from + 1, Math.min(from + 2 + head, from + 1 + size - at)), at);
      at += head + 1;
      from += head + 2;
    } else {
      if (head > 128 && from + 1 < packed.length) output.fill(byteAt(packed, from + 1), at, at + 257 - head);
      at += head > 128 ? 257 - head : 0;
      from += head > 128 ? 2 : 1;
    }
  }
  return output;
}

/** zlib, by the browser. Reading ends when the block is full. */
export async function inflate(packed: Bytes, size: number): Promise<Bytes> {
  const output = new Uint8Array(size);
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  let at = 0;
  try {
    for (let step = await reader.read(); !step.done && at < size; step = await reader.read()) {
      output.set(step.value.subarray(0, size - at), at);
      at += step.value.length;
    }
  } catch {
    // Bytes after the end are harmless, a stream that gave nothing is not.
    if (at < size) throw new NoPicture("broken_picture");
  }
  await reader.cancel().catch(() => undefined);
  return output;
}

/** The most pixels that any frame inside claims: the decoder makes room for each it meets. */
function largestFrame(jpeg: Bytes): number {
  let most = 0;
  for (let at = jpeg.indexOf(0xff); at >= 0 && at + 9 <= jpeg.length; at = jpeg.indexOf(0xff, at + 1)) {
    const marker = byteAt(jpeg, at + 1);
    if (marker >= 0xc0 && marker <= 0xc2) most = Math.max(most, uint16(jpeg, at + 5) * uint16(jpeg, at + 7));
  }
  return most;
}

function swapPairs(bytes: Bytes): void {
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    const first = byteAt(bytes, at);
    bytes[at] = byteAt(bytes, at + 1);
    bytes[at + 1] = first;
  }
}

let jpegDecoder: Promise<typeof BaseDecoder> | null = null;

/** geotiff hands out its own decoder until another is put in its place. */
async function ownJpegDecoder(): Promise<typeof BaseDecoder> {
  const parameters = { tileWidth: 1, tileHeight: 1, predictor: 1, bitsPerSample: 8, planarConfiguration: 1 };
  return (await getDecoder(7, parameters)).constructor as typeof BaseDecoder;
}

function bounded(Decoder: typeof BaseDecoder, unpack: Unpack, { bytes, isSwapped }: Block): typeof BaseDecoder {
  return class extends Decoder {
    override async decodeBlock(packed: ArrayBuffer): Promise<ArrayBuffer> {
      const block = await unpack(new Uint8Array(packed), bytes);
      if (isSwapped) swapPairs(block);
      return block.buffer;
    }

    // The predictor of geotiff adds numbers as this machine orders their bytes.
    override async decode(packed: ArrayBuffer): Promise<ArrayBuffer> {
      const block = (await super.decode(packed)) as ArrayBuffer;
      if (isSwapped) swapPairs(new Uint8Array(block));
      return block;
    }
  };
}

function boundedJpeg(Decoder: typeof BaseDecoder, { width, height }: Block): typeof BaseDecoder {
  return class extends Decoder {
    override decodeBlock(packed: ArrayBuffer): ArrayBufferLike | Promise<ArrayBufferLike> {
      const pixels = largestFrame(new Uint8Array(packed));
      // The last strip may be coded as a whole one, and a frame is filled up to whole units of 16.
      if (pixels > (width + 15) * (height + 15)) throw new NoPicture("broken_picture");
      if (pixels > MOST_JPEG_PIXELS) throw new NoPicture("too_many_pixels");
      return super.decodeBlock(packed);
    }
  };
}

/** The compressions that are read, by their number in the file. */
export const COMPRESSIONS: ReadonlySet<number> = new Set([1, 5, 7, 8, 32946, 32773]);

/** Put our codecs in place for one picture; another may follow when it is done. */
export async function boundCodecs(block: Block, Decoder: typeof BaseDecoder): Promise<void> {
  jpegDecoder ??= ownJpegDecoder();
  const jpeg = boundedJpeg(await jpegDecoder, block);
  const unpackers: readonly (readonly [number[], Unpack])[] = [[[5], unpackLzw], [[8, 32946], inflate], [[32773], unpackBits]];
  for (const [numbers, unpack] of unpackers) addDecoder(numbers, () => Promise.resolve(bounded(Decoder, unpack, block)));
  addDecoder(7, () => Promise.resolve(jpeg), async (directory) => ({
    tileWidth: block.width, tileHeight: block.height, predictor: 1, bitsPerSample: 8, planarConfiguration: 1,
    JPEGTables: await directory.loadValue("JPEGTables"),
  }));
}
