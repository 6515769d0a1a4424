/**
 * Boxes of the ISO base media file format, which HEIC, AVIF, JPEG XL and CR3 share.
 *
 * Source: ISO/IEC 14496-12, section 4.2.
 */

import { concat, fromLatin1, toUint32, typeAt, uint32, uintBig } from "./bytes.ts";
import { CannotStrip } from "./refusal.ts";

export interface Box {
  readonly type: string;
  /** Where the header begins. */
  readonly start: number;
  /** Where the payload begins. */
  readonly body: number;
  readonly end: number;
}

const BOX_LIMIT = 100_000;

/** The boxes that fill [start, end); refuses one that does not fit. */
export function boxesIn(bytes: Uint8Array, start: number, end: number): Box[] {
  const boxes: Box[] = [];
  let at = start;
  while (at + 8 <= end) {
    if (boxes.length >= BOX_LIMIT) throw new CannotStrip("too_complex", "boxes");
    const type = typeAt(bytes, at + 4);
    let size = uint32(bytes, at);
    let header = 8;
    if (size === 1) {
      size = uintBig(bytes, at + 8, 8);
      header = 16;
    } else if (size === 0) size = end - at;
    if (size < header || at + size > end) throw new CannotStrip("broken_structure", `box ${type}`);
    boxes.push({ type, start: at, body: at + header, end: at + size });
    at += size;
  }
  return boxes;
}

/** A box with a plain 32-bit size. */
export function boxBytes(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = concat(parts);
  return concat([toUint32(body.length + 8), fromLatin1(type), body]);
}

/** Turn a box into free space of the same size, in place. `bytes` may be a copy that begins `shift` later. */
export function blankBox(bytes: Uint8Array, box: Box, shift = 0): void {
  bytes.set(fromLatin1("free"), box.start + 4 - shift);
  bytes.fill(0, box.body - shift, box.end - shift);
}
