/**
 * Memory for files that are held whole, used again: for each new piece of it the system clears so many pages that
 * a copy into it takes seven times as long.
 */
import type { Bytes } from "../../crypto/bytes.ts";

/** Of a photo of a common size; what is smaller goes into as much, so that it fits again. */
const LEAST_BYTES = 1024 * 1024;

export class Room {
  readonly #free: ArrayBuffer[] = [];
  readonly #most: number;

  /** Keeps so many pieces at most. */
  constructor(most: number) {
    this.#most = most;
  }

  /** So many bytes, full of whatever was there before. */
  take(length: number): Bytes {
    const at = this.#free.findIndex(({ byteLength }) => byteLength >= length);
    const [buffer] = at < 0 ? [] : this.#free.splice(at, 1);
    return new Uint8Array(buffer ?? new ArrayBuffer(Math.ceil(length / LEAST_BYTES) * LEAST_BYTES), 0, length);
  }

  /** Nobody uses these bytes any more. Those that came from elsewhere are forgotten. */
  give({ buffer }: Bytes): void {
    if (buffer.byteLength < LEAST_BYTES) return;
    this.#free.push(buffer);
    // The smallest goes: large ones hold small files too.
    if (this.#free.length > this.#most) this.#free.sort((one, other) => other.byteLength - one.byteLength).pop();
  }
}
