import assert from "node:assert/strict";
import { test } from "node:test";

import * as fixtures from "../fixtures.ts";
import * as more from "../fixtures-more.ts";
import { mutant, randomSource, stripOrRefuse } from "../mutants.ts";
import { sameBytes } from "./bytes.ts";
import { CannotStrip, describeRemoved, kindOf, strip } from "./strip.ts";

const SAMPLES: Readonly<Record<string, Uint8Array>> = {
  "jpeg": fixtures.plantedJpeg({ orientation: 6 }),
  "jpeg in Adobe RGB": fixtures.plantedJpeg({ adobeRgb: true, profile: null }),
  "png": fixtures.plantedPng(),
  "animated png": fixtures.plantedPng(3, true),
  "webp": fixtures.plantedWebp(),
  "animated webp": fixtures.plantedWebp(1, true),
  "gif": more.plantedGif(),
  "heic": more.plantedHeif(),
  "avif": more.plantedHeif({ brand: "avif" }),
  "avif sequence": more.plantedSequence(),
  "jxl": more.plantedJxl(),
  "little-endian tiff": more.plantedTiff({ little: true }),
  "big-endian tiff": more.plantedTiff({ little: false }),
  "BigTIFF": more.plantedBigTiff(),
  "dng": more.plantedTiff({ dng: true }),
};

const MUTANTS = Number(process.env["STRIP_MUTANTS"] ?? 20_000);

for (const [name, sample] of Object.entries(SAMPLES)) {
  test(`no marker planted in a ${name} survives`, () => {
    assert.ok(fixtures.holdsMarker(sample));
    const { bytes, removed } = strip(sample);
    assert.ok(!fixtures.holdsMarker(bytes));
    assert.ok(removed.length > 0);
  });

  test(`stripping a ${name} twice changes nothing more`, () => {
    const once = strip(sample);
    const twice = strip(once.bytes);
    assert.deepEqual(twice.bytes, once.bytes);
    assert.deepEqual(twice.removed, []);
    assert.equal(twice.kind, kindOf(sample));
  });

  test(`a ${name} cut short anywhere is stripped or refused, never a crash`, () => {
    for (let length = 0; length < sample.length; length += 1) {
      const clean = stripOrRefuse(sample.slice(0, length));
      if (clean !== null) assert.ok(sameBytes(stripOrRefuse(clean) ?? new Uint8Array(0), clean), `cut at ${length}`);
    }
  });
}

test(`${MUTANTS} damaged files are stripped or refused, quickly and in bounded size`, () => {
  const random = randomSource(20_261_122);
  const samples = Object.values(SAMPLES);
  for (let k = 0; k < MUTANTS; k += 1) {
    const file = mutant(samples[k % samples.length] ?? new Uint8Array(0), random);
    const started = process.cpuUsage();
    const clean = stripOrRefuse(file);
    assert.ok(process.cpuUsage(started).user < 1_000_000, `mutant ${k} took too long`);
    if (clean !== null) {
      assert.ok(clean.length <= file.length + 1024, `mutant ${k} grew`);
      assert.ok(sameBytes(stripOrRefuse(clean) ?? new Uint8Array(0), clean), `mutant ${k} is not stable`);
    }
  }
});

test("what is not a photo is refused with a sentence and a code", () => {
  assert.throws(
    () => strip(fixtures.text("%PDF-1.7 not a photo at all")),
    (error) => error instanceof CannotStrip && error.code === "unknown_format" && error.message.endsWith("."),
  );
});

test("what was removed is told in words, the most personal first", () => {
  const { removed } = strip(fixtures.plantedJpeg());
  const sentence = describeRemoved(removed);
  assert.ok(sentence.startsWith("Removed: the place where it was taken, the time when it was taken"));
  assert.ok(sentence.includes("your camera's serial number"));
  assert.equal(removed.find((item) => item.kind === "place")?.value, "56.15, 10.21");
  assert.equal(describeRemoved([]), "Nothing had to be removed.");
});
