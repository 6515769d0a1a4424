import assert from "node:assert/strict";
import { test } from "node:test";

import type { Item } from "../../vault/library/view.ts";
import { findTwins } from "./duplicates.ts";

const BASE: Item = {
  id: "", name: "", title: "", altText: "", kind: "jpeg", mediaType: "image/jpeg", camera: "Nikon D80", time: Date.UTC(2026, 0, 1), isTimeKnown: true,
  storedAt: 0, width: 400, height: 300, ratio: 4 / 3, rotation: 0, bytes: 1000, thumbhash: null, isWhole: false, version: 1, hasThumbnail: true, hasPreview: true,
  isFavourite: false, isArchived: false, binnedAt: null, purgeAt: null, place: null, albums: [], rating: 0, state: "fine",
};
const photo = (id: string, change: Partial<Item>): Item => ({ ...BASE, id, time: BASE.time + id.charCodeAt(0) * 60_000, ...change });
const hash = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

test("photos with the same small picture are one set, the largest first", () => {
  const sets = findTwins([photo("a", { thumbhash: hash(1, 2, 3) }), photo("b", { thumbhash: hash(1, 2, 3), width: 4000, height: 3000 }), photo("c", { thumbhash: hash(9, 9, 9) })]);
  assert.deepEqual(sets.map(({ sign, items }) => [sign, items.map(({ id }) => id)]), [["looks", ["b", "a"]]]);
});

test("the same second on the same camera is a sign of its own", () => {
  const sets = findTwins([photo("a", { time: BASE.time }), photo("b", { time: BASE.time + 400 }), photo("c", { time: BASE.time, camera: "Pixel 9" })]);
  assert.deepEqual(sets.map(({ sign, items }) => [sign, items.map(({ id }) => id)]), [["moment", ["a", "b"]]]);
});

test("another shape is another photo, and a photo is in one set only", () => {
  const twins = [photo("a", { thumbhash: hash(1), time: BASE.time }), photo("b", { thumbhash: hash(1), time: BASE.time }), photo("c", { thumbhash: hash(1), time: BASE.time, ratio: 0.75 })];
  const sets = findTwins(twins);
  assert.equal(sets.length, 1);
  assert.deepEqual(sets[0]?.items.map(({ id }) => id), ["a", "b"]);
});

test("what has no signs, or cannot be opened, is no duplicate", () => {
  const nameless = { camera: "", thumbhash: null };
  assert.deepEqual(findTwins([photo("a", nameless), photo("b", nameless)]), []);
  assert.deepEqual(findTwins([photo("a", { thumbhash: hash(1), state: "cannot-open" }), photo("b", { thumbhash: hash(1) })]), []);
});
