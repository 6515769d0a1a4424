/**
 * The largest JPEG that a camera put inside its RAW file.
 *
 * No browser decodes RAW, so the preview is what the grid and the viewer show. It is found
 * by walking the container; nothing is searched for by its looks, and every count is bounded.
 * Source: TIFF/EP, Canon CR2 and CR3 as described by their readers, Fujifilm RAF header.
 */

import { type Span, spells, uint16, uint32, uintBig, uintLittle } from "./strip/bytes.ts";
import { type Box, boxesIn } from "./strip/boxes.ts";
import { byteOrder, numbersOf, readExifBlock } from "./strip/exif-block.ts";
import { kindOf, type PhotoKind } from "./strip/kind.ts";
import { CannotStrip } from "./strip/refusal.ts";

const DIRECTORY_LIMIT = 64;
const ENTRY_LIMIT = 1000;
const SEGMENT_LIMIT = 200;
const CR3_PREVIEW = "\xea\xf4\x2b\x5e\x1c\x98\x4b\x88\xb9\xfb\xb7\xdc\x40\x6e\x4d\x16";
const CR3_METADATA = "\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48";

/** Run a walker over bytes that may be broken; what it cannot read gives `otherwise`. */
function tolerant<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CannotStrip) return otherwise;
    throw error;
  }
}

/** Pixels of the JPEG in this range; 0 where it is none that a browser decodes, such as lossless raw data. */
export function jpegPixels(bytes: Uint8Array, span: Span): number {
  if (span.end > bytes.length || !spells(bytes, span.start, "\xff\xd8\xff")) return 0;
  let at = span.start + 2;
  for (let k = 0; k < SEGMENT_LIMIT && at + 9 < span.end; k += 1) {
    const marker = uint16(bytes, at);
    if (marker >= 0xffc0 && marker <= 0xffc2) return uint16(bytes, at + 5) * uint16(bytes, at + 7);
    if (marker < 0xffc0 || marker === 0xffda || marker === 0xffd9) return 0;
    at += marker === 0xffff ? 1 : 2 + uint16(bytes, at + 2);
  }
  return 0;
}

/** One directory's entries that matter here, as numbers. */
type Fields = ReadonlyMap<number, readonly number[]>;

class TiffPreviews {
  readonly #bytes: Uint8Array;
  readonly #little: boolean;
  readonly found: Span[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#little = bytes[0] === 0x49;
  }

