/**
 * The `meta` box of HEIC and AVIF: which items a file has, where they are and what they look like.
 *
 * Items that are pictures stay, thumbnails and metadata go, and the box is written again
 * in the space it had.
 */

import { concat, type Span, spells, toUint16, toUint32, typeAt, uint16, uint32, uintBig, zeroOutside } from "./bytes.ts";
import { blankBox, type Box, boxBytes, boxesIn } from "./boxes.ts";
import type { Findings } from "./findings.ts";
import { cleanProfile } from "./icc.ts";
import { Hints } from "./noted.ts";
import { CannotStrip } from "./refusal.ts";
import type { MediaSpans } from "./spans.ts";

const EXTENT_LIMIT = 100_000;
const BLOCK_LIMIT = 1 << 22;
const NAME_LIMIT = 256;
/** A file has one of each; more would be written again and again. */
const SINGLE = new Set(["iinf", "iloc", "iref", "iprp", "idat", "pitm"]);

const PICTURE_ITEMS = new Set([
  "hvc1", "av01", "grid", "iden", "iovl", "tmap", "jpeg", "avc1", "j2k1", "vvc1", "unci", "hvt1", "lhv1", "mski", "sato",
]);
const KEPT_PROPERTIES = new Set([
  "hvcC", "av1C", "avcC", "vvcC", "lhvC", "j2kH", "jpgC", "uncC", "cmpd", "cmpC", "icef", "ispe", "pixi", "colr", "irot", "imir",
  "iscl", "clap", "pasp", "rloc", "auxC", "clli", "mdcv", "cclv", "amve", "ndwt", "lsel", "a1op", "a1lx", "oinf", "tols",
  "cmin", "cmex", "rref", "mskC", "chan", "splz", "cpat", "sbpm", "disi", "free",
]);

interface Item {
  readonly type: string;
  readonly isXmp: boolean;
  readonly entry: Uint8Array;
}

interface Extent {
  readonly method: number;
  readonly offset: number;
  readonly length: number;
}

interface Location {
  readonly row: Uint8Array;
  readonly extents: readonly Extent[];
}

class ItemWalk {
  readonly #bytes: Uint8Array;
  readonly #spans: MediaSpans;
  readonly #findings: Findings;
  readonly #hints = new Hints();
  readonly #children: readonly Box[];
  readonly #first = new Map<string, Box>();
  readonly #items = new Map<number, Item>();
  readonly #locations = new Map<number, Location>();
  readonly #dropped = new Set<number>();
  readonly #dataSpans: Span[] = [];

  constructor(bytes: Uint8Array, box: Box, spans: MediaSpans, findings: Findings) {
    this.#bytes = bytes;
    this.#spans = spans;
    this.#findings = findings;
    this.#children = boxesIn(bytes, box.body + 4, box.end);
    for (const child of this.#children) {
      const isSecond = this.#first.has(child.type);
      if (isSecond && SINGLE.has(child.type)) throw new CannotStrip("broken_structure", `two of ${child.type}`);
      if (!isSecond) this.#first.set(child.type, child);
    }
  }

  /** The children of the box as they are to be written. */
  run(): Uint8Array {
    const info = this.#required("iinf");
    const place = this.#required("iloc");
    this.#readItems(info);
    this.#readLocations(place);
    this.#dropThumbnails();
    for (const [id, location] of this.#locations) this.#sortExtents(id, location);
    return concat(this.#children.flatMap((child) => this.#written(child)));
  }

  #child(type: string): Box | undefined {
    return this.#first.get(type);
  }

  #required(type: string): Box {
    const box = this.#child(type);
    if (box === undefined) throw new CannotStrip("no_picture", `no ${type}`);
    return box;
  }

