/**
 * TIFF, BigTIFF and DNG: pixel data stays where it is, directories are written again in
 * place with only what a decoder needs, and every other byte becomes zero.
 */

import { concat, fromLatin1, type Span, spells, uintBig, uintLittle, zeroOutside } from "./bytes.ts";
import { byteOrder, kindOfTag, readExifBlock, reportExif } from "./exif-block.ts";
import type { Findings } from "./findings.ts";
import { cleanProfile } from "./icc.ts";
import { blankInside, isJpeg } from "./jpeg-inside.ts";
import { Hints, noteIptc } from "./noted.ts";
import { CannotStrip } from "./refusal.ts";
import { collide, overlaps } from "./spans.ts";
import * as tags from "./tiff-tags.ts";

const DIRECTORY_LIMIT = 2000;
const ENTRY_LIMIT = 4096;
const VALUE_LIMIT = 500_000;
/**
 * Structures may share bytes, so that a small file could ask for endless work: what is read in
 * detail may not be more than this many times the file.
 */
const READING_LIMIT = 8;
const FREE_READING = 65_536;

/** Sizes that differ between TIFF and BigTIFF, in bytes. */
interface Layout {
  readonly offset: number;
  readonly count: number;
  readonly entry: number;
  readonly header: number;
}

const CLASSIC: Layout = { offset: 4, count: 2, entry: 12, header: 8 };
const BIG: Layout = { offset: 8, count: 8, entry: 20, header: 16 };

interface Entry {
  readonly at: number;
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** Where the value stands, inside the entry or elsewhere. */
  readonly value: Span;
  readonly isInline: boolean;
}

class TiffWalk {
  readonly #bytes: Uint8Array;
  readonly #copy: Uint8Array;
  readonly #findings: Findings;
  readonly #little: boolean;
  readonly #layout: Layout;
  readonly #directories: Span[] = [];
  readonly #structure: Span[] = [];
  readonly #pixels: Span[] = [];
  readonly #dropped: Span[] = [];
  readonly #hints = new Hints();
  readonly #queue: number[] = [];
  #values = 0;
  #readings: number;

  constructor(bytes: Uint8Array, findings: Findings) {
    this.#bytes = bytes;
    this.#copy = bytes.slice();
    this.#findings = findings;
    this.#little = byteOrder(bytes) ?? false;
    this.#layout = this.#uint(2, 2) === 43 ? BIG : CLASSIC;
    this.#readings = READING_LIMIT * bytes.length + FREE_READING;
  }

