import assert from "node:assert/strict";
import { test } from "node:test";

import { isFaithful, testPattern } from "../photo/canvas-noise.ts";
import { isDecodable, MOST_PIXELS, NoPicture } from "../photo/no-picture.ts";
import { readFacts } from "../photo/facts.ts";
import { plantedJpeg } from "../photo/fixtures.ts";
import { fitInto, uprightTransform } from "../photo/thumbnails.ts";
import { readMetadata } from "../vault/library/documents.ts";
import { decodeRequestFor } from "./decode-plan.ts";
import { cameraName, captureTime, correctionsFrom, marksFrom, withTold } from "./first-record.ts";

const berlin = (): number => 120;
const metadata = (value: Record<string, unknown>) => {
  const document = readMetadata(value);
  assert.ok(document, "it is a document");
  return document;
};

const refusal = (code: string) => (error: unknown): boolean => error instanceof NoPicture && error.code === code;

test("a time the camera told is kept as its clock showed it; one in UTC is put on this device's clock", () => {
  assert.deepEqual(captureTime({ at: "2022-08-14T14:12:31+03:00", zone: "+03:00", source: "exif" }, berlin), { local: "2022-08-14T14:12:31", zone: "+03:00", source: "exif" });
  assert.deepEqual(captureTime({ at: "2022-08-14T14:12:31", zone: null, source: "exif" }, berlin), { local: "2022-08-14T14:12:31", zone: null, source: "exif" });
  assert.deepEqual(captureTime({ at: "2022-08-14T23:12:31Z", zone: "Z", source: "gps" }, berlin), { local: "2022-08-15T01:12:31", zone: "+02:00", source: "gps" });
  assert.deepEqual(captureTime({ at: "2022-08-14T23:12:31Z", zone: "Z", source: "exif" }, berlin)?.local, "2022-08-14T23:12:31");
  assert.equal(captureTime({ at: "not a time", zone: null, source: "exif" }, berlin), null);
});

test("a camera is named once", () => {
  assert.equal(cameraName("Canon", "Canon EOS R5"), "Canon EOS R5");
  assert.equal(cameraName("NIKON CORPORATION", "NIKON D70s"), "NIKON D70s");
  assert.equal(cameraName("Apple", "iPhone 15"), "Apple iPhone 15");
  assert.equal(cameraName("Leica", null), "Leica");
  assert.equal(cameraName(null, null), "");
});

const sidecar = { title: "a.jpg", capturedAt: { at: "2020-06-01T10:00:00Z", zone: "Z", source: "takeout" }, place: null, description: null, isFavourite: false, isArchived: false } as const;

test("a Takeout time that may be the camera's own in another zone corrects nothing", () => {
  const own = metadata({ capturedAt: { local: "2020-06-01T12:00:00", zone: null, source: "exif" } });
  assert.equal(correctionsFrom(sidecar, own, "remember", berlin), null);
  const other = metadata({ capturedAt: { local: "2020-06-01T12:07:00", zone: null, source: "exif" } });
  assert.deepEqual(correctionsFrom(sidecar, other, "remember", berlin), { capturedAt: "2020-06-01T12:00:00", zone: "+02:00", by: "takeout" });
  const byFile = metadata({ capturedAt: { local: "2020-06-01T12:00:00", zone: null, source: "file" } });
  assert.equal(correctionsFrom(sidecar, byFile, "remember", berlin)?.capturedAt, "2020-06-01T12:00:00");
});

test("a kept copy has the title and the date that were told, and no others", () => {
  const found = metadata({ name: "a.jpg", capturedAt: { local: "2026-11-27T01:00:00", zone: "+00:00", source: "file" } });
  const told = { title: "At the sea", capturedAt: "2020-06-01T12:00:00" };
  const kept = withTold(found, told, "remember");
  assert.deepEqual([kept.title, kept.capturedAt], ["At the sea", { local: "2020-06-01T12:00:00", zone: null, source: "shared" }]);
  const nothing = withTold(found, { title: "", capturedAt: null }, "remember");
  assert.deepEqual([nothing.title, nothing.capturedAt], ["", null]);
  const removed = withTold(found, told, "remove");
  assert.deepEqual([removed.title, removed.capturedAt], ["At the sea", null]);
});

