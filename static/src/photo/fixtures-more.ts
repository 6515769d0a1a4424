/**
 * Small GIF, HEIF, JPEG XL, TIFF and RAW files for tests, with the same planted markers.
 */

import { exifBlock, type Field, MARKER, plainJpeg, colourProfile, planted, text, TiffWriter, xmpPacket } from "./fixtures.ts";
import { boxBytes } from "./strip/boxes.ts";
import { concat, toUint16, toUint32 } from "./strip/bytes.ts";

const chain = (...pieces: Uint8Array[]): Uint8Array =>
  concat([...pieces.flatMap((piece) => [Uint8Array.of(piece.length), piece]), Uint8Array.of(0)]);

/** Clear, four pixels and end: the codes 4 1 1 1 of three bits, then 1 5 of four. */
export const CODES = Uint8Array.of(0x4c, 0x12, 0x05);

/** A two-frame 2 x 2 GIF that loops, with comments, XMP, a caption and bytes after the codes. */
export function plantedGif(): Uint8Array {
  const table = Uint8Array.of(0, 0, 0, 255, 255, 255, 9, 9, 9, 8, 8, 8);
  const control = concat([Uint8Array.of(0x21, 0xf9), chain(Uint8Array.of(0, 10, 0, 0))]);
  const frame = concat([Uint8Array.of(0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2), chain(concat([CODES, planted("codes")]), planted("more"))]);
  const magic = Uint8Array.from({ length: 258 }, (_, k) => (k === 0 ? 1 : k < 257 ? 256 - k : 0));
  return concat([
    text("GIF89a"),
    Uint8Array.of(2, 0, 2, 0, 0x81, 0, 0),
    table,
    text("\x21\xff\x0bNETSCAPE2.0"),
    chain(Uint8Array.of(1, 0, 0), planted("loop")),
    text("\x21\xff\x0bICCRGBG1012"),
    chain(colourProfile().subarray(0, 255), colourProfile().subarray(255, 510), colourProfile().subarray(510)),
    text("\x21\xfe"),
    chain(planted("comment")),
    text("\x21\xff\x0bXMP DataXMP"),
    xmpPacket(),
    magic,
    text("\x21\x01"),
    chain(new Uint8Array(12), planted("caption")),
    control,
    frame,
    control,
    frame,
    Uint8Array.of(0x3b),
    planted("trailer"),
  ]);
}

/** Two by two pixels, and eighty times the same three bytes of codes. */
export function idleGif(codes: Uint8Array): Uint8Array {
  const frame = Uint8Array.of(0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2);
  const data = concat(Array.from({ length: 80 }, () => codes));
  return concat([text("GIF89a"), Uint8Array.of(2, 0, 2, 0, 0x81, 0, 0), new Uint8Array(12), frame, chain(data), Uint8Array.of(0x3b)]);
}

const full = (type: string, version: number, ...parts: Uint8Array[]): Uint8Array =>
  boxBytes(type, Uint8Array.of(version, 0, 0, 0), ...parts);

const itemEntry = (id: number, type: string, ...rest: Uint8Array[]): Uint8Array =>
  full("infe", 2, toUint16(id), toUint16(0), text(type), ...rest);

export const PICTURE = Uint8Array.from({ length: 40 }, (_, k) => k + 1);
export const MATTE = Uint8Array.of(7, 7, 7, 7);

function heifMeta(offsets: readonly number[], sizes: readonly number[], overlapping: boolean): Uint8Array {
  const name = text(`${MARKER}-name\0`);
  const rows = sizes.map((size, k) => {
    const start = overlapping && k === 2 ? (offsets[0] ?? 0) : (offsets[k] ?? 0);
    return concat([toUint16(k + 1), toUint16(0), toUint16(0), toUint16(1), toUint32(start), toUint32(size)]);
  });
  const inData = concat([toUint16(6), toUint16(1), toUint16(0), toUint16(1), toUint32(0), toUint32(MATTE.length)]);
  const properties = boxBytes(
    "ipco",
    full("ispe", 0, toUint32(64), toUint32(48)),
    boxBytes("colr", text("prof"), colourProfile()),
    boxBytes("irot", Uint8Array.of(1)),
    full("udes", 0, planted("description")),
    full("auxC", 0, text("urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")),
  );
  const associations = concat([1, 2, 3].map((id) => concat([toUint16(id), Uint8Array.of(2, 0x81, 0x82)])));
  return full(
    "meta", 0,
    full("hdlr", 0, new Uint8Array(4), text("pict"), new Uint8Array(12), planted("handler"), new Uint8Array(1)),
    full("pitm", 0, toUint16(1)),
    full(
      "iinf", 0, toUint16(6),
      itemEntry(1, "hvc1", name), itemEntry(2, "hvc1", name), itemEntry(3, "Exif", name),
      itemEntry(4, "mime", name, text("application/rdf+xml\0")), itemEntry(5, "uri ", name, planted("uri"), new Uint8Array(1)),
      itemEntry(6, "hvc1", name),
    ),
    full("iloc", 1, Uint8Array.of(0x44, 0), toUint16(6), ...rows, inData),
    full(
      "iref", 0,
      boxBytes("thmb", toUint16(2), toUint16(1), toUint16(1)),
      boxBytes("cdsc", toUint16(3), toUint16(1), toUint16(1)),
      boxBytes("auxl", toUint16(6), toUint16(1), toUint16(1)),
    ),
    boxBytes("iprp", properties, full("ipma", 0, toUint32(3), associations)),
    boxBytes("idat", MATTE, planted("idat")),
    boxBytes("uuid", new Uint8Array(16), planted("uuid-in-meta")),
  );
}

