import assert from "node:assert/strict";
import { test } from "node:test";

import type { Item } from "../library/view.ts";
import { sightOf, sightOfContributed } from "./album-tending.ts";
import type { WireSharedAlbum } from "./album-wire.ts";

const album: WireSharedAlbum = {
  id: "a", ownerId: "o", role: "owner", canDownload: true, generation: 1, settings: { number: 3, sealed: new Uint8Array(1) }, itemCount: 2,
  sharedAt: "", rotationDueAt: null, isInTimeline: false, head: { seq: 4, hash: new Uint8Array(32) }, ownKeys: new Map(), deliveries: [], grants: [], people: [],
};

const item = (id: string, change: Partial<Item> = {}): Item => ({
  id, name: "", title: "", altText: "", kind: "jpeg", mediaType: "image/jpeg", camera: "", time: 1000, isTimeKnown: true, storedAt: 0, width: 4, height: 3,
  ratio: 1, rotation: 0, bytes: 9, thumbhash: null, isWhole: false, hasThumbnail: true, hasPreview: true, isFavourite: false, isArchived: false,
  binnedAt: null, purgeAt: null, place: { lat: 1, lon: 2 }, albums: ["a"], rating: 0, state: "fine", version: 1, ...change,
});

const before = [item("one"), item("two")];

for (const [name, sight] of [["an album of one's own", sightOf], ["one's photos in somebody's album", sightOfContributed]] as const) {
  test(`${name}: a new version or a correction is noticed, and nothing that is told nobody`, () => {
    const seen = sight(album, before);
    assert.equal(sight(album, [item("one"), item("two")]), seen);
    for (const change of [{ version: 2 }, { time: 2000 }, { isTimeKnown: false }, { place: null }, { place: { lat: 1, lon: 3 } }, { isWhole: true }]) {
      assert.notEqual(sight(album, [item("one"), item("two", change)]), seen, JSON.stringify(change));
    }
    for (const change of [{ rating: 5 }, { isFavourite: true }, { title: "Elsewhere" }]) {
      assert.equal(sight(album, [item("one"), item("two", change)]), seen, JSON.stringify(change));
    }
    assert.notEqual(sight(album, [item("one")]), seen);
    assert.notEqual(sight({ ...album, itemCount: 3 }, before), seen);
  });
}

test("what is told of photos is noticed when it is chosen again, by whichever device", () => {
  for (const head of [{ seq: 5, hash: new Uint8Array(32) }, { seq: 4, hash: new Uint8Array(32).fill(1) }]) {
    for (const sight of [sightOf, sightOfContributed]) assert.notEqual(sight({ ...album, head }, before), sight(album, before));
  }
});
