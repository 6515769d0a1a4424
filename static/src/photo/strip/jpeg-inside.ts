/**
 * JPEG pictures inside another file (previews and tiles of TIFF and DNG), cleaned where
 * they lie: their length is recorded elsewhere and must not change.
 */

import { byteAt, type Span, spells, uint16 } from "./bytes.ts";
import type { Findings } from "./findings.ts";

const SEGMENT_LIMIT = 20_000;

const isMetadata = (bytes: Uint8Array, marker: number, body: number): boolean =>
  marker === 0xfe || (marker >= 0xe0 && marker <= 0xef && !(marker === 0xee && spells(bytes, body, "Adobe")));

/** Where the scan that begins at `start` ends: the next marker that is not data. */
function scanEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at + 1 < end; at += 1) {
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 1 >= end) return end;
    const next = byteAt(bytes, at + 1);
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return end;
}

export const isJpeg = (bytes: Uint8Array, span: Span): boolean => spells(bytes, span.start, "\xff\xd8");

/** Zero the payload of every application and comment segment, and what follows the end, in `copy`. */
export function blankInside(bytes: Uint8Array, copy: Uint8Array, span: Span, findings: Findings): void {
  let at = span.start + 2;
  for (let k = 0; k < SEGMENT_LIMIT && at + 4 <= span.end && byteAt(bytes, at) === 0xff; k += 1) {
    const marker = byteAt(bytes, at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xd9) {
      copy.fill(0, at + 2, span.end);
      return;
    }
    const end = at + 2 + uint16(bytes, at + 2);
    if (end > span.end) return;
    if (isMetadata(bytes, marker, at + 4)) {
      if (bytes.subarray(at + 4, end).some((byte) => byte !== 0)) findings.remove("preview");
      copy.fill(0, at + 4, end);
    }
    at = marker === 0xda ? scanEnd(bytes, end, span.end) : end;
  }
}
