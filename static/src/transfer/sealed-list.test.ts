import assert from "node:assert/strict";
import { test } from "node:test";

import type { Bytes } from "../crypto/bytes.ts";
import { newAccountKey } from "../crypto/keys.ts";
import { openKeyring } from "../vault/library/keyring.ts";
import { WAITING_PUBLICATIONS, type WaitingPublication } from "./publishing-list.ts";
import { SealedList, type ListShelf } from "./sealed-list.ts";

const OWNER = "65ccfc7e-df2f-47ea-a372-c143f7084e9a";
const ID = "c5e24292-f6bc-4a6f-a91e-974146fe49e2";
const WAITING: WaitingPublication = {
  publication: { id: ID, imageId: OWNER, words: { caption: "Harbour in fog", creator: "Alice", licence: "CC BY 4.0" }, isWatermarked: true, albumId: null, position: 0 },
  copy: { upload: "u", uploadSha256: "s", uploadBytes: 7, copyKey: "the key of a copy", copy: "c", removed: ["place"] }, isTried: true, failure: null,
};
const owner = await openKeyring(OWNER, newAccountKey());

function shelfOf(stored: Map<string, Bytes>): ListShelf {
  return {
    ids: () => Promise.resolve([...stored.keys()]), get: (id) => Promise.resolve(stored.get(id) ?? null),
    put: (id, sealed) => Promise.resolve(void stored.set(id, sealed)), remove: (id) => Promise.resolve(void stored.delete(id)),
  };
}

function page(id: string, stored: Map<string, Bytes>, isGone = true, keys = owner) {
  return new SealedList(id, shelfOf(stored), keys, async (_, job) => (isGone ? await job() : null), WAITING_PUBLICATIONS);
}

test("what a closed page had waiting is taken over whole, once", async () => {
  const stored = new Map<string, Bytes>();
  await page("one", stored).remember([WAITING]);
  const next = page("two", stored);
  assert.deepEqual(await next.leftBehind(), [WAITING]);
  assert.deepEqual([...stored.keys()], ["two"]);
  assert.deepEqual(await page("three", stored).leftBehind(), [WAITING]);
});

test("whoever is killed while taking over has it still", async () => {
  const stored = new Map<string, Bytes>();
  await page("one", stored).remember([WAITING]);
  const shelf = shelfOf(stored);
  const killed = new SealedList("two", { ...shelf, remove: () => Promise.reject(new Error("killed")) }, owner, async (_, job) => await job(), WAITING_PUBLICATIONS);
  await assert.rejects(killed.leftBehind());
  const found = await page("three", stored).leftBehind();
  assert.deepEqual(new Set(found.map(({ publication }) => publication.id)), new Set([ID]));
});

test("a list lies sealed: it says nothing to whoever has no key, and is nobody else's", async () => {
  const stored = new Map<string, Bytes>();
  await page("one", stored).remember([WAITING]);
  const text = new TextDecoder().decode(stored.get("one"));
  for (const word of ["Harbour", "Alice", "the key", ID]) assert.equal(text.includes(word), false);
  assert.deepEqual(await page("two", new Map(stored), true, await openKeyring(OWNER, newAccountKey())).leftBehind(), []);
  // Under another page's name it does not open either.
  assert.deepEqual(await page("two", new Map([["three", stored.get("one") ?? new Uint8Array()]])).leftBehind(), []);
});

test("a page that is still open keeps its own, and nothing waiting leaves no list", async () => {
  const stored = new Map<string, Bytes>();
  const open = page("one", stored);
  await open.remember([WAITING]);
  assert.deepEqual(await page("two", stored, false).leftBehind(), []);
  await open.remember([]);
  assert.equal(stored.size, 0);
});