test("who wants nothing remembered gets no time and no place from Takeout either", () => {
  const rich = { ...sidecar, place: { lat: 1, lon: 2 }, description: "us" };
  assert.deepEqual(correctionsFrom(rich, metadata({}), "remove", berlin), { description: "us", by: "takeout" });
  assert.equal(correctionsFrom(sidecar, metadata({}), "remove", berlin), null);
  assert.equal(correctionsFrom({ ...sidecar, capturedAt: null, place: { lat: 1, lon: 2 } }, metadata({ place: { lat: 1.0005, lon: 2.0005 } }), "remember", berlin), null);
});

test("marks come only where a sidecar has some", () => {
  assert.equal(marksFrom(sidecar), null);
  assert.deepEqual(marksFrom({ ...sidecar, isArchived: true }), { favourite: false, archived: true });
});

test("a picture is measured by its header before it is decoded", () => {
  isDecodable("jpeg", 10_000, 10_000);
  assert.equal(MOST_PIXELS, 100_000_000);
  assert.throws(() => { isDecodable("png", 10_001, 10_000); }, refusal("too_many_pixels"));
  assert.throws(() => { isDecodable("webp", 40_000, 10); }, refusal("too_many_pixels"));
  assert.throws(() => { isDecodable("jpeg", null, 10); }, refusal("unknown_size"));
  assert.throws(() => { isDecodable("jpeg", 0, 10); }, refusal("unknown_size"));
  assert.throws(() => { isDecodable("raw-cr2", 10, 10); }, refusal("no_decoder"));
});

test("a bomb of a picture is never handed to the decoder", () => {
  const bytes = plantedJpeg();
  const facts = readFacts(bytes, null);
  const file = new Blob([]);
  assert.equal(decodeRequestFor(file, bytes, "jpeg", facts).source, file);
  assert.throws(() => decodeRequestFor(file, bytes, "jpeg", { ...facts, width: 65_000, height: 65_000 }), refusal("too_many_pixels"));
  assert.throws(() => decodeRequestFor(file, new Uint8Array(100), "raw-nef", facts), refusal("no_decoder"));
});

test("pictures are made smaller, never larger, and never vanish", () => {
  assert.deepEqual(fitInto({ width: 4000, height: 3000 }, 1600), { width: 1600, height: 1200 });
  assert.deepEqual(fitInto({ width: 100, height: 50 }, 320), { width: 100, height: 50 });
  assert.deepEqual(fitInto({ width: 30_000, height: 10 }, 320), { width: 320, height: 1 });
});

test("every orientation puts the corners where they belong", () => {
  const size = { width: 4, height: 2 };
  const corner = (orientation: number, x: number, y: number): string => {
    const [a, b, c, d, e, f] = uprightTransform(orientation, size);
    return `${a * x + c * y + e},${b * x + d * y + f}`;
  };
  // Where the stored top left corner, and the stored top right one, come to stand.
  const expected: Readonly<Record<number, string>> = { 1: "0,0 4,0", 2: "4,0 0,0", 3: "4,2 0,2", 4: "0,2 4,2", 5: "0,0 0,4", 6: "2,0 2,4", 7: "2,4 2,0", 8: "0,4 0,0" };
  for (const [orientation, corners] of Object.entries(expected)) {
    assert.equal(`${corner(Number(orientation), 0, 0)} ${corner(Number(orientation), 4, 0)}`, corners, `orientation ${orientation}`);
  }
});

test("a single altered value betrays a noisy canvas", () => {
  const read = testPattern();
  assert.equal(isFaithful(testPattern(), read), true);
  read[77] = (read[77] ?? 0) ^ 1;
  assert.equal(!isFaithful(testPattern(), read), true);
  assert.equal(!isFaithful(testPattern(), read.slice(4)), true);
});
