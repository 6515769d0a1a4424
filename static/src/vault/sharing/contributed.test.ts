import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../../api/problem.ts";
import { CryptoError } from "../../crypto/errors.ts";
import { exchangeKeyFromBytes } from "../../crypto/exchange.ts";
import { HistoryError } from "../../crypto/history-error.ts";
import { identityFromBytes } from "../../crypto/signature.ts";
import { LibraryError } from "../library/bridge.ts";
import type { Item } from "../library/view.ts";
import { AlbumError } from "./album-error.ts";
import type { WireSharedAlbum } from "./album-wire.ts";
import { ContributedAlbums } from "./contributed.ts";

const bytes = (length: number, value: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(value);

const keysOf = (value: number) => ({ identity: identityFromBytes(bytes(32, value)), exchange: exchangeKeyFromBytes(bytes(1216, value)) });

const album: WireSharedAlbum = {
  id: "a", ownerId: "o", role: "contributor", canDownload: true, generation: 1, settings: { number: 3, sealed: bytes(9, 1) }, itemCount: 2,
  sharedAt: "", rotationDueAt: null, isInTimeline: false, head: { seq: 4, hash: bytes(32, 0) }, ownKeys: new Map(),
  deliveries: [{ grantId: "g", groupId: null, generation: 1, groupGeneration: 0, granterId: "o", sealed: bytes(9, 2) }],
  grants: [{ id: "g", accountId: "me", groupId: null, role: "contributor", canDownload: true, madeAt: "", lastUsedOn: null }],
  people: [{ accountId: "o", email: null, keys: keysOf(1) }],
};

/** Albums whose reading ends like this each time, and whether each look read. */
function looking(tend: () => Promise<{ ids: readonly string[]; done: readonly string[]; failed: readonly [] }>, photos: Record<string, Item> = {}) {
  const albums = new ContributedAlbums({ tend, photo: (id) => photos[id] ?? null });
  return async (...seen: readonly WireSharedAlbum[]): Promise<readonly boolean[]> => {
    const read = [];
    for (const each of seen) read.push(await albums.lookAt(each));
    return read;
  };
}

const inVain = (error: Error) => looking(() => Promise.reject(error));

for (const error of [new HistoryError("broken-link"), new HistoryError("rolled-back"), new CryptoError("cannot-open", ""), new AlbumError("doubtful"), new AlbumError("other-keys"), new AlbumError("unreadable-key")]) {
  test(`an album that cannot be believed is read once: ${error.name} ${error.code}`, async () => {
    assert.deepEqual(await inVain(error)(album, album, { ...album }), [true, false, false]);
  });
}

for (const error of [new Problem("offline", ""), new Problem("rate_limited", "", 429), new LibraryError("offline", ""), new AlbumError("busy"), new CryptoError("unavailable", ""), new DOMException("", "AbortError")]) {
  test(`what may pass by itself is tried at every look: ${error.name} ${"code" in error ? String(error.code) : ""}`, async () => {
    assert.deepEqual(await inVain(error)(album, album, album), [true, true, true]);
  });
}

const otherwise: readonly (readonly [string, Partial<WireSharedAlbum>])[] = [
  ["a newer head", { head: { seq: 5, hash: bytes(32, 0) } }],
  ["another head of that number", { head: { seq: 4, hash: bytes(32, 1) } }],
  ["newer settings", { settings: { number: 4, sealed: bytes(9, 1) } }],
  ["other settings of that number", { settings: { number: 3, sealed: bytes(9, 2) } }],
  ["another key", { generation: 2 }],
  ["another delivery", { deliveries: [{ grantId: "g", groupId: null, generation: 1, groupGeneration: 0, granterId: "o", sealed: bytes(9, 3) }] }],
  ["nobody it does not know", { grants: [] }],
  ["other keys of somebody", { people: [{ accountId: "o", email: null, keys: keysOf(2) }] }],
  ["an account that is gone", { people: [{ accountId: "o", email: null, keys: null }] }],
];

for (const [name, change] of otherwise) {
  test(`an album that could not be believed is read again with ${name}`, async () => {
    const look = inVain(new HistoryError("broken-link"));
    const changed = { ...album, ...change };
    assert.deepEqual(await look(album, changed, changed, album), [true, true, false, true]);
  });
}

test("what is not asked for its being believed does not make it be read again", async () => {
  const grants = album.grants.map((each) => ({ ...each, lastUsedOn: "2026-11-27" }));
  const look = inVain(new HistoryError("broken-link"));
  assert.deepEqual(await look(album, { ...album, itemCount: 9, isInTimeline: true, grants }), [true, false]);
});

test("an album that is believed again is followed as before", async () => {
  let isBelieved = false;
  const look = looking(() => (isBelieved ? Promise.resolve({ ids: [], done: [], failed: [] }) : Promise.reject(new HistoryError("forked"))));
  assert.deepEqual(await look(album, album), [true, false]);
  isBelieved = true;
  const head = { seq: 5, hash: bytes(32, 1) };
  // What others do there moves the head, and is none of this account's business.
  assert.deepEqual(await look({ ...album, head }, { ...album, head }, album, { ...album, settings: { number: 4, sealed: bytes(9, 1) } }), [true, false, false, true]);
});

test("an album that this account only looks at, or that is its own, is left to others", async () => {
  const look = looking(() => Promise.resolve({ ids: [], done: [], failed: [] }));
  assert.deepEqual(await look({ ...album, role: "viewer" }, { ...album, role: "owner" }, { ...album, role: "manager" }), [false, false, true]);
});

test("a photo that changed here is a reason to read, each album for itself", async () => {
  const item = (version: number): Item => ({ id: "p", version, isWhole: false, time: 0, isTimeKnown: true, place: null } as Item);
  const photos: Record<string, Item> = { p: item(1) };
  const look = looking(() => Promise.resolve({ ids: ["p"], done: [], failed: [] }), photos);
  // Which photos these are is known after the first reading.
  assert.deepEqual(await look(album, album, album), [true, true, false]);
  photos["p"] = item(2);
  assert.deepEqual(await look(album, album, { ...album, id: "b" }), [true, false, true]);
});
