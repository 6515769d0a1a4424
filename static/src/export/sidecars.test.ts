import assert from "node:assert/strict";
import { test } from "node:test";

import { parseSidecar } from "../photo/takeout.ts";
import { xmpOrientation, xmpText, xmpValues } from "../photo/strip/xmp.ts";
import type { ExportedPhoto } from "./photo.ts";
import { capturedMilliseconds, turnedOrientation } from "./photo.ts";
import { albumMetadata, jsonSidecar } from "./sidecars.ts";
import { xmpPacket } from "./xmp.ts";

const PHOTO: ExportedPhoto = {
  id: "0198c0de-0000-7000-8000-000000000001",
  name: "Sunset: at the lake?.jpg",
  mediaType: "image/jpeg",
  capturedLocal: "2026-06-15T11:42:00",
  zone: "+03:00",
  place: { lat: -56.175, lon: 12.999999999 },
  title: "Sun & <sea>",
  description: "It's \"warm\" ]]>",
  altText: "A lake",
  keywords: ["lake", "a & b", " "],
  rating: 4,
  rotation: 90,
  orientation: 1,
  camera: "X100",
  lens: "",
  exposureSeconds: 0.01,
  aperture: 2,
  iso: 200,
  focalLengthMm: 23,
  width: 4000,
  height: 3000,
  bytes: 123,
  isFavourite: true,
  isArchived: false,
  storedAt: "2026-07-01T10:00:00Z",
  creator: "Alice <A>",
  licence: "",
  sharedBy: "",
  albums: ["Lake"],
};

test("our own import reads the sidecar back, with the time in the zone it was taken in", () => {
  const correction = parseSidecar(jsonSidecar(PHOTO, "x.jpg"));
  assert.deepEqual(correction, {
    title: PHOTO.name,
    capturedAt: { at: "2026-06-15T08:42:00Z", zone: "Z", source: "takeout" },
    place: PHOTO.place,
    description: PHOTO.description,
    isFavourite: true,
    isArchived: false,
  });
});

test("a time and a place that nobody knows are none", () => {
  const correction = parseSidecar(jsonSidecar({ ...PHOTO, capturedLocal: null, place: null }, "x.jpg"));
  assert.equal(correction?.capturedAt, null);
  assert.equal(correction?.place, null);
});

test("the sidecar has the name in full, and the name it stands beside", () => {
  const { pocketvault, title } = JSON.parse(jsonSidecar(PHOTO, "Sunset_ at the lake_.jpg")) as { title: string; pocketvault: Record<string, unknown> };
  assert.equal(title, PHOTO.name);
  assert.equal(pocketvault["file"], "Sunset_ at the lake_.jpg");
  assert.deepEqual(pocketvault["rights"], { creator: "Alice <A>", licence: "", statement: "Alice <A>. All rights reserved", training: "prohibited" });
});

test("a time without a zone is taken for UTC, and one in a broken zone too", () => {
  assert.equal(capturedMilliseconds({ capturedLocal: "2026-06-15T11:42:00", zone: null }), Date.UTC(2026, 5, 15, 11, 42));
  assert.equal(capturedMilliseconds({ capturedLocal: "2026-06-15T11:42:00", zone: "Mars" }), Date.UTC(2026, 5, 15, 11, 42));
});

test("the packet says everything in words that readers of XMP know", () => {
  const packet = xmpText(new TextEncoder().encode(xmpPacket(PHOTO)));
  const values = (property: string): string[] => xmpValues(packet, property);
  assert.deepEqual(values("exif:DateTimeOriginal"), ["2026-06-15T11:42:00+03:00"]);
  assert.deepEqual(values("exif:GPSLatitude"), ["56,10.5000000S"]);
  assert.deepEqual(values("exif:GPSLongitude"), ["12,59.9999999E"]);
  assert.deepEqual(values("dc:title"), [PHOTO.title]);
  assert.deepEqual(values("dc:description"), [PHOTO.description]);
  assert.deepEqual(values("dc:subject"), ["lake", "a & b"]);
  assert.deepEqual(values("xmp:Rating"), ["4"]);
  assert.deepEqual(values("dc:creator"), ["Alice <A>"]);
  assert.deepEqual(values("dc:rights"), ["Alice <A>. All rights reserved"]);
  assert.deepEqual(values("xmpRights:UsageTerms"), ["Alice <A>. All rights reserved"]);
  assert.match(values("plus:DataMining")[0] ?? "", /PROHIBITED-AIMLTRAINING$/);
  assert.equal(xmpOrientation(packet), 6);
});

test("what XML cannot hold does not break a packet", () => {
  const packet = xmpPacket({ ...PHOTO, title: "a\u0000b\ud800c\ufffe", zone: "<x>", rating: 0, place: null });
  assert.ok(packet.includes("ab\ufffdc"));
  assert.ok(!packet.includes("<x>") && !packet.includes("xmp:Rating") && !packet.includes("GPSLatitude"));
});

test("sixty minutes are a degree", () => {
  assert.ok(xmpPacket({ ...PHOTO, place: { lat: 12.99999999999, lon: -180 } }).includes("13,0.0000000N"));
});

test("a turn goes on top of how the file stands, mirrored or not", () => {
  assert.deepEqual([0, 90, 180, 270].map((rotation) => turnedOrientation(1, rotation)), [1, 6, 3, 8]);
  assert.deepEqual([0, 90, 180, 270].map((rotation) => turnedOrientation(8, rotation)), [8, 1, 6, 3]);
  assert.deepEqual([0, 90, 180, 270].map((rotation) => turnedOrientation(2, rotation)), [2, 7, 4, 5]);
});

test("an album's folder has the title that importers make an album of", () => {
  const album = { id: "1", name: "Lake", description: "Summer", cover: null, photos: [] };
  assert.equal((JSON.parse(albumMetadata(album)) as { title: string }).title, "Lake");
});
