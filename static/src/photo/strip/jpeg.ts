/**
 * JPEG: keeps frames, tables, scans, the colour profile and the Adobe marker; writes a
 * minimal EXIF when the picture has to be turned or is Adobe RGB.
 *
 * Source: ITU-T T.81, JFIF 1.02, CIPA DC-007 (multi-picture format).
 */

import { byteAt, concat, fromLatin1, spells, toUint16, uint16 } from "./bytes.ts";
import type { Findings } from "./findings.ts";
import { cleanProfile } from "./icc.ts";
import { Hints, notePhotoshop } from "./noted.ts";
import { CannotStrip } from "./refusal.ts";

const PROFILE_CHUNK = 65519;
const SEGMENT_LIMIT = 20_000;
const XMP_NAME = "http://ns.adobe.com/xap/1.0/\0";
const XMP_EXTENSION = "http://ns.adobe.com/xmp/extension/\0";
const PHOTOSHOP_NAME = "Photoshop 3.0\0";

/** Frames (C0-CF but C4, C8, CC), Huffman and arithmetic tables, quantisation, line count, restart interval. */
const isPictureMarker = (marker: number): boolean =>
  (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8) || (marker >= 0xdb && marker <= 0xdd);

/** How many bytes of a table segment its own counts account for; anything after them is not a table. */
function accountedFor(marker: number, payload: Uint8Array): number {
  if (marker === 0xdb || marker === 0xc4) {
    let at = 0;
    while (at < payload.length) {
      let size = 65 + (byteAt(payload, at) >> 4 ? 64 : 0);
      if (marker === 0xc4) {
        size = 17;
        for (let k = 1; k <= 16; k += 1) size += payload[at + k] ?? 0;
      }
      if (at + size > payload.length) break;
      at += size;
    }
    return at;
  }
  if (marker === 0xdc || marker === 0xdd) return 2;
  return marker === 0xcc ? payload.length & ~1 : 6 + 3 * (payload[5] ?? 0);
}

/** Where the entropy-coded data ends: at the first marker that is neither stuffing, fill nor a restart. */
function scanEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 1 >= bytes.length) return bytes.length;
    const next = byteAt(bytes, at + 1);
    if (next === 0 || (next >= 0xd0 && next <= 0xd7)) at += 2;
    else if (next === 0xff) at += 1;
    else return at;
  }
}

class JpegWalk {
  readonly #bytes: Uint8Array;
  readonly #findings: Findings;
  readonly #hints = new Hints();
  readonly #profile = new Map<number, Uint8Array>();
  #profileCount = 0;
  #jfif: Uint8Array | null = null;
  readonly #adobe: Uint8Array[] = [];
  readonly #picture: Uint8Array[] = [];
  #scans = 0;

  constructor(bytes: Uint8Array, findings: Findings) {
    this.#bytes = bytes;
    this.#findings = findings;
  }

  run(): Uint8Array {
    let segments = 0;
    for (let at = 2; at >= 0; at = this.#step(at)) {
      segments += 1;
      if (segments > SEGMENT_LIMIT) throw new CannotStrip("too_complex", "segments");
    }
    if (this.#scans === 0) throw new CannotStrip("no_picture", "no scan");
    return this.#written();
  }

  /** Handle one segment; returns where the next begins, or -1 at the end of the picture. */
  #step(from: number): number {
    const bytes = this.#bytes;
    const mark = bytes.indexOf(0xff, from);
    if (mark < 0) return -1;
    if (mark > from) this.#findings.remove("hidden-tail");
    let at = mark;
    while (bytes[at] === 0xff) at += 1;
    const marker = bytes[at];
    if (marker === undefined) return -1;
    at += 1;
    if (marker === 0xd9) {
      this.#noteTail(at);
      return -1;
    }
    if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) return at;
    if (at + 2 > bytes.length) return -1;
    const length = uint16(bytes, at);
    if (length < 2) throw new CannotStrip("broken_structure", "segment length");
    const end = at + length;
    if (end > bytes.length) {
      if (this.#scans > 0) return -1;
      throw new CannotStrip("cut_short", "header segment");
    }
    const payload = bytes.subarray(at + 2, end);
    return marker === 0xda ? this.#scan(payload, end) : this.#segment(marker, payload, end);
  }

  #scan(header: Uint8Array, start: number): number {
    const size = 4 + 2 * (header[0] ?? 0);
    if (header.length < size) throw new CannotStrip("broken_structure", "scan header");
    const end = scanEnd(this.#bytes, start);
    this.#picture.push(this.#segmentBytes(0xda, header.subarray(0, size)), this.#bytes.subarray(start, end));
    this.#scans += 1;
    return end;
  }

