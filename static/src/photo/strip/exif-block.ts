/**
 * Reading an EXIF block (a small TIFF structure) well enough to say what was in it, and
 * writing the few bytes of EXIF a decoder needs.
 *
 * Source: CIPA DC-008 (Exif 2.32), TIFF 6.0.
 */

import { concat, fromLatin1, spells } from "./bytes.ts";
import type { Findings, RemovedKind } from "./findings.ts";

const UTF8 = new TextDecoder("utf-8");
const UTF16 = new TextDecoder("utf-16le");
const LATIN1 = new TextDecoder("latin1");
const ENTRY_LIMIT = 1000;
const DIRECTORY_LIMIT = 8;
const TYPE_SIZES: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

export type DirectoryName = "main" | "exif" | "gps" | "interop" | "preview";

export interface ExifEntry {
  readonly directory: DirectoryName;
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** The bytes of the value, wherever they were stored. */
  readonly value: Uint8Array;
}

/** What a decoder needs from EXIF: how to turn the picture, and Adobe RGB where no profile says so. */
export interface DecoderHints {
  /** 1 to 8; 0 when EXIF does not say. */
  readonly orientation: number;
  /** EXIF ColorSpace when it means Adobe RGB (2, or 65535 with interoperability index R03), else 0. */
  readonly adobeRgb: number;
}

/** Numbers of one entry; rationals become quotients, odd types become nothing. */
export function numbersOf(entry: ExifEntry, little: boolean): number[] {
  const view = new DataView(entry.value.buffer, entry.value.byteOffset, entry.value.length);
  const size = TYPE_SIZES[entry.type] ?? 0;
  const numbers: number[] = [];
  for (let at = 0; size > 0 && at + size <= view.byteLength && numbers.length < 64; at += size) {
    if (entry.type === 1 || entry.type === 7) numbers.push(view.getUint8(at));
    else if (entry.type === 3) numbers.push(view.getUint16(at, little));
    else if (entry.type === 4 || entry.type === 13) numbers.push(view.getUint32(at, little));
    else if (entry.type === 9) numbers.push(view.getInt32(at, little));
    else if (entry.type === 5) numbers.push(view.getUint32(at, little) / view.getUint32(at + 4, little));
    else if (entry.type === 10) numbers.push(view.getInt32(at, little) / view.getInt32(at + 4, little));
  }
  return numbers;
}

/** UTF-8 where it is valid, else Latin-1, which old cameras and programs wrote. */
export function decodeText(bytes: Uint8Array): string {
  const text = UTF8.decode(bytes);
  return text.includes("\ufffd") ? LATIN1.decode(bytes) : text;
}

/** Text of one entry, up to its first NUL. */
export function textOf(entry: ExifEntry): string {
  const wide = entry.tag >= 0x9c9b && entry.tag <= 0x9c9f;
  if (!wide && entry.type !== 2 && entry.type !== 7) return "";
  const body = entry.value.slice(0, 512);
  const text = wide ? UTF16.decode(body) : decodeText(body);
  const end = text.indexOf("\0");
  return (end < 0 ? text : text.slice(0, end)).trim();
}

/** True for a block in little-endian order, false for big-endian, null when it is neither. */
export function byteOrder(block: Uint8Array): boolean | null {
  if (spells(block, 0, "II")) return true;
  return spells(block, 0, "MM") ? false : null;
}

const POINTERS: Readonly<Record<number, DirectoryName>> = { 0x8769: "exif", 0x8825: "gps", 0xa005: "interop" };

function readDirectory(
  block: Uint8Array,
  little: boolean,
  offset: number,
  directory: DirectoryName,
): { entries: ExifEntry[]; next: number } {
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const entries: ExifEntry[] = [];
  if (offset < 8 || offset + 2 > block.length) return { entries, next: 0 };
  const count = Math.min(view.getUint16(offset, little), ENTRY_LIMIT);
  for (let k = 0; k < count; k += 1) {
    const at = offset + 2 + 12 * k;
    if (at + 12 > block.length) return { entries, next: 0 };
    const type = view.getUint16(at + 2, little);
    const items = view.getUint32(at + 4, little);
    const size = (TYPE_SIZES[type] ?? 0) * items;
    const start = size <= 4 ? at + 8 : view.getUint32(at + 8, little);
    if (size === 0 || start + size > block.length) continue;
    const value = block.subarray(start, start + size);
    entries.push({ directory, tag: view.getUint16(at, little), type, count: items, value });
  }
  const end = offset + 2 + 12 * count;
  return { entries, next: end + 4 <= block.length ? view.getUint32(end, little) : 0 };
}

