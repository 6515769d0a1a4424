/**
 * What the browser's walkers make of every test file: the vectors that the server's walkers
 * must match byte for byte. `tests/vectors/strip.ts` writes them down. Tests only.
 */

import * as fixtures from "./fixtures.ts";
import * as more from "./fixtures-more.ts";
import { mutant, randomSource } from "./mutants.ts";
import { concat, spells, toUint32 } from "./strip/bytes.ts";
import { packStored } from "./strip/deflate.ts";
import { pngChunk } from "./strip/png.ts";
import { CannotStrip, type PhotoKind, type Removed, strip } from "./strip/strip.ts";

export interface StripVector {
  readonly name: string;
  /** base64 */
  readonly file: string;
  readonly kind?: PhotoKind;
  readonly clean?: string;
  readonly removed?: readonly Removed[];
  readonly keptWhole?: boolean;
  readonly code?: string;
}

/** A PNG whose stream goes on after its last row. */
function overfullPng(): Uint8Array {
  const header = concat([toUint32(1), toUint32(1), Uint8Array.of(8, 0, 0, 0, 0)]);
  const pixels = packStored(concat([Uint8Array.of(0, 7), fixtures.planted("below-the-picture")]));
  const chunks = [pngChunk("IHDR", header), pngChunk("IDAT", pixels), pngChunk("IEND", new Uint8Array(0))];
  return concat([fixtures.text("\x89PNG\r\n\x1a\n"), ...chunks]);
}

/** A TIFF whose strips all lie on the same JPEG, so that reading each would take for ever. */
function crowdedTiff(): Uint8Array {
  const tiff = new fixtures.TiffWriter(true);
  const preview = fixtures.plainJpeg(fixtures.segment(0xfe, new Uint8Array(4000)));
  const at = tiff.add(preview);
  const places = Array.from({ length: 60 }, () => at);
  const main = tiff.directory([
    tiff.short(0x100, 4), tiff.short(0x101, 8), tiff.long(0x111, ...places), tiff.long(0x117, ...places.map(() => preview.length)),
  ]);
  return tiff.finish(main);
}

/** A HEIC with its table of items twice. */
function doubledHeif(): Uint8Array {
  const sample = more.plantedHeif().slice();
  // The last box of its kind is in `meta`; the word stands in its content too, after a hyphen.
  let at = sample.length - 1;
  while (at > 0 && (!spells(sample, at, "uuid") || sample[at - 1] === 0x2d)) at -= 1;
  sample.set(fixtures.text("iinf"), at);
  return sample;
}

const FILES: Readonly<Record<string, Uint8Array>> = {
  "jpeg": fixtures.plantedJpeg({ orientation: 6 }),
  "jpeg, little-endian": fixtures.plantedJpeg({ orientation: 3, little: true }),
  "jpeg turned by XMP alone": fixtures.plantedJpeg({ xmpOrientation: 8 }),
  "jpeg in Adobe RGB": fixtures.plantedJpeg({ adobeRgb: true, profile: null, orientation: 5 }),
  "jpeg with a standard profile": fixtures.plantedJpeg({ profile: fixtures.colourProfile("sRGB IEC61966-2.1") }),
  "plain jpeg": fixtures.plainJpeg(),
  "png": fixtures.plantedPng(),
  "animated png": fixtures.plantedPng(3, true),
  "png with more than its pixels": overfullPng(),
  "webp": fixtures.plantedWebp(),
  "animated webp": fixtures.plantedWebp(1, true),
  "gif": more.plantedGif(),
  "heic": more.plantedHeif(),
  "avif": more.plantedHeif({ brand: "avif" }),
  "heic with metadata in the picture": more.plantedHeif({ overlapping: true }),
  "heic with two tables": doubledHeif(),
  "avif sequence": more.plantedSequence(),
  "jxl": more.plantedJxl(),
  "jxl codestream": more.CODESTREAM,
  "little-endian tiff": more.plantedTiff({ little: true }),
  "big-endian tiff": more.plantedTiff({ little: false }),
  "tiff with metadata in the picture": more.plantedTiff({ overlapping: true }),
  "tiff of strips on one jpeg": crowdedTiff(),
  "BigTIFF": more.plantedBigTiff(),
  "dng": more.plantedTiff({ dng: true }),
  "nef": more.rawWithPreviews("NIKON CORPORATION").bytes,
  "another raw": more.rawWithPreviews("PENTAX").bytes,
  "raf": more.raf().bytes,
  "cr3": more.cr3().bytes,
  "no photo": fixtures.text("%PDF-1.7 not a photo at all"),
  "nothing": new Uint8Array(0),
  "gif that only clears its table": more.idleGif(Uint8Array.of(0x24, 0x49, 0x92)),
  "gif of more codes than pixels": more.idleGif(Uint8Array.of(0x04, 0x41, 0x10)),
};
const DAMAGED = ["jpeg", "png", "animated png", "webp", "gif", "heic", "avif sequence", "jxl", "little-endian tiff", "dng"];
const DAMAGED_EACH = 3;

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function vectorOf(name: string, bytes: Uint8Array): StripVector {
  const file = toBase64(bytes);
  try {
    const { kind, bytes: clean, removed, keptWhole } = strip(bytes);
    return keptWhole ? { name, file, kind, keptWhole } : { name, file, kind, clean: toBase64(clean), removed };
  } catch (error) {
    if (error instanceof CannotStrip) return { name, file, code: error.code };
    throw error;
  }
}

/** Every file, and a few damaged copies of some. */
export function stripVectors(): StripVector[] {
  const random = randomSource(20_261_127);
  const damaged = DAMAGED.flatMap((name) =>
    Array.from({ length: DAMAGED_EACH }, (_, k): StripVector =>
      vectorOf(`damaged ${name} ${k + 1}`, mutant(FILES[name] ?? new Uint8Array(0), random))),
  );
  return [...Object.entries(FILES).map(([name, bytes]) => vectorOf(name, bytes)), ...damaged];
}

/** The file of vectors as it stands on disk. */
export const renderedVectors = (): string => `${JSON.stringify(stripVectors(), null, 1)}\n`;
