/** SHA-256 of what is written and of what is read back, and the sum that an archive wants of what goes into it. */
import { runningSha256, sha256Of, sha256OfSmall } from "../../crypto/digest.ts";
import { toHex, type Bytes } from "../../crypto/bytes.ts";
import { crc32 } from "./crc32.ts";
import type { Room } from "./room.ts";
import type { Stored } from "./target.ts";

/** Up to here a file is held whole, which is quicker; above, it goes through piece by piece. */
export const WHOLE_BYTES = 32 * 1024 * 1024;

/** Of so many a digest takes less time than asking for it. */
const SMALL_BYTES = 16 * 1024;

/** A digest, and the bytes again: they may have been moved elsewhere and back. */
export interface Hashed {
  /** 64 hexadecimal digits in lower case. */
  readonly sha256: string;
  /** CRC-32; null where nobody asked for it. */
  readonly crc: number | null;
  readonly bytes: Bytes;
}

/** Whoever hands bytes over does not touch them again: it goes on with those that come back. */
export type Hash = (bytes: Bytes, wantsCrc: boolean) => Promise<Hashed>;

export async function sha256Hex(bytes: Bytes): Promise<string> {
  if (bytes.length <= SMALL_BYTES) return await sha256OfSmall(bytes);
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

export const hashHere: Hash = async (bytes, wantsCrc) => ({ sha256: await sha256Hex(bytes), crc: wantsCrc ? crc32(bytes) : null, bytes });

/** @param room has the memory that a file is read into meanwhile. */
export async function sha256OfStored(stored: Stored, hash: Hash, room: Room): Promise<string> {
  if (stored.size > WHOLE_BYTES) return toHex(await sha256Of(stored.pieces()));
  const { sha256, bytes } = await hash(await stored.whole(room), false);
  room.give(bytes);
  return sha256;
}

/** Content that is known to be whole, or that comes in pieces because it is large. */
export type Gathered = { readonly whole: Bytes } | { readonly first: Bytes; readonly rest: AsyncIterator<Bytes> };

/** Gather pieces, into memory that `room` has, until all are there or it gets too much. */
export async function gather(pieces: AsyncIterable<Bytes>, room: Room, expected: number, most = WHOLE_BYTES): Promise<Gathered> {
  const iterator = pieces[Symbol.asyncIterator]();
  let held = room.take(Math.min(expected, most));
  let size = 0;
  while (size <= most) {
    const step = await iterator.next();
    if (step.done === true) return { whole: held.subarray(0, size) };
    if (size + step.value.length > held.length) held = larger(held, size, size + step.value.length, room, most);
    held.set(step.value, size);
    size += step.value.length;
  }
  return { first: held.subarray(0, size), rest: iterator };
}

/** More room for what is longer than it was said to be, or as long with what the memory has left over. */
function larger(held: Bytes, size: number, needed: number, room: Room, most: number): Bytes {
  if (needed <= held.buffer.byteLength) return new Uint8Array(held.buffer);
  const wider = room.take(Math.max(needed, Math.min(size * 2, most)));
  wider.set(held.subarray(0, size));
  room.give(held);
  return wider;
}

/** A stream that is hashed as it passes. The hash is there once all of it went through. */
export class HashedPieces {
  readonly #first: Bytes;
  readonly #rest: AsyncIterator<Bytes>;
  bytes = 0;
  sha256 = "";

  constructor(first: Bytes, rest: AsyncIterator<Bytes>) {
    this.#first = first;
    this.#rest = rest;
  }

  async *through(): AsyncGenerator<Bytes> {
    const digest = await runningSha256();
    try {
      for (let piece: Bytes | undefined = this.#first; piece !== undefined; piece = await this.#next()) {
        digest.update(piece);
        this.bytes += piece.length;
        yield piece;
      }
    } finally {
      await this.#rest.return?.();
    }
    this.sha256 = toHex(digest.finish());
  }

  async #next(): Promise<Bytes | undefined> {
    const step = await this.#rest.next();
    return step.done === true ? undefined : step.value;
  }
}
