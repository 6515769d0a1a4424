import assert from "node:assert/strict";
import { test } from "node:test";

import { matchSidecars, parseSidecar } from "./takeout.ts";

const SUFFIX = ".supplemental-metadata";

function matchOf(image: string, sidecar: string): string | undefined {
  return matchSidecars([sidecar, image, "Takeout/other.jpg", "Takeout/metadata.json"]).get(image);
}

test("a sidecar is found beside its photo, old name or new", () => {
  for (const sidecar of ["T/beach.jpg.json", `T/beach.jpg${SUFFIX}.json`, "T/Beach.JPG.json"]) {
    assert.equal(matchOf("T/beach.jpg", sidecar), sidecar);
  }
});

test("a sidecar whose name was cut at any place is found", () => {
  for (let length = 20; length <= 60; length += 1) {
    const image = `${"x".repeat(length)}.jpg`;
    const sidecar = `${`${image}${SUFFIX}`.slice(0, 46)}.json`;
    assert.equal(matchOf(`T/${image}`, `T/${sidecar}`), `T/${sidecar}`, sidecar);
  }
});

test("a number stands behind the extension in the sidecar", () => {
  for (const sidecar of ["T/beach.jpg(2).json", `T/beach.jpg${SUFFIX}(2).json`, "T/beach.jpg.suppl(2).json", "T/beach(2).jpg.json"]) {
    assert.equal(matchOf("T/beach(2).jpg", sidecar), sidecar);
    assert.equal(matchOf("T/beach.jpg", sidecar), undefined);
    assert.equal(matchOf("T/beach(3).jpg", sidecar), undefined);
  }
});

test("an edited copy shares the sidecar of its original", () => {
  assert.equal(matchOf("T/beach-edited.jpg", "T/beach.jpg.json"), "T/beach.jpg.json");
  assert.equal(matchOf("T/beach-bearbeitet(1).jpg", `T/beach.jpg${SUFFIX}(1).json`), `T/beach.jpg${SUFFIX}(1).json`);
});

test("a sidecar in another folder, or of another photo, does not match", () => {
  assert.equal(matchOf("T/beach.jpg", "U/beach.jpg.json"), undefined);
  assert.equal(matchOf("T/beach.jpg", "T/beachball.jpg.json"), undefined);
  assert.equal(matchOf("T/beach.png", "T/beach.jpg.json"), undefined);
});

test("thirty thousand photos are matched without comparing each with each", () => {
  const paths = Array.from({ length: 30_000 }, (_, k) => [`T/${"long name ".repeat(5)}${k}.jpg`, `T/IMG_${k}.jpg`, `T/IMG_${k}.jpg.json`]).flat();
  const started = process.cpuUsage();
  assert.equal([...matchSidecars(paths).keys()].filter((path) => path.startsWith("T/IMG_")).length, 30_000);
  assert.ok(process.cpuUsage(started).user < 4_000_000);
});

test("a sidecar gives time in UTC, place, description and marks, and no people", () => {
  const correction = parseSidecar(
    JSON.stringify({
      title: "beach.jpg",
      description: " At the sea ",
      photoTakenTime: { timestamp: "1714990831", formatted: "6 May 2024" },
      geoData: { latitude: 56.15, longitude: 10.21, altitude: 0 },
      people: [{ name: "Somebody" }],
      favorited: true,
      archived: true,
    }),
  );
  assert.deepEqual(correction, {
    title: "beach.jpg",
    capturedAt: { at: "2024-05-06T10:20:31Z", zone: "Z", source: "takeout" },
    place: { lat: 56.15, lon: 10.21 },
    description: "At the sea",
    isFavourite: true,
    isArchived: true,
  });
});

test("a place of nought, nought is no place, unless the photo itself knew one", () => {
  const none = { latitude: 0, longitude: 0 };
  const taken = { photoTakenTime: { timestamp: "1714990831" } };
  assert.equal(parseSidecar(JSON.stringify({ ...taken, geoData: none }))?.place, null);
  const both = { ...taken, geoData: none, geoDataExif: { latitude: -1, longitude: 2 } };
  assert.deepEqual(parseSidecar(JSON.stringify(both))?.place, { lat: -1, lon: 2 });
});

test("what is not a photo's sidecar gives nothing, and never an error", () => {
  const texts = ["", "{", "[]", "null", '{"title":"Album"}', "[".repeat(200_000), '{"photoTakenTime":5}', "x".repeat(2_000_000)];
  for (const text of texts) assert.equal(parseSidecar(text), null);
  assert.equal(parseSidecar('{"photoTakenTime":{"timestamp":"soon"}}')?.capturedAt, null);
});