  walk(): Span[] {
    const queue = [this.#uint(4, 4)];
    const seen = new Set<number>();
    for (let offset = queue.shift(); offset !== undefined; offset = queue.shift()) {
      if (offset < 8 || seen.has(offset) || seen.size >= DIRECTORY_LIMIT) continue;
      seen.add(offset);
      const at = offset;
      for (const next of tolerant(() => this.#directory(at), [])) queue.push(next);
    }
    return this.found;
  }

  #uint(at: number, width: number): number {
    return this.#little ? uintLittle(this.#bytes, at, width) : uintBig(this.#bytes, at, width);
  }

  /** Note the pictures of one directory; returns where further directories are. */
  #directory(offset: number): number[] {
    const count = Math.min(this.#uint(offset, 2), ENTRY_LIMIT);
    const fields = new Map<number, readonly number[]>();
    for (let k = 0; k < count; k += 1) {
      const at = offset + 2 + 12 * k;
      const tag = this.#uint(at, 2);
      if (tag === 0x2e) this.found.push({ start: this.#uint(at + 8, 4), end: this.#uint(at + 8, 4) + this.#uint(at + 4, 4) });
      else fields.set(tag, tolerant(() => this.#values(at), []));
    }
    this.#pictures(fields);
    const next = tolerant(() => this.#uint(offset + 2 + 12 * count, 4), 0);
    return [...(fields.get(0x014a) ?? []), ...(fields.get(0x8769) ?? []), next];
  }

  #values(at: number): number[] {
    const type = this.#uint(at + 2, 2);
    const count = Math.min(this.#uint(at + 4, 4), 16);
    if (type !== 3 && type !== 4 && type !== 13) return [];
    const width = type === 3 ? 2 : 4;
    const start = this.#uint(at + 4, 4) * width <= 4 ? at + 8 : this.#uint(at + 8, 4);
    return Array.from({ length: count }, (_, k) => this.#uint(start + width * k, width));
  }

  #pictures(fields: Fields): void {
    for (const [place, size] of [[0x0201, 0x0202], [0x0111, 0x0117]] as const) {
      const [start, ...more] = fields.get(place) ?? [];
      const [length] = fields.get(size) ?? [];
      if (start !== undefined && length !== undefined && more.length === 0) this.found.push({ start, end: start + length });
    }
  }
}

function rafPreview(bytes: Uint8Array): Span[] {
  const start = uint32(bytes, 84);
  return [{ start, end: start + uint32(bytes, 88) }];
}

function isUuid(bytes: Uint8Array, box: Box, uuid: string): boolean {
  return box.type === "uuid" && spells(bytes, box.body, uuid);
}

/** The picture inside a PRVW or THMB box: a short header of version-dependent layout, then the JPEG. */
function pictureInBox(bytes: Uint8Array, box: Box): Span[] {
  for (let start = box.body + 8; start < Math.min(box.end, box.body + 32); start += 1) {
    if (spells(bytes, start, "\xff\xd8\xff")) return [{ start, end: box.end }];
  }
  return [];
}

/** The first sample of a track: CR3 keeps its full-size JPEG as one. */
function firstSample(bytes: Uint8Array, track: Box): Span[] {
  let inside: Box = track;
  for (const name of ["mdia", "minf", "stbl"]) {
    const next: Box | undefined = boxesIn(bytes, inside.body, inside.end).find((box) => box.type === name);
    if (next === undefined) return [];
    inside = next;
  }
  const tables = boxesIn(bytes, inside.body, inside.end);
  const sizes = tables.find((box) => box.type === "stsz");
  const offsets = tables.find((box) => box.type === "co64");
  if (sizes === undefined || offsets === undefined) return [];
  const size = uint32(bytes, sizes.body + 4) || uint32(bytes, sizes.body + 12);
  const start = uintBig(bytes, offsets.body + 8, 8);
  return [{ start, end: start + size }];
}

function cr3Previews(bytes: Uint8Array): Span[] {
  return boxesIn(bytes, 0, bytes.length).flatMap((box) => {
    if (isUuid(bytes, box, CR3_PREVIEW)) {
      return boxesIn(bytes, box.body + 24, box.end).flatMap((inner) => pictureInBox(bytes, inner));
    }
    if (box.type !== "moov") return [];
    const tracks = boxesIn(bytes, box.body, box.end).filter((inner) => inner.type === "trak").slice(0, 16);
    return tracks.flatMap((track) => tolerant(() => firstSample(bytes, track), []));
  });
}

function candidates(bytes: Uint8Array, kind: PhotoKind): Span[] {
  if (kind === "raw-raf") return rafPreview(bytes);
  if (kind === "raw-cr3") return cr3Previews(bytes);
  return kind === "dng" || kind.startsWith("raw-") ? new TiffPreviews(bytes).walk() : [];
}

/** The byte range of the largest preview a browser can show, or null. Never throws. */
export function largestPreview(bytes: Uint8Array, kind: PhotoKind = kindOf(bytes)): Span | null {
  let best: Span | null = null;
  let most = 0;
  for (const span of tolerant(() => candidates(bytes, kind), [])) {
    const pixels = tolerant(() => jpegPixels(bytes, span), 0);
    if (pixels <= most) continue;
    most = pixels;
    best = span;
  }
  return best;
}

/** Pixels of the first page of a DNG where that is a picture in colour and not raw data; null where it is none. Never throws. */
export function firstPageSize(bytes: Uint8Array): { readonly width: number; readonly height: number } | null {
  const entries = readExifBlock(bytes).filter((entry) => entry.directory === "main");
  const [width = 0, height = 0, photometric] = [256, 257, 262].map((tag) => {
    const entry = entries.find((each) => each.tag === tag);
    return entry === undefined ? 0 : (numbersOf(entry, byteOrder(bytes) === true)[0] ?? 0);
  });
  return photometric === 2 && width > 0 && height > 0 ? { width, height } : null;
}

/** The EXIF blocks of a CR3: main, exposure and place, in that order; empty where they are missing. */
export function cr3ExifBlocks(bytes: Uint8Array): readonly Uint8Array[] {
  return tolerant(() => {
    const moov = boxesIn(bytes, 0, bytes.length).find((box) => box.type === "moov");
    const inside = moov === undefined ? [] : boxesIn(bytes, moov.body, moov.end);
    const metadata = inside.find((box) => isUuid(bytes, box, CR3_METADATA));
    const parts = metadata === undefined ? [] : boxesIn(bytes, metadata.body + 16, metadata.end);
    return ["CMT1", "CMT2", "CMT4"].map((name) => {
      const part = parts.find((box) => box.type === name);
      return part === undefined ? new Uint8Array(0) : bytes.subarray(part.body, part.end);
    });
  }, []);
}
