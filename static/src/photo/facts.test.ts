import assert from "node:assert/strict";
import { test } from "node:test";

import { prepare } from "./choices.ts";
import { METADATA_CHOICES } from "./metadata-choice.ts";
import { readFacts } from "./facts.ts";
import * as fixtures from "./fixtures.ts";
import * as more from "./fixtures-more.ts";
import { mutant, randomSource } from "./mutants.ts";
import { largestPreview } from "./raw-preview.ts";
import { CannotStrip } from "./strip/strip.ts";

const MODIFIED = Date.UTC(2020, 1, 2, 3, 4, 5);

test("a JPEG tells when, where and how it was taken", () => {
  const facts = readFacts(fixtures.plantedJpeg({ orientation: 6 }), MODIFIED);
  assert.deepEqual(facts.capturedAt, { at: "2024-05-06T12:20:31+02:00", zone: "+02:00", source: "exif" });
  assert.ok(Math.abs((facts.place?.lat ?? 0) - 56.15) < 1e-9 && Math.abs((facts.place?.lon ?? 0) - 10.21) < 1e-9);
  assert.equal(facts.model, "Acme One");
  assert.equal(facts.lens, "35mm F1.8");
  assert.deepEqual([facts.exposureSeconds, facts.aperture, facts.iso, facts.focalLengthMm], [0.004, 2.8, 400, 35]);
  assert.deepEqual([facts.width, facts.height, facts.orientation, facts.rating], [24, 16, 6, 4]);
  assert.equal(facts.title, `${fixtures.MARKER} & title`);
  assert.deepEqual(facts.keywords, [`${fixtures.MARKER}-one`, "two", `${fixtures.MARKER}-iptc-keyword`]);
});

test("every format tells the same time", () => {
  const samples = [
    fixtures.plantedPng(), fixtures.plantedWebp(), more.plantedHeif(), more.plantedJxl(), more.plantedTiff(),
    more.plantedTiff({ little: false, dng: true }), more.raf().bytes, more.cr3().bytes, more.rawWithPreviews("SONY").bytes,
  ];
  for (const sample of samples) {
    assert.equal(readFacts(sample, MODIFIED).capturedAt?.at.slice(0, 19), "2024-05-06T12:20:31");
  }
});

test("sizes come from the picture itself", () => {
  const sizes = [fixtures.plantedPng(), fixtures.plantedWebp(), more.plantedGif(), more.plantedHeif(), more.plantedTiff(), more.plantedJxl()]
    .map((sample) => readFacts(sample, null)).map((facts) => [facts.width, facts.height]);
  assert.deepEqual(sizes, [[2, 3], [2, 3], [2, 2], [48, 64], [4, 8], [64, 64]]);
});

test("without any time in the photo the file's own time is used, and said to be", () => {
  assert.deepEqual(readFacts(fixtures.plainJpeg(), MODIFIED).capturedAt, { at: "2020-02-02T03:04:05Z", zone: "Z", source: "file" });
  assert.equal(readFacts(fixtures.plainJpeg(), null).capturedAt, null);
});

test("the satellites' time stands in for a camera without a clock", () => {
  const tiff = new fixtures.TiffWriter(false);
  const gps = tiff.directory([tiff.rationals(7, [10, 1], [20, 1], [30, 1]), tiff.ascii(0x1d, "2024:05:06")]);
  const block = tiff.finish(tiff.directory([tiff.long(0x8825, gps)]));
  const photo = fixtures.plainJpeg(fixtures.segment(0xe1, fixtures.text("Exif\0\0"), block));
  assert.deepEqual(readFacts(photo, MODIFIED).capturedAt, { at: "2024-05-06T10:20:30Z", zone: "Z", source: "gps" });
});

test("dates that never were are not believed", () => {
  const tiff = new fixtures.TiffWriter(true);
  for (const date of ["0000:00:00 00:00:00", "2024:02:31 10:00:00", "    :  :     :  :  ", "2024:13:01 10:00:00"]) {
    const exif = tiff.directory([tiff.ascii(0x9003, date)]);
    const block = tiff.finish(tiff.directory([tiff.long(0x8769, exif)]));
    const photo = fixtures.plainJpeg(fixtures.segment(0xe1, fixtures.text("Exif\0\0"), block));
    assert.equal(readFacts(photo, null).capturedAt, null, date);
  }
});