export interface HeifOptions {
  readonly brand?: "heic" | "avif";
  /** Let the EXIF item cover the picture's own bytes. */
  readonly overlapping?: boolean;
}

/** A picture, a thumbnail, a matte in `idat`, EXIF, XMP and an unknown item, with markers all around. */
export function plantedHeif(options: HeifOptions = {}): Uint8Array {
  const items = [
    PICTURE,
    concat([planted("thumbnail")]),
    concat([toUint32(6), text("Exif\0\0"), exifBlock({ orientation: 6 })]),
    xmpPacket(),
    planted("uri-item"),
  ];
  const head = boxBytes("ftyp", text(options.brand ?? "heic"), toUint32(0), text("mif1"));
  const junk = boxBytes("uuid", new Uint8Array(16), planted("uuid"));
  const sizes = items.map((item) => item.length);
  const build = (start: number): Uint8Array => {
    let at = start;
    const offsets = sizes.map((size) => (at += size + 12) - size);
    return heifMeta(offsets, sizes, options.overlapping ?? false);
  };
  const start = head.length + junk.length + build(0).length + 8;
  const gap = planted("gap").slice(0, 12);
  const media = boxBytes("mdat", ...items.flatMap((item) => [concat([gap, new Uint8Array(12 - gap.length)]), item]), planted("after"));
  return concat([head, junk, build(start), media, boxBytes("free", planted("free")), boxBytes("sefd", planted("maker"))]);
}

/** A sequence of two samples with a second track that is no picture. */
export function plantedSequence(): Uint8Array {
  const head = boxBytes("ftyp", text("avis"), toUint32(0), text("msf1"));
  const track = (handler: string, sample: number): Uint8Array => {
    const description = boxBytes("av01", new Uint8Array(42), planted("coder"), new Uint8Array(36 - planted("coder").length), boxBytes("av1C", Uint8Array.of(1, 2, 3)), boxBytes("uuid", planted("in-entry")));
    const tables = boxBytes(
      "stbl",
      full("stsd", 0, toUint32(1), description),
      full("stsz", 0, toUint32(0), toUint32(2), toUint32(4), toUint32(5)),
      full("stsc", 0, toUint32(1), toUint32(1), toUint32(2), toUint32(1)),
      full("stco", 0, toUint32(1), toUint32(sample)),
    );
    const media = boxBytes("mdia", full("mdhd", 0, planted("times"), new Uint8Array(8)), full("hdlr", 0, toUint32(0), text(handler), new Uint8Array(12), planted("name")), boxBytes("minf", tables));
    return boxBytes("trak", full("tkhd", 0, new Uint8Array(80)), media, boxBytes("udta", planted("udta")));
  };
  const build = (start: number): Uint8Array =>
    boxBytes("moov", full("mvhd", 0, new Uint8Array(96)), track("pict", start), track("meta", start + 9), boxBytes("udta", planted("user")));
  const start = head.length + build(0).length + 8;
  return concat([head, build(start), boxBytes("mdat", Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), planted("other"))]);
}

/** The smallest start of a codestream: a 64 x 64 picture and ordinary bytes. */
export const CODESTREAM = Uint8Array.of(0xff, 0x0a, 0x4f, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);

/** A JPEG XL container in two pieces, with every box that can name somebody. */
export function plantedJxl(): Uint8Array {
  return concat([
    boxBytes("JXL ", Uint8Array.of(0x0d, 0x0a, 0x87, 0x0a)),
    boxBytes("ftyp", text("jxl "), toUint32(0), text("jxl ")),
    boxBytes("Exif", toUint32(0), exifBlock()),
    boxBytes("jxlp", toUint32(0), CODESTREAM),
    boxBytes("xml ", xmpPacket()),
    boxBytes("jumb", planted("jumbf")),
    boxBytes("brob", text("Exif"), planted("packed")),
    boxBytes("jbrd", planted("original-jpeg")),
    boxBytes("jxlp", toUint32(0x80000001), CODESTREAM.subarray(4)),
    boxBytes("JUNK", planted("unknown")),
  ]);
}

