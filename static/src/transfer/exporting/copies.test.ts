import assert from "node:assert/strict";
import { test } from "node:test";

import { owned, type Bytes } from "../../crypto/bytes.ts";
import { ANYWHERE } from "../../export/names.ts";
import type { ExportedPhoto } from "../../export/photo.ts";
import { readFacts } from "../../photo/facts.ts";
import { holdsMarker, plantedJpeg, plantedPng } from "../../photo/fixtures.ts";
import { strip } from "../../photo/strip/strip.ts";
import type { ExportChoices } from "./contract.ts";
import { CopyNames, makeCopy } from "./copies.ts";

const CHOICES: ExportChoices = { originals: false, copies: "image/jpeg", corrections: true, byAlbum: true, received: false, since: null };
const PHOTO: ExportedPhoto = {
  id: "1", name: "a.jpg", mediaType: "image/jpeg", capturedLocal: "2025-03-04T18:30:00", zone: "+01:00", place: { lat: -33.8568, lon: 151.2153 },
  title: "Opera", description: "Ein schöner Tag", altText: "", keywords: ["sea"], rating: 5, rotation: 90, orientation: 1, camera: "", lens: "",
  exposureSeconds: null, aperture: null, iso: null, focalLengthMm: null, width: 0, height: 0, bytes: 0, isFavourite: false, isArchived: false,
  storedAt: "2026-07-01T10:00:00Z", creator: "Ada", licence: "CC BY 4.0", sharedBy: "", albums: [],
};
const noConversion = (): Promise<Blob> => Promise.reject(new Error("No picture is needed for this."));

function assertTold(copy: Bytes): void {
  const facts = readFacts(copy, null);
  assert.equal(facts.capturedAt?.at, "2025-03-04T18:30:00+01:00");
  assert.ok(Math.abs((facts.place?.lat ?? 0) + 33.8568) < 1e-6 && Math.abs((facts.place?.lon ?? 0) - 151.2153) < 1e-6);
  assert.equal(facts.title, "Opera");
  assert.equal(facts.description, "Ein schöner Tag");
  assert.deepEqual(facts.keywords, ["sea"]);
  assert.equal(facts.rating, 5);
}

test("a copy says what the person put right and nothing of what the camera wrote", async () => {
  for (const planted of [plantedJpeg(), plantedPng()]) {
    const bytes = owned(planted);
    const standing = readFacts(bytes, null).orientation;
    const copy = await makeCopy(bytes, PHOTO, CHOICES, noConversion);
    assertTold(copy.bytes);
    assert.ok(!holdsMarker(copy.bytes), copy.type);
    assert.equal(copy.orientation, standing);
  }
});

test("a copy turns on top of how the file stands, and its pixels are those of the original", async () => {
  for (const planted of [plantedJpeg(), plantedPng()]) {
    const upright = owned(strip(planted).bytes);
    const unturned = await makeCopy(upright, { ...PHOTO, rotation: 0 }, CHOICES, noConversion);
    const turned = await makeCopy(upright, PHOTO, CHOICES, noConversion);
    assert.equal(readFacts(unturned.bytes, null).orientation, readFacts(upright, null).orientation);
    assert.notEqual(readFacts(turned.bytes, null).orientation, readFacts(unturned.bytes, null).orientation);
    assert.deepEqual(strip(unturned.bytes).bytes, upright);
  }
});

test("without corrections JPEG and PNG are copied as they are", async () => {
  const bytes = owned(plantedJpeg());
  assert.deepEqual((await makeCopy(bytes, PHOTO, { ...CHOICES, corrections: false }, noConversion)).bytes, bytes);
});

test("words too long for a segment give way, and the copy still reads", async () => {
  const long = { ...PHOTO, description: "ü".repeat(40_000), keywords: Array.from({ length: 200 }, (_, at) => `word ${at} ${"x".repeat(200)}`) };
  const { bytes } = await makeCopy(owned(plantedJpeg()), long, CHOICES, noConversion);
  assert.equal(readFacts(bytes, null).title, "Opera");
});

test("a copy has the ending that its bytes have, keeps the other, and takes nobody's name", () => {
  const place = (name: string) => ({ folder: "Lake", name, json: "", xmp: "" });
  const names = new CopyNames(["a.heic", "a.heic.jpg", "a.JPG", "b.jpeg", "c"].map(place), ANYWHERE);
  assert.equal(names.give(place("a.JPG"), "image/jpeg"), "a.JPG");
  assert.equal(names.give(place("a.heic"), "image/jpeg"), "a.heic~2.jpg");
  assert.equal(names.give(place("a.heic.jpg"), "image/jpeg"), "a.heic.jpg");
  assert.equal(names.give(place("b.jpeg"), "image/png"), "b.jpeg.png");
  assert.equal(names.give(place("c"), "image/png"), "c.png");
  assert.equal(names.give(place(`${"x".repeat(250)}.heic`), "image/jpeg").length, 255);
});