test("the facts of a broken file are whatever could be read, never an error", () => {
  const samples = [fixtures.plantedJpeg(), fixtures.plantedPng(), fixtures.plantedWebp(), more.plantedHeif(), more.plantedTiff(), more.cr3().bytes, more.raf().bytes, more.rawWithPreviews("SONY").bytes];
  const random = randomSource(5);
  for (let k = 0; k < 4000; k += 1) {
    const file = mutant(samples[k % samples.length] ?? new Uint8Array(0), random);
    assert.ok(readFacts(file, null).orientation >= 1);
    const preview = largestPreview(file);
    assert.ok(preview === null || preview.end <= file.length);
  }
});

test("an EXIF entry that claims a million values is not believed", () => {
  const tiff = new fixtures.TiffWriter(false);
  const huge = Array.from({ length: 900 }, (_, k) => ({ ...tiff.raw(0x9000 + k, 7, new Uint8Array(5)), count: 0xfffffff }));
  const block = tiff.finish(tiff.directory(huge));
  const started = process.cpuUsage();
  assert.equal(readFacts(fixtures.plainJpeg(fixtures.segment(0xe1, fixtures.text("Exif\0\0"), block)), null).make, null);
  assert.ok(process.cpuUsage(started).user < 1_000_000);
});

test("the default choice cleans the file and remembers the facts", () => {
  const prepared = prepare(fixtures.plantedJpeg(), "a.jpg", MODIFIED, METADATA_CHOICES[0]?.choice ?? "keep");
  assert.ok(!fixtures.holdsMarker(prepared.bytes));
  assert.equal(prepared.facts?.model, "Acme One");
  assert.equal(prepared.mediaType, "image/jpeg");
  assert.ok(prepared.note.startsWith("Removed: the place where it was taken"));
});

test("removing everything remembers nothing", () => {
  const prepared = prepare(fixtures.plantedJpeg(), "a.jpg", MODIFIED, "remove");
  assert.equal(prepared.facts, null);
  assert.ok(!fixtures.holdsMarker(prepared.bytes));
});

test("keeping the file keeps every byte", () => {
  const photo = fixtures.plantedJpeg();
  const prepared = prepare(photo, "a.jpg", MODIFIED, "keep");
  assert.deepEqual(prepared.bytes, photo);
  assert.deepEqual(prepared.removed, []);
});

test("a RAW is kept whole under every choice, and says so", () => {
  const { bytes } = more.rawWithPreviews("NIKON");
  for (const choice of ["remember", "remove"] as const) {
    const prepared = prepare(bytes, "a.nef", MODIFIED, choice);
    assert.equal(prepared.bytes, bytes);
    assert.ok(prepared.keptWhole && prepared.note.includes("kept whole"));
    assert.equal(prepared.facts === null, choice === "remove");
  }
});

test("a file that cannot be cleaned is refused unless it is to be kept as it is", () => {
  const broken = more.plantedTiff({ overlapping: true });
  assert.throws(() => prepare(broken, "a.tif", MODIFIED, "remember"), CannotStrip);
  assert.deepEqual(prepare(broken, "a.tif", MODIFIED, "keep").bytes, broken);
  const letter = fixtures.text("%PDF-1.7 a letter");
  assert.throws(() => prepare(letter, "a.pdf", MODIFIED, "remember"), CannotStrip);
  assert.deepEqual(prepare(letter, "a.pdf", MODIFIED, "keep").bytes, letter);
});

test("the largest preview of a RAW is found in every container", () => {
  for (const { bytes, preview } of [more.rawWithPreviews("NIKON"), more.rawWithPreviews("SONY"), more.raf(), more.cr3()]) {
    const span = largestPreview(bytes);
    assert.deepEqual(span === null ? null : bytes.slice(span.start, span.end), preview);
  }
});

test("a preview that is cut off, or none at all, gives null", () => {
  const { bytes } = more.raf();
  assert.equal(largestPreview(bytes.slice(0, 170)), null);
  assert.equal(largestPreview(fixtures.plainJpeg()), null);
  assert.equal(largestPreview(new Uint8Array(0)), null);
});
