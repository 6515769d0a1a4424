import assert from "node:assert/strict";
import { test } from "node:test";

import { concat, spells, toUint16 } from "./bytes.ts";
import { byteOrder, decoderHints, readExifBlock } from "./exif-block.ts";
import * as fixtures from "../fixtures.ts";
import { strip } from "./strip.ts";

/** Payloads of the segments before the scan, by marker. */
function segmentsOf(bytes: Uint8Array): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  for (let at = 2; bytes[at] === 0xff; ) {
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    found.set(bytes[at + 1] ?? 0, bytes.subarray(at + 4, at + 2 + length));
    if (bytes[at + 1] === 0xda) break;
    at += 2 + length;
  }
  return found;
}

function hintsOf(bytes: Uint8Array): { orientation: number; adobeRgb: number } {
  const payload = segmentsOf(bytes).get(0xe1);
  if (payload === undefined) return { orientation: 0, adobeRgb: 0 };
  const block = payload.subarray(6);
  return decoderHints(readExifBlock(block), byteOrder(block) ?? false);
}

test("a plain picture comes out byte for byte as it went in", () => {
  const plain = fixtures.plainJpeg();
  const { bytes, removed } = strip(plain);
  assert.deepEqual(bytes, plain);
  assert.deepEqual(removed, []);
});

test("the scan and its tables are untouched", () => {
  const { bytes } = strip(fixtures.plantedJpeg());
  const tail = concat([fixtures.SCAN, Uint8Array.of(0xff, 0xd9)]);
  assert.deepEqual(bytes.slice(bytes.length - tail.length), tail);
  assert.deepEqual(segmentsOf(bytes).get(0xdb), new Uint8Array(65).fill(1, 1));
});

test("every orientation survives, in either byte order", () => {
  for (const little of [true, false]) {
    for (let orientation = 2; orientation <= 8; orientation += 1) {
      const { bytes } = strip(fixtures.plantedJpeg({ orientation, little }));
      assert.equal(hintsOf(bytes).orientation, orientation);
    }
  }
});

test("an upright picture gets no EXIF at all", () => {
  assert.equal(segmentsOf(strip(fixtures.plantedJpeg({ orientation: 1 })).bytes).get(0xe1), undefined);
});

test("an orientation told only in XMP is honoured, and EXIF overrules it", () => {
  assert.equal(hintsOf(strip(fixtures.plantedJpeg({ xmpOrientation: 6 })).bytes).orientation, 6);
  assert.equal(hintsOf(strip(fixtures.plantedJpeg({ orientation: 3, xmpOrientation: 6 })).bytes).orientation, 3);
});

test("Adobe RGB without a profile stays Adobe RGB", () => {
  const { bytes } = strip(fixtures.plantedJpeg({ adobeRgb: true, profile: null, orientation: 8 }));
  assert.deepEqual(hintsOf(bytes), { orientation: 8, adobeRgb: 0xffff });
  assert.equal(hintsOf(strip(fixtures.plantedJpeg({ adobeRgb: true })).bytes).adobeRgb, 0);
});

test("the Adobe marker stays, cut to the twelve bytes a decoder reads", () => {
  const marker = segmentsOf(strip(fixtures.plantedJpeg()).bytes).get(0xee);
  assert.equal(marker?.length, 12);
  assert.equal(marker?.[11], 1);
});

test("a profile in several pieces is joined, cleaned and kept", () => {
  const profile = fixtures.colourProfile("sRGB IEC61966-2.1");
  const name = fixtures.text("ICC_PROFILE\0");
  const pieces = [profile.subarray(0, 200), profile.subarray(200)].map((piece, k) =>
    fixtures.segment(0xe2, name, Uint8Array.of(k + 1, 2), piece),
  );
  const kept = segmentsOf(strip(fixtures.plainJpeg(...pieces)).bytes).get(0xe2);
  assert.ok(kept !== undefined && spells(kept, 14 + 36, "acsp"));
  assert.ok(new TextDecoder("latin1").decode(kept).includes("sRGB IEC61966-2.1"));
});

test("a gain map for HDR screens is named when it is dropped", () => {
  const gainMap = fixtures.plainJpeg(fixtures.segment(0xe1, fixtures.text('http://ns.adobe.com/xap/1.0/\0 hdrgm:Version="1.0"')));
  const { removed } = strip(concat([fixtures.plainJpeg(), gainMap]));
  assert.ok(removed.some((item) => item.kind === "hdr-gain-map"));
});

test("a million empty segments are refused instead of filling memory", () => {
  const many = new Uint8Array(4_000_000);
  for (let at = 0; at < many.length; at += 4) many.set([0xff, 0xe5, ...toUint16(2)], at);
  const file = concat([Uint8Array.of(0xff, 0xd8), many]);
  assert.throws(() => strip(file), /more parts/);
});
