import assert from "node:assert/strict";
import { test } from "node:test";

import * as fixtures from "../fixtures.ts";
import * as more from "../fixtures-more.ts";
import { largestPreview } from "../raw-preview.ts";
import { concat, spells, toUint16, toUint32 } from "./bytes.ts";
import { packStored, unpack, zlibLength } from "./deflate.ts";
import { Findings } from "./findings.ts";
import { cleanProfile } from "./icc.ts";
import { kindOf, type PhotoKind } from "./kind.ts";
import { CannotStrip, strip } from "./strip.ts";

/** Where `part` stands in `whole`, or -1. */
function find(whole: Uint8Array, part: Uint8Array): number {
  const first = part[0] ?? 0;
  for (let at = whole.indexOf(first); at >= 0; at = whole.indexOf(first, at + 1)) {
    if (part.every((byte, k) => whole[at + k] === byte)) return at;
  }
  return -1;
}

const refusal = (code: string) => (error: unknown): boolean => error instanceof CannotStrip && error.code === code;

test("the kind is told by structure, for every format and none", () => {
  const expected: readonly (readonly [Uint8Array, PhotoKind])[] = [
    [fixtures.plainJpeg(), "jpeg"], [fixtures.plantedPng(), "png"], [fixtures.plantedWebp(), "webp"], [more.plantedGif(), "gif"],
    [more.plantedHeif(), "heic"], [more.plantedHeif({ brand: "avif" }), "avif"], [more.plantedSequence(), "avif"],
    [more.plantedJxl(), "jxl"], [more.CODESTREAM, "jxl"], [more.plantedTiff(), "tiff"], [more.plantedBigTiff(), "tiff"],
    [more.plantedTiff({ dng: true }), "dng"], [more.raf().bytes, "raw-raf"], [more.cr3().bytes, "raw-cr3"],
    [more.rawWithPreviews("NIKON CORPORATION").bytes, "raw-nef"], [more.rawWithPreviews("SONY").bytes, "raw-arw"],
    [more.rawWithPreviews("PENTAX").bytes, "raw-other"], [fixtures.text("FOVb\0\0\x02\0"), "raw-other"], [fixtures.text("\0MRM\0\0"), "raw-other"],
    [fixtures.text("II\x1a\0\0\0HEAPCCDR"), "raw-other"], [fixtures.text("<svg/>"), "unknown"], [new Uint8Array(0), "unknown"],
    [fixtures.text("RIFF\x10\0\0\0WEBPJUNK"), "unknown"], [fixtures.text("\x89PNG\r\n\x1a\nnothing"), "unknown"],
  ];
  for (const [bytes, kind] of expected) assert.equal(kindOf(bytes), kind);
});

test("every other RAW is kept whole", () => {
  const { bytes } = more.rawWithPreviews("NIKON");
  assert.deepEqual(strip(bytes), { kind: "raw-nef", bytes, removed: [], keptWhole: true });
});

test("a RAW of a maker we do not know is kept whole too, with the preview its camera put inside", () => {
  const { bytes, preview } = more.rawWithPreviews("PENTAX");
  assert.deepEqual(strip(bytes), { kind: "raw-other", bytes, removed: [], keptWhole: true });
  const span = largestPreview(bytes);
  assert.deepEqual(bytes.slice(span?.start, span?.end), preview);
});

test("the image data of a PNG is kept to the end of its stream and no further", () => {
  const { bytes, removed } = strip(fixtures.plantedPng());
  const joined: Uint8Array[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
    if (spells(bytes, at + 4, "IDAT")) joined.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  assert.deepEqual(concat(joined), fixtures.PIXELS);
  assert.ok(removed.some((item) => item.kind === "hidden-tail"));
});

test("the end of a packed stream is found for stored, fixed and dynamic blocks", async () => {
  const texts = ["", "a", "abc".repeat(500), Array.from({ length: 5000 }, (_, k) => (k * k) % 251).join(",")];
  for (const sample of texts.map(fixtures.text)) {
    const compressor = new Blob([sample.slice()]).stream().pipeThrough(new CompressionStream("deflate"));
    const packed = new Uint8Array(await new Response(compressor).arrayBuffer());
    for (const stream of [packed, packStored(sample)]) {
      assert.equal(zlibLength(concat([stream, fixtures.planted("tail")])), stream.length);
      assert.deepEqual(unpack(stream, 1 << 20), sample);
      if (sample.length > 0) assert.equal(unpack(stream.subarray(0, stream.length >> 1), 1 << 20), null);
    }
  }
});

test("a stream that unpacks to more than allowed is not unpacked", () => {
  assert.equal(unpack(packStored(new Uint8Array(5000)), 4999), null);
});

test("a WebP keeps its picture and orientation, and its flags tell the truth", () => {
  const { bytes } = strip(fixtures.plantedWebp(8));
  assert.ok(find(bytes, fixtures.VP8L) > 0);
  assert.equal(bytes[20], 0x20 | 0x08);
  assert.equal(strip(fixtures.plantedWebp(1)).bytes[20], 0x20);
});

test("a GIF keeps its loop, timing and codes, and nothing after the end code", () => {
  const { bytes } = strip(more.plantedGif());
  assert.ok(find(bytes, fixtures.text("NETSCAPE2.0\x03\x01\0\0\0")) > 0);
  assert.equal(find(bytes, concat([Uint8Array.of(0x21, 0xf9, 4, 0, 10, 0, 0, 0)])) > 0, true);
  assert.ok(find(bytes, concat([Uint8Array.of(2, more.CODES.length), more.CODES, Uint8Array.of(0)])) > 0);
});

test("a HEIC keeps its picture where it was, its matte and its rotation, and loses its thumbnail", () => {
  const sample = more.plantedHeif();
  const { bytes, removed } = strip(sample);
  assert.equal(find(bytes, more.PICTURE), find(sample, more.PICTURE));
  assert.ok(find(bytes, more.MATTE) > 0);
  assert.ok(find(bytes, fixtures.text("irot\x01")) > 0);
  assert.ok(removed.some((item) => item.kind === "preview"));
  assert.equal(removed.find((item) => item.kind === "place")?.value, "56.15, 10.21");
});

test("a matte in a box that reaches to the end is kept", () => {
  const sample = more.plantedHeif().slice();
  const junk = find(sample, fixtures.text("uuid-in-meta"));
  const data = find(sample, fixtures.text("idat"));
  assert.ok(junk > data);
  sample[data - 1] = 0;
  const { bytes } = strip(sample);
  assert.ok(find(bytes, more.MATTE) > 0 && !fixtures.holdsMarker(bytes));
  assert.equal(find(bytes, more.PICTURE), find(sample, more.PICTURE));
});

test("metadata that shares bytes with the picture is refused, in HEIC and in TIFF", () => {
  assert.throws(() => strip(more.plantedHeif({ overlapping: true })), refusal("broken_structure"));
  assert.throws(() => strip(more.plantedTiff({ overlapping: true })), refusal("broken_structure"));
});

test("a value that would overwrite the header is refused", () => {
  const sample = more.plantedTiff({ dng: true }).slice();
  const row = find(sample, Uint8Array.of(0x14, 0xc6, 2, 0));
  sample.set([0, 0, 0, 0], row + 8);
  assert.throws(() => strip(sample), refusal("broken_structure"));
});

test("a loop extension of the wrong length is dropped, and the frames stay", () => {
  const sample = more.plantedGif().slice();
  sample[find(sample, fixtures.text("NETSCAPE2.0")) - 1] = 15;
  const once = strip(sample).bytes;
  assert.deepEqual(strip(once).bytes, once);
});

test("a sequence keeps the samples of its picture track only", () => {
  const { bytes } = strip(more.plantedSequence());
  const media = find(bytes, fixtures.text("mdat"));
  assert.deepEqual(bytes.slice(media + 4, media + 14), Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 0));
});

