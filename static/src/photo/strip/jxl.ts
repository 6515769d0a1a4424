/**
 * JPEG XL: keeps the codestream boxes and the gain map; EXIF, XMP, provenance, packed
 * boxes and the recipe for rebuilding an original JPEG (which holds its metadata) go.
 *
 * A bare codestream has no place for metadata but extra-channel names, and is kept.
 * Source: ISO/IEC 18181-2.
 */

import { byteAt, concat, spells, typeAt, uint32 } from "./bytes.ts";
import { type Box, boxesIn } from "./boxes.ts";
import type { Findings } from "./findings.ts";
import { Hints } from "./noted.ts";
import { CannotStrip } from "./refusal.ts";

const KEPT = new Set(["JXL ", "ftyp", "jxlc", "jxlp", "jxll", "jxli", "jhgm"]);
const RATIOS: readonly (readonly [number, number])[] = [[1, 1], [12, 10], [4, 3], [3, 2], [16, 9], [5, 4], [2, 1]];

/** Reads the size header: pixels, before turning. */
function noteSize(codestream: Uint8Array, findings: Findings): void {
  if (!spells(codestream, 0, "\xff\x0a") || codestream.length < 14) return;
  let at = 16;
  const bits = (count: number): number => {
    let value = 0;
    for (let k = 0; k < count; k += 1, at += 1) value += ((byteAt(codestream, at >> 3) >> (at & 7)) & 1) * 2 ** k;
    return value;
  };
  const isSmall = bits(1) === 1;
  const side = (): number => (isSmall ? (bits(5) + 1) * 8 : bits([9, 13, 18, 30][bits(2)] ?? 9) + 1);
  const height = side();
  const ratio = RATIOS[bits(3) - 1];
  const width = ratio === undefined ? side() : Math.floor((height * ratio[0]) / ratio[1]);
  findings.setSize(width, height);
}

function noteDropped(bytes: Uint8Array, box: Box, hints: Hints, findings: Findings): void {
  const body = bytes.subarray(box.body, box.end);
  const packed = box.type === "brob" && body.length >= 4 ? typeAt(body, 0) : "";
  if (box.type === "Exif" && body.length > 8) hints.noteExif(body.subarray(4 + Math.min(uint32(body, 0), body.length)), findings);
  else if (box.type === "xml ") hints.noteXmp(body, findings);
  else if (packed === "Exif") {
    findings.remove("capture-time");
    findings.remove("camera");
  } else if (box.type === "jumb" || packed === "jumb") findings.remove("content-credentials");
  else if (box.type !== "free" && box.type !== "skip") findings.remove("unknown-block", packed === "" ? box.type : packed);
}

/** The same picture without anything a decoder does not need. */
export function stripJxl(bytes: Uint8Array, findings: Findings): Uint8Array {
  if (byteAt(bytes, 0) === 0xff) {
    if (bytes.length < 14) throw new CannotStrip("cut_short", "codestream");
    noteSize(bytes, findings);
    return bytes;
  }
  const hints = new Hints();
  const kept: Uint8Array[] = [];
  let hasPicture = false;
  for (const box of boxesIn(bytes, 0, bytes.length)) {
    if (!KEPT.has(box.type)) {
      noteDropped(bytes, box, hints, findings);
      continue;
    }
    kept.push(bytes.subarray(box.start, box.end));
    if (box.type === "jxlc" || box.type === "jxlp") {
      noteSize(bytes.subarray(box.body + (box.type === "jxlp" ? 4 : 0), box.end), findings);
      hasPicture = true;
    }
  }
  if (!hasPicture) throw new CannotStrip("no_picture", "no codestream");
  return concat(kept);
}