export const STRIP = Uint8Array.from({ length: 32 }, (_, k) => 200 - k);

export interface TiffOptions {
  readonly little?: boolean;
  readonly dng?: boolean;
  /** Let the strip cover the description's text. */
  readonly overlapping?: boolean;
  readonly extra?: (tiff: TiffWriter) => readonly Field[];
}

function dngFields(tiff: TiffWriter): Field[] {
  return [
    tiff.raw(50706, 1, Uint8Array.of(1, 4, 0, 0)),
    tiff.ascii(50708, `${MARKER}-model`),
    tiff.ascii(50735, `${MARKER}-serial`),
    tiff.raw(50740, 1, planted("private")),
    tiff.raw(50827, 1, planted("file-name")),
    tiff.ascii(50931, `${MARKER}-signature`),
    tiff.ascii(50936, `${MARKER}-profile`),
    tiff.raw(50781, 1, planted("unique-id")),
  ];
}

/** A TIFF (or DNG) with two pages, EXIF, GPS, XMP, IPTC, and a JPEG preview that has EXIF of its own. */
export function plantedTiff(options: TiffOptions = {}): Uint8Array {
  const tiff = new TiffWriter(options.little ?? true);
  tiff.add(planted("gap"));
  const stripAt = tiff.add(STRIP);
  const caption = tiff.ascii(0x10e, `${MARKER}-caption`);
  const gps = tiff.directory([tiff.ascii(1, "N"), tiff.rationals(2, [56, 1], [9, 1], [0, 1]), tiff.ascii(0x1b, `${MARKER}-gps`)]);
  const exif = tiff.directory([tiff.ascii(0x9003, "2024:05:06 12:20:31"), tiff.raw(0x927c, 7, planted("makernote")), tiff.ascii(0xa431, `${MARKER}-serial`)]);
  const inner = plainJpeg(concat([Uint8Array.of(0xff, 0xe1), toUint16(2 + 80), text("Exif\0\0"), planted("inner"), new Uint8Array(74 - planted("inner").length)]));
  const innerAt = tiff.add(concat([inner, planted("inner-tail")]));
  const size = [tiff.short(0x100, 4), tiff.short(0x101, 8), tiff.short(0x106, options.dng === true ? 32803 : 1)];
  const preview = tiff.directory([...size.slice(0, 2), tiff.short(0x103, 7), tiff.long(0x111, innerAt), tiff.long(0x117, inner.length + 18)]);
  const second = tiff.directory([...size, tiff.long(0x111, stripAt), tiff.long(0x117, STRIP.length), tiff.ascii(0x13b, `${MARKER}-page`)]);
  const main = tiff.directory(
    [
      ...size,
      caption,
      tiff.ascii(0x10f, "Acme"),
      tiff.ascii(0x110, "Acme One"),
      tiff.long(0x111, stripAt, stripAt + 16),
      tiff.short(0x112, 6),
      tiff.long(0x117, 16, options.overlapping === true ? 400 : 16),
      tiff.ascii(0x131, `${MARKER}-software`),
      tiff.long(0x14a, preview),
      tiff.raw(700, 1, xmpPacket()),
      tiff.raw(33723, 7, planted("iptc")),
      tiff.raw(34377, 7, planted("photoshop")),
      tiff.raw(34675, 7, colourProfile()),
      tiff.long(0x8769, exif),
      tiff.long(0x8825, gps),
      tiff.ascii(320, `${MARKER}-text-for-numbers`),
      tiff.raw(65000, 7, planted("private-tag")),
      ...(options.dng === true ? dngFields(tiff) : []),
      ...(options.extra?.(tiff) ?? []),
    ],
    second,
  );
  tiff.add(planted("tail"));
  return tiff.finish(main);
}

/** A BigTIFF of one strip with a caption; little-endian. */
export function plantedBigTiff(): Uint8Array {
  const wide = (value: number): Uint8Array => Uint8Array.of(value, value >> 8, value >> 16, 0, 0, 0, 0, 0);
  const row = (tag: number, type: number, count: number, value: Uint8Array): Uint8Array =>
    concat([Uint8Array.of(tag, tag >> 8, type, 0), wide(count), value]);
  const rows = [
    row(0x100, 4, 1, wide(4)), row(0x101, 4, 1, wide(8)), row(0x10e, 2, 20, wide(300)),
    row(0x111, 16, 1, wide(200)), row(0x117, 16, 1, wide(STRIP.length)),
  ];
  const head = concat([text("II+\0"), Uint8Array.of(8, 0, 0, 0), wide(16), wide(rows.length), ...rows, wide(0)]);
  const whole = new Uint8Array(340);
  whole.set(head, 0);
  whole.set(STRIP, 200);
  whole.set(planted("big-caption"), 300);
  return whole;
}