  run(): Uint8Array {
    this.#directories.push({ start: 0, end: this.#layout.header });
    this.#queue.push(this.#uint(this.#layout === BIG ? 8 : 4, this.#layout.offset));
    const done = new Set<number>();
    for (let offset = this.#queue.shift(); offset !== undefined; offset = this.#queue.shift()) {
      if (offset === 0 || done.has(offset)) continue;
      if (done.size >= DIRECTORY_LIMIT) throw new CannotStrip("too_complex", "directories");
      done.add(offset);
      this.#directory(offset);
    }
    if (this.#pixels.length === 0) throw new CannotStrip("no_picture", "no strips or tiles");
    this.#report();
    if (collide(this.#directories) || overlaps(this.#directories, this.#structure)) {
      throw new CannotStrip("broken_structure", "directories over each other");
    }
    const structure = [...this.#directories, ...this.#structure];
    if (overlaps(this.#pixels, structure)) throw new CannotStrip("broken_structure", "picture data over directories");
    const kept = [...structure, ...this.#pixels];
    if (overlaps(kept, this.#dropped)) throw new CannotStrip("broken_structure", "metadata inside the picture");
    zeroOutside(this.#copy, kept, 0, this.#copy.length);
    const length = kept.reduce((last, span) => Math.max(last, span.end), 0);
    return this.#copy.subarray(0, Math.min(this.#copy.length, length));
  }

  #uint(at: number, width: number): number {
    return this.#little ? uintLittle(this.#bytes, at, width) : uintBig(this.#bytes, at, width);
  }

  #spend(size: number): void {
    this.#readings -= size;
    if (this.#readings < 0) throw new CannotStrip("too_complex", "shared bytes");
  }

  #write(value: number, width: number): Uint8Array {
    const digits = Array.from({ length: width }, (_, k) => Math.floor(value / 256 ** k) % 256);
    return Uint8Array.from(this.#little ? digits : digits.reverse());
  }

  #directory(offset: number): void {
    const { count: countSize, entry: entrySize, offset: offsetSize, header } = this.#layout;
    if (offset < header || offset + countSize > this.#bytes.length) throw new CannotStrip("broken_structure", "directory offset");
    const count = this.#uint(offset, countSize);
    const end = offset + countSize + entrySize * count;
    if (count > ENTRY_LIMIT || end > this.#bytes.length) throw new CannotStrip("broken_structure", "directory size");
    this.#spend(end - offset);
    const next = end + offsetSize <= this.#bytes.length ? this.#uint(end, offsetSize) : 0;
    const kept: Entry[] = [];
    for (let k = 0; k < count; k += 1) {
      const entry = this.#entry(offset + countSize + entrySize * k);
      if (entry !== null) kept.push(entry);
    }
    this.#collect(kept);
    const rows = kept.map((entry) => this.#row(entry));
    const whole = concat([this.#write(rows.length, countSize), ...rows, this.#write(next, offsetSize)]);
    if (offset + whole.length > this.#copy.length) throw new CannotStrip("cut_short", "directory");
    this.#copy.set(whole, offset);
    this.#directories.push({ start: offset, end: offset + whole.length });
    this.#queue.push(next);
  }

  /** One entry that stays, or null; the place of a value that goes is remembered. */
  #entry(at: number): Entry | null {
    const { offset } = this.#layout;
    const tag = this.#uint(at, 2);
    const type = this.#uint(at + 2, 2);
    const count = this.#uint(at + 4, offset);
    const size = (tags.VALUE_SIZES[type] ?? 0) * count;
    const isInline = size <= offset;
    const start = isInline ? at + 4 + offset : this.#uint(at + 4 + offset, offset);
    const entry: Entry = { at, tag, type, count, value: { start, end: start + size }, isInline };
    const isWhole = start + size <= this.#bytes.length && size > 0;
    if (isWhole && this.#isKept(entry)) return entry;
    if (tags.ESSENTIAL.has(tag)) throw new CannotStrip("broken_structure", `entry ${tag}`);
    if (isWhole && !isInline) this.#dropped.push(entry.value);
    this.#note(entry, isWhole);
    return null;
  }

  #isKept(entry: Entry): boolean {
    if (!tags.isNeeded(entry.tag)) return false;
    if (tags.CALIBRATION_SIGNATURES.has(entry.tag)) {
      const { start, end } = entry.value;
      return end - start === 10 && entry.count === 10 && spells(this.#bytes, start, "com.adobe\0");
    }
    return entry.type !== tags.ASCII || entry.tag === tags.UNIQUE_CAMERA_MODEL;
  }

  #note(entry: Entry, isWhole: boolean): void {
    const body = isWhole ? this.#bytes.subarray(entry.value.start, entry.value.end) : new Uint8Array(0);
    if (entry.tag === 700) this.#hints.noteXmp(body, this.#findings);
    else if (entry.tag === 33723) noteIptc(body, this.#findings);
    else if (this.#layout === BIG) this.#findings.remove(kindOfTag(entry.tag) ?? "unknown-block");
    else if (entry.tag === 34377) this.#findings.remove("software");
    else if (entry.tag === 50827 || entry.tag === 50828) this.#findings.remove("image-id");
  }

  #numbers(entry: Entry): number[] {
    const width = tags.VALUE_SIZES[entry.type] ?? 0;
    if (![3, 4, 13, 16, 18].includes(entry.type)) throw new CannotStrip("broken_structure", `type of ${entry.tag}`);
    this.#values += entry.count;
    if (this.#values > VALUE_LIMIT) throw new CannotStrip("too_complex", "strips");
    return Array.from({ length: entry.count }, (_, k) => this.#uint(entry.value.start + width * k, width));
  }

  /** Take from a directory where pixels and further directories are. */
  #collect(entries: readonly Entry[]): void {
    const found = new Map(entries.map((entry) => [entry.tag, entry]));
    const numbers = (tag: number): number[] => {
      const entry = found.get(tag);
      return entry === undefined ? [] : this.#numbers(entry);
    };
    for (const entry of entries) this.#value(entry);
    this.#isDng ||= found.has(tags.DNG_VERSION);
    // The directories of a BigTIFF are not read as EXIF, so nothing else would find it.
    if (this.#layout === BIG && found.get(tags.ORIENTATION)?.type === 3) this.#turn(numbers(tags.ORIENTATION)[0] ?? 0);
    this.#size(numbers(256)[0] ?? 0, numbers(257)[0] ?? 0);
    this.#picture(numbers(tags.STRIP_OFFSETS), numbers(tags.STRIP_SIZES));
    this.#picture(numbers(tags.TILE_OFFSETS), numbers(tags.TILE_SIZES));
    if (found.has(tags.JPEG_LENGTH)) this.#picture(numbers(tags.JPEG_OFFSET), numbers(tags.JPEG_LENGTH));
    for (const [tag, size] of tags.JPEG_TABLE_OFFSETS) {
      for (const start of numbers(tag)) this.#structure.push({ start, end: Math.min(this.#bytes.length, start + size) });
    }
    for (const offset of numbers(tags.SUB_DIRECTORIES)) this.#queue.push(offset);
  }

  #largest = 0;
  #isDng = false;

  /** The first page of a TIFF is the picture; in a DNG it is a preview, and the largest is. */
  #size(width: number, height: number): void {
    if (width * height <= this.#largest || (this.#largest > 0 && !this.#isDng)) return;
    this.#largest = width * height;
    this.#findings.width = width;
    this.#findings.height = height;
  }

  #turn(orientation: number): void {
    if (this.#findings.orientation === 0) this.#findings.orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
  }

  #picture(offsets: readonly number[], sizes: readonly number[]): void {
    if (offsets.length !== sizes.length) throw new CannotStrip("broken_structure", "byte counts");
    offsets.forEach((start, k) => {
      const span = { start, end: Math.min(this.#bytes.length, start + (sizes[k] ?? 0)) };
      if (span.end <= span.start) return;
      this.#pixels.push(span);
      if (!isJpeg(this.#bytes, span)) return;
      this.#spend(span.end - span.start);
      blankInside(this.#bytes, this.#copy, span, this.#findings);
    });
  }

  /** Keep a value that stands outside its entry, cleaned where it could name somebody. */
  #value(entry: Entry): void {
    const { start, end } = entry.value;
    if (!entry.isInline) this.#structure.push(entry.value);
    if (entry.tag === tags.UNIQUE_CAMERA_MODEL) {
      this.#spend(end - start);
      this.#copy.fill(0, start, end);
      this.#copy.set(fromLatin1("Camera").subarray(0, Math.max(0, end - start - 1)), start);
      if (!this.#bytes.subarray(start, end).every((byte, k) => byte === this.#copy[start + k])) this.#findings.remove("camera");
    } else if (tags.COLOUR_PROFILES.has(entry.tag)) {
      this.#spend(end - start);
      const clean = cleanProfile(this.#bytes.subarray(start, end), this.#findings);
      this.#copy.fill(0, start, end);
      if (clean !== null && clean.length <= end - start) this.#copy.set(clean, start);
    }
  }

  #row(entry: Entry): Uint8Array {
    const row = this.#copy.slice(entry.at, entry.at + this.#layout.entry);
    const size = entry.value.end - entry.value.start;
    if (entry.isInline) row.fill(0, 4 + this.#layout.offset + size);
    return row;
  }

  /** Say what the EXIF and GPS directories held, and see that no picture data hides them. */
  #report(): void {
    if (this.#layout === BIG) return;
    const entries = readExifBlock(this.#bytes);
    this.#findings.exif = this.#bytes;
    reportExif(entries.filter((entry) => entry.directory !== "preview"), this.#little, this.#findings);
    for (const entry of entries) {
      if (entry.directory === "main" || entry.directory === "preview" || entry.value.length <= 4) continue;
      const start = entry.value.byteOffset - this.#bytes.byteOffset;
      this.#dropped.push({ start, end: start + entry.value.length });
    }
  }
}

/** The same picture without anything a decoder does not need. */
export function stripTiff(bytes: Uint8Array, findings: Findings): Uint8Array {
  return new TiffWalk(bytes, findings).run();
}