/** Every readable entry of a block; never throws, and stops at what makes no sense. */
export function readExifBlock(block: Uint8Array): ExifEntry[] {
  const little = byteOrder(block);
  if (little === null || block.length < 8) return [];
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const queue: { offset: number; name: DirectoryName }[] = [{ offset: view.getUint32(4, little), name: "main" }];
  const seen = new Set<number>();
  const all: ExifEntry[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (seen.has(next.offset) || seen.size >= DIRECTORY_LIMIT) continue;
    seen.add(next.offset);
    const found = readDirectory(block, little, next.offset, next.name);
    for (const entry of found.entries) {
      all.push(entry);
      const name = POINTERS[entry.tag];
      const [offset] = name === undefined ? [] : numbersOf(entry, little);
      if (name !== undefined && offset !== undefined && Number.isInteger(offset)) queue.push({ offset, name });
    }
    if (next.name === "main" && found.next > 0) queue.push({ offset: found.next, name: "preview" });
  }
  return all;
}

/** Orientation and Adobe RGB, as a decoder would take them from this block. */
export function decoderHints(entries: readonly ExifEntry[], little: boolean): DecoderHints {
  let orientation = 0;
  let colorSpace = 0;
  let interop = "";
  for (const entry of entries) {
    const [number = 0] = entry.tag === 0x0112 || entry.tag === 0xa001 ? numbersOf(entry, little) : [];
    if (entry.directory === "main" && entry.tag === 0x0112 && entry.count === 1 && orientation === 0) {
      orientation = Number.isInteger(number) && number >= 1 && number <= 8 ? number : 1;
    }
    if (entry.directory === "exif" && entry.tag === 0xa001) colorSpace = number;
    if (entry.directory === "interop" && entry.tag === 1) interop = textOf(entry);
  }
  const isAdobe = colorSpace === 2 || (colorSpace === 0xffff && interop === "R03");
  return { orientation, adobeRgb: isAdobe ? colorSpace : 0 };
}

const KIND_OF_TAG: Readonly<Record<number, RemovedKind>> = {
  0x010e: "caption", 0x9286: "caption", 0x9c9b: "caption", 0x9c9c: "caption", 0x9c9f: "caption",
  0x9c9e: "keywords", 0x4746: "rating", 0x4749: "rating",
  0x010f: "camera", 0x0110: "camera",
  0xa432: "lens", 0xa433: "lens", 0xa434: "lens",
  0xa431: "serial-number", 0xa435: "serial-number", 0xc62f: "serial-number",
  0xa420: "image-id", 0xc65d: "image-id",
  0x0131: "software", 0x000b: "software", 0x013c: "software",
  0x0132: "capture-time", 0x9003: "capture-time", 0x9004: "capture-time", 0x9291: "capture-time", 0x9292: "capture-time",
  0x9010: "capture-time", 0x9011: "capture-time", 0x9012: "capture-time", 0x9290: "capture-time",
  0x013b: "author", 0x9c9d: "author", 0xa430: "author", 0x8298: "copyright",
  0x829a: "camera-settings", 0x829d: "camera-settings", 0x8827: "camera-settings", 0x920a: "camera-settings",
  0x9209: "camera-settings", 0x8822: "camera-settings", 0xa405: "camera-settings",
  0x927c: "maker-note", 0xc634: "maker-note",
};

/** What an entry of the main or exposure directory tells about a person; undefined where nothing. */
export const kindOfTag = (tag: number): RemovedKind | undefined => KIND_OF_TAG[tag];