  #segmentBytes(marker: number, payload: Uint8Array): Uint8Array {
    return concat([Uint8Array.of(0xff, marker), toUint16(payload.length + 2), payload]);
  }

  #segment(marker: number, payload: Uint8Array, end: number): number {
    if (isPictureMarker(marker)) this.#table(marker, payload);
    else if (marker === 0xe0) this.#app0(payload);
    else if (marker === 0xe1) this.#app1(payload);
    else if (marker === 0xe2) this.#app2(payload);
    else if (marker === 0xed) this.#app13(payload);
    else if (marker === 0xee && spells(payload, 0, "Adobe") && payload.length >= 12) {
      if (this.#adobe.length === 0) this.#adobe.push(this.#segmentBytes(0xee, payload.subarray(0, 12)));
    } else if (marker === 0xeb) this.#findings.remove("content-credentials");
    else if (marker === 0xfe) this.#findings.remove("caption");
    else this.#findings.remove("unknown-block", `APP${marker - 0xe0}`);
    return end;
  }

  #table(marker: number, payload: Uint8Array): void {
    const size = accountedFor(marker, payload);
    if (size > payload.length) throw new CannotStrip("broken_structure", "table size");
    if (size < payload.length) this.#findings.remove("unknown-block", "padding");
    if (marker !== 0xc4 && marker !== 0xcc && marker < 0xd0) this.#findings.setSize(uint16(payload, 3), uint16(payload, 1));
    if (size > 0) this.#picture.push(this.#segmentBytes(marker, payload.subarray(0, size)));
  }

  #app0(payload: Uint8Array): void {
    const isFirst = this.#jfif === null;
    if (isFirst && spells(payload, 0, "JFIF\0") && payload.length >= 14) {
      if (payload.length > 14) this.#findings.remove("preview");
      this.#jfif = this.#segmentBytes(0xe0, concat([payload.subarray(0, 12), new Uint8Array(2)]));
    } else if (spells(payload, 0, "JFXX")) this.#findings.remove("preview");
    else this.#findings.remove("unknown-block", "APP0");
  }

  #app1(payload: Uint8Array): void {
    if (spells(payload, 0, "Exif\0")) this.#hints.noteExif(payload.subarray(6), this.#findings);
    else if (spells(payload, 0, XMP_NAME)) this.#hints.noteXmp(payload.subarray(XMP_NAME.length), this.#findings);
    else if (spells(payload, 0, XMP_EXTENSION)) this.#hints.noteXmp(payload.subarray(XMP_EXTENSION.length + 40), this.#findings);
    else this.#findings.remove("unknown-block", "APP1");
  }

  #app2(payload: Uint8Array): void {
    if (spells(payload, 0, "ICC_PROFILE\0") && payload.length > 14) {
      this.#profileCount = Math.max(this.#profileCount, byteAt(payload, 13));
      const index = byteAt(payload, 12);
      if (!this.#profile.has(index)) this.#profile.set(index, payload.subarray(14));
    } else if (spells(payload, 0, "urn:iso:std:iso:ts:21496:-1")) this.#findings.remove("hdr-gain-map");
    else if (!spells(payload, 0, "MPF\0")) this.#findings.remove("unknown-block", "APP2");
  }

  #app13(payload: Uint8Array): void {
    if (spells(payload, 0, PHOTOSHOP_NAME)) notePhotoshop(payload.subarray(PHOTOSHOP_NAME.length), this.#findings);
    else this.#findings.remove("unknown-block", "APP13");
  }

  /** Say what followed the picture: a gain map, a second picture, a video, or something else. */
  #noteTail(start: number): void {
    const tail = this.#bytes.subarray(start);
    if (tail.every((byte) => byte === 0)) return;
    const head = String.fromCharCode(...tail.subarray(0, 8192));
    if (head.includes("hdrgm:") || head.includes("urn:iso:std:iso:ts:21496") || head.includes("HDRGainMap")) {
      this.#findings.remove("hdr-gain-map");
    } else if (head.includes("\xff\xd8\xff")) this.#findings.remove("second-picture");
    else if (head.includes("ftyp")) this.#findings.remove("motion-video");
    else this.#findings.remove("hidden-tail");
  }

  #profileSegments(): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (let k = 1; k <= this.#profileCount; k += 1) {
      const piece = this.#profile.get(k);
      if (piece === undefined) return [];
      pieces.push(piece);
    }
    const profile = pieces.length === 0 ? null : cleanProfile(concat(pieces), this.#findings);
    if (profile === null) return [];
    const count = Math.ceil(profile.length / PROFILE_CHUNK);
    if (count > 255) throw new CannotStrip("too_complex", "colour profile");
    return Array.from({ length: count }, (_, k) => {
      const piece = profile.subarray(k * PROFILE_CHUNK, (k + 1) * PROFILE_CHUNK);
      return this.#segmentBytes(0xe2, concat([fromLatin1("ICC_PROFILE\0"), Uint8Array.of(k + 1, count), piece]));
    });
  }

  #written(): Uint8Array {
    const profile = this.#profileSegments();
    const exif = this.#hints.exifToWrite(profile.length > 0);
    return concat([
      Uint8Array.of(0xff, 0xd8),
      ...(this.#jfif === null ? [] : [this.#jfif]),
      ...(exif === null ? [] : [this.#segmentBytes(0xe1, concat([fromLatin1("Exif\0\0"), exif]))]),
      ...profile,
      ...this.#adobe,
      ...this.#picture,
      Uint8Array.of(0xff, 0xd9),
    ]);
  }
}

/** The same picture without anything a decoder does not need. */
export function stripJpeg(bytes: Uint8Array, findings: Findings): Uint8Array {
  return new JpegWalk(bytes, findings).run();
}
