/**
 * How many bytes the pixels of a PNG take, unpacked: its image data may hold that much and no
 * more, for what follows the last row is shown by nobody.
 */

import { byteAt, uint32 } from "./bytes.ts";
import { CannotStrip } from "./refusal.ts";

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: ReadonlySet<number> = new Set([1, 2, 4, 8, 16]);

type Pass = readonly [left: number, top: number, across: number, down: number];

const WHOLE: readonly Pass[] = [[0, 0, 1, 1]];
/** Adam7: first column, first row, step between columns, step between rows, for each pass. */
const ADAM7: readonly Pass[] = [
  [0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2],
];

/** What the header chunk says of size, depth, colours and interlacing. */
export class PixelLayout {
  readonly width: number;
  readonly height: number;
  readonly #bits: number;
  readonly #passes: readonly Pass[];

  /** Reads the payload of the header chunk at `at`. */
  constructor(bytes: Uint8Array, at: number) {
    this.width = uint32(bytes, at);
    this.height = uint32(bytes, at + 4);
    const [depth, colours, interlacing] = [byteAt(bytes, at + 8), byteAt(bytes, at + 9), byteAt(bytes, at + 12)];
    const channels = CHANNELS[colours];
    if (channels === undefined || !DEPTHS.has(depth) || interlacing > 1) {
      throw new CannotStrip("unsupported_variant", "pixel layout");
    }
    this.#bits = depth * channels;
    this.#passes = interlacing === 1 ? ADAM7 : WHOLE;
  }

  /** Bytes of a frame of this size; each row begins with the number of its filter. */
  unpackedSize(width: number, height: number): number {
    let total = 0;
    for (const [left, top, across, down] of this.#passes) {
      const columns = Math.max(0, Math.ceil((width - left) / across));
      const rows = Math.max(0, Math.ceil((height - top) / down));
      if (columns > 0) total += rows * (1 + Math.ceil((columns * this.#bits) / 8));
    }
    return total;
  }
}
