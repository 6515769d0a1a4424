/**
 * Small files for tests, built byte by byte with markers planted wherever metadata hides.
 * Each marker begins with "PLANTED", in plain bytes or in UTF-16, and must be gone after stripping.
 */

import { concat, fromLatin1, toUint16, toUint32, toUint32Little } from "./strip/bytes.ts";
import { packStored } from "./strip/deflate.ts";
import { pngChunk } from "./strip/png.ts";

export const MARKER = "PLANTED";
export const text = fromLatin1;
export const planted = (where: string): Uint8Array => text(`${MARKER}-${where}`);

/** True where a marker survives, in one byte or two per character. */
export function holdsMarker(bytes: Uint8Array): boolean {
  const plain = new TextDecoder("latin1").decode(bytes);
  return plain.includes(MARKER) || plain.includes([...MARKER].join("\0"));
}

export interface Field {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: Uint8Array;
}

/** Writes TIFF directories in either byte order. */
export class TiffWriter {
  readonly #little: boolean;
  #body: Uint8Array;

  constructor(little: boolean, magic = 42) {
    this.#little = little;
    this.#body = concat([text(little ? "II" : "MM"), this.u16(magic), this.u32(0)]);
  }

  u16(value: number): Uint8Array {
    return this.#little ? Uint8Array.of(value, value >>> 8) : toUint16(value);
  }

  u32(value: number): Uint8Array {
    return this.#little ? toUint32Little(value) : toUint32(value);
  }

  ascii(tag: number, value: string): Field {
    return { tag, type: 2, count: value.length + 1, value: text(`${value}\0`) };
  }

  short(tag: number, ...values: number[]): Field {
    return { tag, type: 3, count: values.length, value: concat(values.map((value) => this.u16(value))) };
  }

  long(tag: number, ...values: number[]): Field {
    return { tag, type: 4, count: values.length, value: concat(values.map((value) => this.u32(value))) };
  }

  rationals(tag: number, ...values: readonly (readonly [number, number])[]): Field {
    const parts = values.map(([top, bottom]) => concat([this.u32(top), this.u32(bottom)]));
    return { tag, type: 5, count: values.length, value: concat(parts) };
  }

  raw(tag: number, type: number, value: Uint8Array): Field {
    return { tag, type, count: value.length, value };
  }

  /** Add loose bytes; returns where they stand. */
  add(bytes: Uint8Array): number {
    const at = this.#body.length;
    this.#body = concat([this.#body, bytes, new Uint8Array(bytes.length & 1)]);
    return at;
  }

  /** Add a directory whose next one is at `next`; returns where it stands. */
  directory(fields: readonly Field[], next = 0): number {
    const sorted = [...fields].sort((left, right) => left.tag - right.tag);
    const rows = sorted.map((field) => {
      const inline = field.value.length <= 4;
      const value = inline ? concat([field.value, new Uint8Array(4 - field.value.length)]) : this.u32(this.add(field.value));
      return concat([this.u16(field.tag), this.u16(field.type), this.u32(field.count), value]);
    });
    return this.add(concat([this.u16(rows.length), ...rows, this.u32(next)]));
  }

  /** The file, with its first directory at `first`. */
  finish(first: number): Uint8Array {
    const whole = this.#body.slice();
    whole.set(this.u32(first), 4);
    return whole;
  }
}

export interface ExifOptions {
  readonly orientation?: number;
  readonly adobeRgb?: boolean;
  readonly little?: boolean;
}

function exposureFields(tiff: TiffWriter, options: ExifOptions, interop: number): Field[] {
  return [
    tiff.rationals(0x829a, [1, 250]),
    tiff.rationals(0x829d, [28, 10]),
    tiff.short(0x8827, 400),
    tiff.ascii(0x9003, "2024:05:06 12:20:31"),
    tiff.ascii(0x9011, "+02:00"),
    tiff.rationals(0x920a, [35, 1]),
    tiff.raw(0x927c, 7, planted("makernote")),
    tiff.short(0xa001, options.adobeRgb ? 0xffff : 1),
    tiff.long(0xa005, interop),
    tiff.ascii(0xa431, `${MARKER}-serial`),
    tiff.ascii(0xa434, "35mm F1.8"),
  ];
}

