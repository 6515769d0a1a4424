/**
 * Take out of a photo everything that a decoder does not need.
 *
 * Each walker writes out what it knows to be picture and drops the rest; what it cannot
 * walk it refuses. Pixels are never decoded, so they stay identical to the last bit.
 */

import { sameBytes } from "./bytes.ts";
import { Findings, type Removed } from "./findings.ts";
import { stripGif } from "./gif.ts";
import { stripHeif } from "./heif.ts";
import { stripJpeg } from "./jpeg.ts";
import { stripJxl } from "./jxl.ts";
import { isKeptWhole, kindOf, type PhotoKind } from "./kind.ts";
import { stripPng } from "./png.ts";
import { CannotStrip } from "./refusal.ts";
import { stripTiff } from "./tiff.ts";
import { stripWebp } from "./webp.ts";

export { describeRemoved, type Removed, type RemovedKind } from "./findings.ts";
export { isKeptWhole, kindOf, mediaTypeOf, type PhotoKind } from "./kind.ts";
export { CannotStrip, type RefusalCode } from "./refusal.ts";

export interface Stripped {
  readonly kind: PhotoKind;
  readonly bytes: Uint8Array;
  readonly removed: readonly Removed[];
  /** True for camera RAW, where `bytes` is the file as it came. */
  readonly keptWhole: boolean;
}

type Walker = (bytes: Uint8Array, findings: Findings) => Uint8Array;

const WALKERS: Partial<Record<PhotoKind, Walker>> = {
  jpeg: stripJpeg,
  png: stripPng,
  gif: stripGif,
  heic: stripHeif,
  avif: stripHeif,
  jxl: stripJxl,
  tiff: stripTiff,
  dng: stripTiff,
  webp: stripWebp,
};

/** Walk the file, filling `findings` as far as it can be read. Throws `CannotStrip`. */
export function walk(bytes: Uint8Array, kind: PhotoKind, findings: Findings): Uint8Array {
  const walker = WALKERS[kind];
  if (walker === undefined) throw new CannotStrip("unknown_format", kind);
  return walker(bytes, findings);
}

/** Formats cleaned where they lie, whose structures point at each other. */
const CLEANED_IN_PLACE: ReadonlySet<PhotoKind> = new Set(["heic", "avif", "tiff", "dng"]);

/** Refuse a result that reads differently from what was meant: a hostile file made two structures share bytes. */
function checkResult(clean: Uint8Array, kind: PhotoKind): void {
  if (kindOf(clean) !== kind) throw new CannotStrip("broken_structure", "kind changed");
  if (!CLEANED_IN_PLACE.has(kind)) return;
  if (!sameBytes(walk(clean, kind, new Findings()), clean)) throw new CannotStrip("broken_structure", "not stable");
}

/** Strip one photo. Throws `CannotStrip` with a code and a plain sentence when it must refuse. */
export function strip(bytes: Uint8Array): Stripped {
  const kind = kindOf(bytes);
  if (isKeptWhole(kind)) return { kind, bytes, removed: [], keptWhole: true };
  const findings = new Findings();
  const clean = walk(bytes, kind, findings);
  checkResult(clean, kind);
  return { kind, bytes: clean, removed: findings.removed(), keptWhole: false };
}