test("item counts that no file can hold are refused at once", () => {
  const sample = more.plantedHeif().slice();
  sample.fill(0xff, find(sample, fixtures.text("iloc")) + 10, find(sample, fixtures.text("iloc")) + 12);
  assert.throws(() => strip(sample), CannotStrip);
});

test("a JPEG XL keeps its codestream, and a bare one passes unchanged", () => {
  const { bytes } = strip(more.plantedJxl());
  assert.ok(find(bytes, more.CODESTREAM.subarray(0, 8)) > 0);
  assert.equal(find(bytes, fixtures.text("jbrd")), -1);
  assert.deepEqual(strip(more.CODESTREAM).bytes, more.CODESTREAM);
});

test("a TIFF keeps its strips in place and its orientation, in both byte orders", () => {
  for (const little of [true, false]) {
    const sample = more.plantedTiff({ little });
    const { bytes } = strip(sample);
    const at = find(bytes, more.STRIP);
    assert.equal(at, find(sample, more.STRIP));
    const orientation = little ? [0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0] : [1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6];
    assert.ok(find(bytes, Uint8Array.from(orientation)) > 0);
  }
});

test("the preview inside a TIFF keeps its scan and loses its EXIF", () => {
  const { bytes } = strip(more.plantedTiff());
  assert.ok(find(bytes, fixtures.SCAN) > 0);
  assert.equal(find(bytes, fixtures.text("inner")), -1);
});

test("a DNG names no camera and keeps what describes its colours", () => {
  const matrix = fixtures.text("MATRIX-VALUES-16");
  const sample = more.plantedTiff({ dng: true, extra: (tiff) => [{ ...tiff.raw(50721, 10, matrix), count: 2 }] });
  const { bytes } = strip(sample);
  assert.ok(find(bytes, matrix) > 0);
  assert.ok(find(bytes, fixtures.text("Camera\0")) > 0);
});

test("a colour profile keeps its colours and the names of standards, and no other text", () => {
  const own = cleanProfile(fixtures.colourProfile(), new Findings());
  const standard = cleanProfile(fixtures.colourProfile("sRGB IEC61966-2.1"), new Findings());
  assert.ok(own !== null && standard !== null);
  assert.ok(!fixtures.holdsMarker(own));
  assert.ok(find(own, fixtures.text("curv\0\0\0\0\0\0\0\x01\x02\x33")) > 0);
  assert.ok(find(standard, fixtures.text("sRGB IEC61966-2.1")) > 0);
  assert.equal(cleanProfile(new Uint8Array(200), new Findings()), null);
});

test("a gigantic count in a colour profile or a TIFF is refused, not followed", () => {
  const profile = fixtures.colourProfile().slice();
  profile.set(toUint32(0xffffffff), 128);
  assert.equal(cleanProfile(profile, new Findings()), null);
  const rows = Array.from({ length: 201 }, () => concat([fixtures.text("rTRC"), toUint32(2700), toUint32(16)]));
  const crowded = concat([profile.subarray(0, 128), toUint32(201), ...rows, new Uint8Array(400)]);
  assert.equal(cleanProfile(crowded, new Findings()), null);
  const tiff = more.plantedTiff({ little: false }).slice();
  const directory = new DataView(tiff.buffer).getUint32(4);
  tiff.set(toUint16(0xffff), directory);
  assert.throws(() => strip(tiff), CannotStrip);
});