/** An EXIF block with everything a camera writes, and a thumbnail directory. */
export function exifBlock(options: ExifOptions = {}): Uint8Array {
  const tiff = new TiffWriter(options.little ?? false);
  const gps = tiff.directory([
    tiff.ascii(1, "N"),
    tiff.rationals(2, [56, 1], [9, 1], [0, 1]),
    tiff.ascii(3, "E"),
    tiff.rationals(4, [10, 1], [12, 1], [36, 1]),
    tiff.rationals(7, [10, 1], [20, 1], [30, 1]),
    tiff.ascii(0x1d, "2024:05:06"),
    tiff.ascii(0x1b, `${MARKER}-gps`),
  ]);
  const interop = tiff.directory([tiff.ascii(1, options.adobeRgb ? "R03" : "R98")]);
  const exif = tiff.directory(exposureFields(tiff, options, interop));
  const thumbnail = concat([Uint8Array.of(0xff, 0xd8), planted("thumbnail"), Uint8Array.of(0xff, 0xd9)]);
  const thumbnailAt = tiff.add(thumbnail);
  const preview = tiff.directory([tiff.long(0x201, thumbnailAt), tiff.long(0x202, thumbnail.length)]);
  const turn = options.orientation === undefined ? [] : [tiff.short(0x112, options.orientation)];
  const main = tiff.directory(
    [
      tiff.ascii(0x10e, `${MARKER}-caption`),
      tiff.ascii(0x10f, "Acme"),
      tiff.ascii(0x110, "Acme One"),
      ...turn,
      tiff.ascii(0x131, `${MARKER}-software`),
      tiff.ascii(0x13b, `${MARKER}-artist`),
      tiff.long(0x8769, exif),
      tiff.long(0x8825, gps),
    ],
    preview,
  );
  return tiff.finish(main);
}