const TEXT_KINDS = new Set<RemovedKind>([
  "caption", "keywords", "camera", "lens", "serial-number", "image-id", "software", "capture-time", "author", "copyright",
]);

/** Tags whose kind is worth saying but whose value is not the one to show: make, lens make, offsets, comments. */
const SILENT_TAGS = new Set([0x010f, 0xa432, 0xa433, 0x9010, 0x9011, 0x9012, 0x9286]);

function degrees(entries: readonly ExifEntry[], little: boolean, tag: number, negative: string): number | null {
  const value = entries.find((entry) => entry.directory === "gps" && entry.tag === tag);
  const side = entries.find((entry) => entry.directory === "gps" && entry.tag === tag - 1);
  const [whole, minutes = 0, seconds = 0] = value === undefined ? [] : numbersOf(value, little);
  if (whole === undefined) return null;
  const size = whole + minutes / 60 + seconds / 3600;
  if (!Number.isFinite(size) || size > 180) return null;
  return side !== undefined && textOf(side).toUpperCase() === negative ? -size : size;
}

/** Latitude and longitude in degrees, or null when the block has no usable place. */
export function placeOf(entries: readonly ExifEntry[], little: boolean): { lat: number; lon: number } | null {
  const lat = degrees(entries, little, 2, "S");
  const lon = degrees(entries, little, 4, "W");
  return lat === null || lon === null || Math.abs(lat) > 90 ? null : { lat, lon };
}

/** Note everything in this EXIF block as removed. */
export function reportExif(entries: readonly ExifEntry[], little: boolean, findings: Findings): void {
  for (const entry of entries) {
    if (entry.directory === "preview") findings.remove("preview");
    if (entry.directory === "gps" && entry.tag >= 1 && entry.tag <= 4) {
      const place = placeOf(entries, little);
      findings.remove("place", place === null ? "" : `${place.lat.toFixed(2)}, ${place.lon.toFixed(2)}`);
    }
    if (entry.directory === "gps" && entry.tag === 0x1d) findings.remove("capture-time", textOf(entry));
    if (entry.directory !== "main" && entry.directory !== "exif") continue;
    const kind = kindOfTag(entry.tag);
    if (kind === undefined) continue;
    findings.remove(kind, TEXT_KINDS.has(kind) && !SILENT_TAGS.has(entry.tag) ? textOf(entry) : "");
  }
}

const entryBytes = (tag: number, type: number, count: number, value: readonly number[]): number[] => [
  tag >> 8, tag & 255, 0, type, 0, 0, 0, count, ...value,
];

/** The smallest EXIF block that says what a decoder needs; null when nothing needs saying. */
export function minimalExif(hints: DecoderHints): Uint8Array | null {
  const turned = hints.orientation > 1;
  if (!turned && hints.adobeRgb === 0) return null;
  const header = fromLatin1("MM\0*\0\0\0\x08");
  const turn = turned ? entryBytes(0x0112, 3, 1, [0, hints.orientation, 0, 0]) : [];
  if (hints.adobeRgb === 0) return concat([header, Uint8Array.of(0, 1, ...turn, 0, 0, 0, 0)]);
  const exifAt = 8 + 2 + turn.length + 12 + 4;
  const interopAt = exifAt + 2 + 24 + 4;
  return concat([
    header,
    Uint8Array.of(0, turned ? 2 : 1, ...turn, ...entryBytes(0x8769, 4, 1, [0, 0, 0, exifAt]), 0, 0, 0, 0),
    Uint8Array.of(
      0, 2,
      ...entryBytes(0xa001, 3, 1, [hints.adobeRgb >> 8, hints.adobeRgb & 255, 0, 0]),
      ...entryBytes(0xa005, 4, 1, [0, 0, 0, interopAt]),
      0, 0, 0, 0,
    ),
    Uint8Array.of(
      0, 2,
      ...entryBytes(1, 2, 4, [0x52, 0x30, 0x33, 0]),
      ...entryBytes(2, 7, 4, [0x30, 0x31, 0x30, 0x30]),
      0, 0, 0, 0,
    ),
  ]);
}