  #readItems(info: Box): void {
    const bytes = this.#bytes;
    const start = info.body + (bytes[info.body] === 0 ? 6 : 8);
    for (const box of boxesIn(bytes, start, info.end)) {
      const version = bytes[box.body] ?? 0;
      if (version < 2) throw new CannotStrip("unsupported_variant", "item entry");
      const width = version === 2 ? 2 : 4;
      const typeAtByte = box.body + 6 + width;
      if (typeAtByte + 4 > box.end) throw new CannotStrip("broken_structure", "item entry");
      const id = uintBig(bytes, box.body + 4, width);
      const type = typeAt(bytes, typeAtByte);
      const entry = bytes.slice(box.start, box.end);
      entry.fill(0, typeAtByte + 4 - box.start);
      const nameEnd = bytes.subarray(typeAtByte + 4, Math.min(box.end, typeAtByte + 4 + NAME_LIMIT)).indexOf(0);
      const isXmp = type === "mime" && nameEnd >= 0 && spells(bytes, typeAtByte + 5 + nameEnd, "application/rdf+xml");
      this.#items.set(id, { type, isXmp, entry });
      if (!PICTURE_ITEMS.has(type)) this.#dropped.add(id);
    }
  }

  #readLocations(place: Box): void {
    const bytes = this.#bytes;
    const version = bytes[place.body] ?? 0;
    const sizes = uint16(bytes, place.body + 4);
    const [offsetSize, lengthSize, baseSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15];
    const indexSize = version === 0 ? 0 : sizes & 15;
    const width = version === 2 ? 4 : 2;
    const count = uintBig(bytes, place.body + 6, width);
    let at = place.body + 6 + width;
    let total = 0;
    for (let k = 0; k < count; k += 1) {
      const start = at;
      const id = uintBig(bytes, at, width);
      at += width;
      const method = version === 0 ? 0 : uint16(bytes, at) & 15;
      at += version === 0 ? 2 : 4;
      const base = uintBig(bytes, at, baseSize);
      at += baseSize;
      const extentCount = uint16(bytes, at);
      at += 2;
      total += extentCount;
      if (at > place.end || total > EXTENT_LIMIT) throw new CannotStrip("too_complex", "item locations");
      const extents: Extent[] = [];
      for (let n = 0; n < extentCount; n += 1) {
        at += indexSize;
        const offset = base + uintBig(bytes, at, offsetSize);
        at += offsetSize;
        extents.push({ method, offset, length: uintBig(bytes, at, lengthSize) });
        at += lengthSize;
      }
      if (at > place.end) throw new CannotStrip("broken_structure", "item locations");
      this.#locations.set(id, { row: bytes.subarray(start, at), extents });
    }
  }

  /** Items that only stand for another one in small are dropped, unless something else needs them. */
  #dropThumbnails(): void {
    const references = this.#child("iref");
    if (references === undefined) return;
    const primary = this.#child("pitm");
    const needed = new Set<number>();
    if (primary !== undefined) needed.add(uintBig(this.#bytes, primary.body + 4, this.#bytes[primary.body] === 0 ? 2 : 4));
    const small = new Set<number>();
    for (const reference of this.#references(references)) {
      if (reference.type === "thmb") small.add(reference.from);
      else if (!this.#dropped.has(reference.from)) for (const id of reference.to) needed.add(id);
    }
    for (const id of small) {
      if (needed.has(id)) continue;
      this.#dropped.add(id);
      this.#findings.remove("preview");
    }
  }

  #references(box: Box): { type: string; from: number; to: number[]; row: Uint8Array }[] {
    const bytes = this.#bytes;
    const width = bytes[box.body] === 0 ? 2 : 4;
    return boxesIn(bytes, box.body + 4, box.end).map((row) => {
      const count = uint16(bytes, row.body + width);
      if (row.body + width + 2 + count * width > row.end) throw new CannotStrip("broken_structure", "references");
      const to = Array.from({ length: count }, (_, k) => uintBig(bytes, row.body + width + 2 + k * width, width));
      return { type: row.type, from: uintBig(bytes, row.body, width), to, row: bytes.subarray(row.start, row.end) };
    });
  }

  /** Put the extents of an item among what stays or what goes. */
  #sortExtents(id: number, location: Location): void {
    const data = this.#child("idat");
    const isDropped = this.#dropped.has(id) || !this.#items.has(id);
    for (const extent of location.extents) {
      if (extent.method > 1) continue;
      const shift = extent.method === 0 ? 0 : (data?.body ?? 0);
      const limit = extent.method === 0 ? this.#bytes.length : (data?.end ?? 0);
      const span = { start: shift + extent.offset, end: shift + extent.offset + extent.length };
      if (extent.length === 0 && !isDropped) throw new CannotStrip("unsupported_variant", "extent without length");
      if (span.end > limit) {
        if (!isDropped) throw new CannotStrip("cut_short", "item data");
        continue;
      }
      if (isDropped) this.#spans.dropped.push(span);
      else if (extent.method === 0) this.#spans.kept.push(span);
      else this.#dataSpans.push(span);
    }
    if (isDropped) this.#note(id, location);
  }

  #note(id: number, location: Location): void {
    const item = this.#items.get(id);
    const [extent] = location.extents;
    if (item === undefined || extent === undefined || PICTURE_ITEMS.has(item.type)) return;
    const shift = extent.method === 1 ? (this.#child("idat")?.body ?? 0) : 0;
    const start = shift + extent.offset;
    const body = this.#bytes.subarray(start, start + Math.min(extent.length, BLOCK_LIMIT));
    if (item.type === "Exif" && body.length > 8) this.#hints.noteExif(body.subarray(4 + Math.min(uint32(body, 0), body.length)), this.#findings);
    else if (item.isXmp) this.#hints.noteXmp(body, this.#findings);
    else this.#findings.remove("unknown-block", item.type);
  }

  /** Headers are written anew: a box that says "to the end" would swallow what comes after it now. */
  #written(child: Box): Uint8Array[] {
    const bytes = this.#bytes;
    const body = bytes.subarray(child.body, child.end);
    const head = bytes.subarray(child.body, child.body + 4);
    switch (child.type) {
      case "iinf": return [this.#writtenItems(child)];
      case "iloc": return [this.#writtenLocations(child)];
      case "iref": return [boxBytes("iref", head, ...this.#keptReferences(child))];
      case "iprp": return [this.#writtenProperties(child)];
      case "idat": {
        const data = body.slice();
        const inside = this.#dataSpans.map((span) => ({ start: span.start - child.body, end: span.end - child.body }));
        zeroOutside(data, inside, 0, data.length);
        return [boxBytes("idat", data)];
      }
      case "hdlr": {
        const handler = body.slice();
        handler.fill(0, Math.min(handler.length, 12));
        return [boxBytes("hdlr", handler)];
      }
      case "pitm": return body.length <= 8 ? [boxBytes("pitm", body)] : [];
      case "dinf": return body.length === 28 ? [boxBytes("dinf", body)] : [];
      case "grpl": return this.#keptGroups(child);
      case "free": return [];
      default:
        this.#findings.remove("unknown-block", child.type);
        return [];
    }
  }

  #writtenItems(child: Box): Uint8Array {
    const kept = [...this.#items].filter(([id]) => !this.#dropped.has(id)).map(([, item]) => item.entry);
    const count = this.#bytes[child.body] === 0 ? toUint16(kept.length) : toUint32(kept.length);
    return boxBytes("iinf", this.#bytes.subarray(child.body, child.body + 4), count, ...kept);
  }

  #writtenLocations(child: Box): Uint8Array {
    const rows = [...this.#locations].filter(([id]) => this.#items.has(id) && !this.#dropped.has(id)).map(([, place]) => place.row);
    const count = this.#bytes[child.body] === 2 ? toUint32(rows.length) : toUint16(rows.length);
    return boxBytes("iloc", this.#bytes.subarray(child.body, child.body + 6), count, ...rows);
  }

  #keptReferences(child: Box): Uint8Array[] {
    const isGone = (id: number): boolean => this.#dropped.has(id) || !this.#items.has(id);
    return this.#references(child).flatMap((reference) =>
      isGone(reference.from) || reference.to.some(isGone) ? [] : [reference.row],
    );
  }

  #keptGroups(child: Box): Uint8Array[] {
    const bytes = this.#bytes;
    const kept = boxesIn(bytes, child.body, child.end).filter((group) => {
      if (group.body + 12 > group.end) return false;
      const count = uint32(bytes, group.body + 8);
      if (group.end - group.body !== 12 + 4 * count) return false;
      const ids = Array.from({ length: count }, (_, k) => uint32(bytes, group.body + 12 + 4 * k));
      return ids.every((id) => !this.#dropped.has(id));
    });
    return kept.length === 0 ? [] : [boxBytes("grpl", ...kept.map((group) => bytes.subarray(group.start, group.end)))];
  }

  #writtenProperties(child: Box): Uint8Array {
    const parts = boxesIn(this.#bytes, child.body, child.end).flatMap((box) => {
      if (box.type === "ipco") return [this.#propertyContainer(box)];
      return box.type === "ipma" ? [this.#associations(box)] : [];
    });
    return boxBytes("iprp", ...parts);
  }

  /** Properties are found by their position, so one that goes leaves free space behind. */
  #propertyContainer(container: Box): Uint8Array {
    const bytes = this.#bytes;
    const copy = bytes.slice(container.start, container.end);
    for (const box of boxesIn(bytes, container.body, container.end)) {
      if (!KEPT_PROPERTIES.has(box.type)) {
        this.#findings.remove(box.type === "crtt" || box.type === "mdft" ? "capture-time" : "unknown-block", box.type);
        blankBox(copy, box, container.start);
      } else if (box.type === "colr") this.#colour(copy, box, container.start);
      else if (box.type === "free") blankBox(copy, box, container.start);
      else if (box.type === "irot") this.#isTurned ||= ((bytes[box.body] ?? 0) & 1) === 1;
      else if (box.type === "ispe" && box.end - box.body >= 12) this.#largest(uint32(bytes, box.body + 4), uint32(bytes, box.body + 8));
    }
    if (this.#isTurned) this.#findings.setSize(this.#height, this.#width);
    else this.#findings.setSize(this.#width, this.#height);
    return copy;
  }

  #width = 0;
  #height = 0;
  #isTurned = false;

  #largest(width: number, height: number): void {
    if (width * height <= this.#width * this.#height) return;
    this.#width = width;
    this.#height = height;
  }

  #colour(copy: Uint8Array, box: Box, shift: number): void {
    const kind = typeAt(this.#bytes, box.body);
    if (kind !== "prof" && kind !== "rICC") return;
    const room = box.end - box.body - 4;
    const clean = cleanProfile(this.#bytes.subarray(box.body + 4, box.end), this.#findings);
    if (clean === null || clean.length > room) {
      blankBox(copy, box, shift);
      return;
    }
    copy.fill(0, box.body + 4 - shift, box.end - shift);
    copy.set(clean, box.body + 4 - shift);
  }

  #associations(box: Box): Uint8Array {
    const bytes = this.#bytes;
    const isWide = ((bytes[box.body + 3] ?? 0) & 1) === 1;
    const width = bytes[box.body] === 0 ? 2 : 4;
    const count = uint32(bytes, box.body + 4);
    const rows: Uint8Array[] = [];
    let at = box.body + 8;
    for (let k = 0; k < count; k += 1) {
      const id = uintBig(bytes, at, width);
      const end = at + width + 1 + uintBig(bytes, at + width, 1) * (isWide ? 2 : 1);
      if (end > box.end) throw new CannotStrip("broken_structure", "property associations");
      if (!this.#dropped.has(id)) rows.push(bytes.subarray(at, end));
      at = end;
    }
    return boxBytes("ipma", bytes.subarray(box.body, box.body + 4), toUint32(rows.length), ...rows);
  }
}

/** Rewrite a `meta` box inside `copy`, in the space it had, and say which media data stays. */
export function stripItems(bytes: Uint8Array, copy: Uint8Array, box: Box, spans: MediaSpans, findings: Findings): void {
  if (box.end - box.body < 4) throw new CannotStrip("broken_structure", "meta");
  const body = new ItemWalk(bytes, box, spans, findings).run();
  const gap = box.end - box.body - 4 - body.length;
  if (gap < 0 || (gap > 0 && gap < 8)) throw new CannotStrip("broken_structure", `meta gap ${gap}`);
  copy.set(body, box.body + 4);
  if (gap > 0) copy.set(boxBytes("free", new Uint8Array(gap - 8)), box.end - gap);
}