export function xmpPacket(orientation = 0): Uint8Array {
  const turn = orientation === 0 ? "" : ` tiff:Orientation="${orientation}"`;
  return text(
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description${turn} xmp:Rating="4" photoshop:City="${MARKER}-city">` +
      `<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${MARKER} &amp; title</rdf:li></rdf:Alt></dc:title>` +
      `<dc:subject><rdf:Bag><rdf:li>${MARKER}-one</rdf:li><rdf:li>two</rdf:li></rdf:Bag></dc:subject>` +
      `</rdf:Description></rdf:RDF></x:xmpmeta>`,
  );
}

/** A small RGB profile: three colorants, one shared curve, and texts that name somebody. */
export function colourProfile(description = `${MARKER} screen of somebody`): Uint8Array {
  const padded = (bytes: Uint8Array): Uint8Array => concat([bytes, new Uint8Array((4 - (bytes.length & 3)) & 3)]);
  const desc = concat([text("desc\0\0\0\0"), toUint32(description.length + 1), text(description), new Uint8Array(80)]);
  const xyz = concat([text("XYZ \0\0\0\0"), toUint32(0x6fa2), toUint32(0x38f5), toUint32(0x0390)]);
  const curve = concat([text("curv\0\0\0\0"), toUint32(1), toUint16(0x0233)]);
  const wide = concat([...`${MARKER} (c)`].map((character) => Uint8Array.of(0, character.charCodeAt(0))));
  const mluc = concat([text("mluc\0\0\0\0"), toUint32(1), toUint32(12), text("enUS"), toUint32(wide.length), toUint32(28), wide]);
  const tags: readonly (readonly [string, Uint8Array])[] = [
    ["desc", desc], ["cprt", mluc], ["wtpt", xyz], ["rXYZ", xyz], ["gXYZ", xyz], ["bXYZ", xyz],
    ["rTRC", curve], ["gTRC", curve], ["bTRC", curve], ["mmod", planted("monitor-serial")],
  ];
  let at = 128 + 4 + 12 * tags.length;
  const table: Uint8Array[] = [toUint32(tags.length)];
  for (const [name, data] of tags) {
    table.push(text(name), toUint32(at), toUint32(data.length));
    at += padded(data).length;
  }
  const header = new Uint8Array(128);
  header.set(toUint32(at), 0);
  header.set(text("mntrRGB XYZ "), 12);
  header.set(text("acsp"), 36);
  header.set(planted(""), 84);
  return concat([header, ...table, ...tags.map(([, data]) => padded(data))]);
}

export const segment = (marker: number, ...payload: Uint8Array[]): Uint8Array => {
  const body = concat(payload);
  return concat([Uint8Array.of(0xff, marker), toUint16(body.length + 2), body]);
};

/** The entropy-coded bytes of the test JPEG: stuffing, a restart marker and ordinary data. */
export const SCAN = Uint8Array.of(1, 2, 0xff, 0, 3, 0xff, 0xd0, 4, 5, 0xff, 0, 6);

function photoshopBlock(): Uint8Array {
  const dataset = (id: number, value: Uint8Array): Uint8Array => concat([Uint8Array.of(0x1c, 2, id), toUint16(value.length), value]);
  const iptc = concat([dataset(25, planted("iptc-keyword")), dataset(120, planted("iptc-caption"))]);
  return concat([text("Photoshop 3.0\0" + "8BIM"), toUint16(0x0404), new Uint8Array(2), toUint32(iptc.length), iptc, new Uint8Array(iptc.length & 1)]);
}

/** The smallest walkable JPEG, with `segments` after its start. */
export function plainJpeg(...segments: Uint8Array[]): Uint8Array {
  return concat([
    Uint8Array.of(0xff, 0xd8),
    ...segments,
    segment(0xdb, new Uint8Array(65).fill(1, 1)),
    segment(0xc0, Uint8Array.of(8, 0, 16, 0, 24, 1, 1, 0x11, 0)),
    segment(0xc4, new Uint8Array(17).fill(0)),
    segment(0xda, Uint8Array.of(1, 1, 0, 0, 63, 0)),
    SCAN,
    Uint8Array.of(0xff, 0xd9),
  ]);
}

export interface JpegOptions extends ExifOptions {
  readonly xmpOrientation?: number;
  readonly profile?: Uint8Array | null;
}

/** A JPEG with markers in every place we know of, a second picture and a trailer. */
export function plantedJpeg(options: JpegOptions = {}): Uint8Array {
  const profile = options.profile === undefined ? colourProfile() : options.profile;
  return concat([
    plainJpeg(
      segment(0xe0, text("JFIF\0\x01\x02\0\0\x48\0\x48\x02\x02"), planted("jfif-thumb")),
      segment(0xe0, text("JFXX\0\x10"), planted("jfxx")),
      segment(0xe1, text("Exif\0\0"), exifBlock(options)),
      segment(0xe1, text("http://ns.adobe.com/xap/1.0/\0"), xmpPacket(options.xmpOrientation)),
      segment(0xe1, text("http://ns.adobe.com/xmp/extension/\0"), new Uint8Array(40), planted("extended")),
      ...(profile === null ? [] : [segment(0xe2, text("ICC_PROFILE\0\x01\x01"), profile)]),
      segment(0xe2, text("MPF\0"), planted("mpf")),
      segment(0xe5, planted("app5")),
      segment(0xeb, text("JP"), planted("jumbf")),
      segment(0xed, photoshopBlock()),
      segment(0xee, text("Adobe"), Uint8Array.of(0, 100, 0, 0, 0, 0, 1), planted("adobe-tail")),
      segment(0xfe, planted("comment")),
      segment(0xdd, Uint8Array.of(0, 4), planted("dri-padding")),
    ),
    plainJpeg(segment(0xe1, text("Exif\0\0"), exifBlock())),
    planted("trailer"),
  ]);
}

/** A stored zlib stream: what IDAT holds in the test PNG. */
export const PIXELS = packStored(Uint8Array.from({ length: 3 * (1 + 2 * 3) }, (_, k) => (k % 7 === 0 ? 0 : k)));

/** A 2 x 3 RGB PNG with markers in every ancillary chunk, after the image stream and after the end. */
export function plantedPng(orientation = 6, animated = false): Uint8Array {
  const header = concat([toUint32(2), toUint32(3), Uint8Array.of(8, 2, 0, 0, 0)]);
  const frame = (sequence: number): Uint8Array =>
    concat([toUint32(sequence), toUint32(2), toUint32(3), new Uint8Array(8), toUint16(1), toUint16(10), new Uint8Array(2)]);
  const half = PIXELS.length >> 1;
  return concat([
    text("\x89PNG\r\n\x1a\n"),
    pngChunk("IHDR", header),
    pngChunk("iCCP", concat([text(`${MARKER}\0\0`), packStored(colourProfile()), planted("profile-tail")])),
    pngChunk("gAMA", toUint32(45455)),
    pngChunk("sBIT", concat([Uint8Array.of(8, 8, 8), planted("sbit")])),
    pngChunk("eXIf", exifBlock({ orientation })),
    pngChunk("tEXt", text(`Author\0${MARKER}`)),
    pngChunk("zTXt", concat([text("Comment\0\0"), packStored(planted("packed"))])),
    pngChunk("iTXt", concat([text("XML:com.adobe.xmp\0\0\0\0\0"), xmpPacket()])),
    pngChunk("tIME", Uint8Array.of(7, 0xe8, 5, 6, 12, 20, 31)),
    pngChunk("prVt", planted("private")),
    ...(animated ? [pngChunk("acTL", concat([toUint32(2), toUint32(0)])), pngChunk("fcTL", frame(0))] : []),
    pngChunk("IDAT", PIXELS.subarray(0, half)),
    pngChunk("IDAT", concat([PIXELS.subarray(half), planted("idat-tail")])),
    pngChunk("IDAT", planted("idat-more")),
    ...(animated ? [pngChunk("fcTL", frame(1)), pngChunk("fdAT", concat([toUint32(2), PIXELS, planted("fdat-tail")]))] : []),
    pngChunk("IEND", new Uint8Array(0)),
    planted("after-end"),
  ]);
}

export const riffChunk = (type: string, payload: Uint8Array): Uint8Array =>
  concat([text(type), toUint32Little(payload.length), payload, new Uint8Array(payload.length & 1)]);

export const VP8L = concat([Uint8Array.of(0x2f), toUint32Little(1 | (2 << 14)), Uint8Array.of(9, 8, 7)]);

/** An extended WebP, still or animated, with markers in EXIF, XMP, the profile, unknown chunks and the tail. */
export function plantedWebp(orientation = 8, animated = false): Uint8Array {
  const frame = concat([new Uint8Array(16), riffChunk("VP8L", VP8L), riffChunk("JUNK", planted("in-frame"))]);
  const body = concat([
    text("WEBP"),
    riffChunk("VP8X", concat([Uint8Array.of(0x2c | (animated ? 2 : 0), 0, 0, 0, 1, 0, 0, 2, 0, 0)])),
    riffChunk("ICCP", colourProfile()),
    ...(animated
      ? [riffChunk("ANIM", concat([new Uint8Array(6), planted("anim")])), riffChunk("ANMF", frame), riffChunk("ANMF", frame)]
      : [riffChunk("VP8L", VP8L)]),
    riffChunk("EXIF", exifBlock({ orientation, little: true })),
    riffChunk("XMP ", xmpPacket()),
    riffChunk("JUNK", planted("unknown")),
  ]);
  return concat([text("RIFF"), toUint32Little(body.length), body, planted("tail")]);
}