/** A camera RAW of TIFF layout whose second directory holds a small JPEG and the first a larger one. */
export function rawWithPreviews(make: string): { bytes: Uint8Array; preview: Uint8Array } {
  const tiff = new TiffWriter(true);
  const preview = plainJpeg();
  const small = preview.slice();
  const frame = small.findIndex((byte, k) => byte === 0xff && small[k + 1] === 0xc0);
  small.set([0, 8, 0, 8], frame + 5);
  const smallAt = tiff.add(small);
  const previewAt = tiff.add(preview);
  const thumbnail = tiff.directory([tiff.long(0x201, smallAt), tiff.long(0x202, small.length)]);
  const raw = tiff.directory([tiff.short(0x100, 4), tiff.short(0x103, 34713), tiff.short(0x106, 32803), tiff.long(0x111, tiff.add(STRIP)), tiff.long(0x117, STRIP.length)]);
  const exif = tiff.directory([tiff.ascii(0x9003, "2024:05:06 12:20:31")]);
  const main = tiff.directory(
    [tiff.ascii(0x10f, make), tiff.ascii(0x110, "One"), tiff.long(0x111, previewAt), tiff.long(0x117, preview.length), tiff.long(0x14a, raw, thumbnail), tiff.long(0x8769, exif)],
    thumbnail,
  );
  return { bytes: tiff.finish(main), preview };
}

/** A RAF: the header points at a JPEG. */
export function raf(): { bytes: Uint8Array; preview: Uint8Array } {
  const preview = plainJpeg(concat([Uint8Array.of(0xff, 0xe1), toUint16(8 + exifBlock().length), text("Exif\0\0"), exifBlock()]));
  const header = new Uint8Array(160);
  header.set(text("FUJIFILMCCD-RAW "), 0);
  header.set(toUint32(160), 84);
  header.set(toUint32(preview.length), 88);
  return { bytes: concat([header, preview, STRIP]), preview };
}

/** A CR3: EXIF in four small boxes, a preview box, and a full-size JPEG as the first track's sample. */
export function cr3(): { bytes: Uint8Array; preview: Uint8Array } {
  const preview = plainJpeg();
  const small = preview.slice();
  small.set([0, 8, 0, 8], small.findIndex((byte, k) => byte === 0xff && small[k + 1] === 0xc0) + 5);
  const head = boxBytes("ftyp", text("crx "), toUint32(1), text("crx isom"));
  const block = (write: (tiff: TiffWriter) => Field[]): Uint8Array => {
    const tiff = new TiffWriter(true);
    return tiff.finish(tiff.directory(write(tiff)));
  };
  const metadata = boxBytes(
    "uuid",
    text("\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48"),
    boxBytes("CMT1", block((tiff) => [tiff.ascii(0x10f, "Canon"), tiff.ascii(0x110, "Canon EOS R5"), tiff.short(0x112, 8)])),
    boxBytes("CMT2", block((tiff) => [tiff.ascii(0x9003, "2024:05:06 12:20:31"), tiff.ascii(0x9011, "+02:00")])),
    boxBytes("CMT4", block((tiff) => [tiff.ascii(1, "N"), tiff.rationals(2, [56, 1], [9, 1], [0, 1]), tiff.ascii(3, "E"), tiff.rationals(4, [10, 1], [12, 1], [36, 1])])),
  );
  const picture = boxBytes("uuid", text("\xea\xf4\x2b\x5e\x1c\x98\x4b\x88\xb9\xfb\xb7\xdc\x40\x6e\x4d\x16"), new Uint8Array(8), boxBytes("PRVW", new Uint8Array(16), small));
  const movie = (start: number): Uint8Array => {
    const tables = boxBytes("stbl", full("stsz", 0, toUint32(0), toUint32(1), toUint32(preview.length)), full("co64", 0, toUint32(1), toUint32(0), toUint32(start)));
    return boxBytes("moov", metadata, boxBytes("trak", boxBytes("mdia", boxBytes("minf", tables))));
  };
  const start = head.length + movie(0).length + picture.length + 8;
  return { bytes: concat([head, movie(start), picture, boxBytes("mdat", preview, STRIP)]), preview };
}
