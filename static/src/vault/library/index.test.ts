import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../../api/problem.ts";
import { record } from "../../api/shape.ts";
import { toBase64Url } from "../../crypto/bytes.ts";
import { holdKey } from "../../crypto/derive.ts";
import { newAccountKey, newAlbumKey, newContentKey, newRecordKey, type AlbumKey, type RecordKey } from "../../crypto/keys.ts";
import { sealRecord, type JsonValue } from "../../crypto/record.ts";
import { wrapKey } from "../../crypto/wrap.ts";
import { BLOCK_ENTRIES, BlockIndex, type IndexChange, type IndexStore } from "./blocks.ts";
import { contextOf, entryFrom, openKeyring, type Keyring } from "./keyring.ts";
import { memoryStore } from "./memory-store.ts";
import { pullChanges, type Feed, type SyncStep } from "./sync.ts";
import { readPage, type WirePage } from "./wire.ts";

const ACCOUNT = "01900000-0000-7000-8000-000000000001";
const keyring = await openKeyring(ACCOUNT, await holdKey(newAccountKey()));

const imageId = (number: number): string => `01900000-0000-7000-9000-${String(number).padStart(12, "0")}`;

async function wireImage(id: string, name: string, keys: Keyring = keyring): Promise<Record<string, unknown>> {
  const [contentKey, recordKey] = [newContentKey(), newRecordKey()];
  const sealed = await sealRecord({ name, kind: "jpeg" }, recordKey, contextOf("metadata", ACCOUNT, id, 1));
  return {
    id, owner_id: ACCOUNT, stored_at: "2026-11-20T10:00:00.000Z", verified_at: null, binned_at: null, purge_at: null,
    version: { number: 1, parts: { original: { bytes: 900, sha256: "" } }, is_damaged: false },
    wrapped_content_key: toBase64Url(await wrapKey(contentKey, keys.wrappingKey, contextOf("content-key", ACCOUNT, id, 1))),
    wrapped_record_key: toBase64Url(await wrapKey(recordKey, keys.wrappingKey, contextOf("record-key", ACCOUNT, id, 1))),
    metadata: toBase64Url(sealed), marks: null, corrections: null, albums: [],
  };
}

async function wireAlbum(id: string, name: string): Promise<Record<string, unknown>> {
  const key: AlbumKey = newAlbumKey();
  const sealed = await sealRecord({ name }, key, contextOf("album", ACCOUNT, id, 1));
  const wrapped = await wrapKey(key, keyring.wrappingKey, contextOf("album-key", ACCOUNT, id, 1));
  return { id, wrapped_album_key: toBase64Url(wrapped), generation: 1, settings: { number: 1, sealed: toBase64Url(sealed) } };
}

const upsert = (image: Record<string, unknown>): Record<string, unknown> => ({ kind: "image", id: image["id"], is_deleted: false, image });
const removal = (id: string): Record<string, unknown> => ({ kind: "image", id, is_deleted: true });

/** A feed of pages one after the other; cursors are their numbers. */
class PagedFeed implements Feed {
  readonly asked: string[] = [];
  expired = new Set<string>();

  constructor(readonly pages: Record<string, unknown>[][]) {}

  page(cursor: string): Promise<WirePage> {
    this.asked.push(cursor);
    if (this.expired.has(cursor)) return Promise.reject(new Problem("cursor_expired", "Start over.", 410));
    const at = cursor === "" ? 0 : Number(cursor.slice(1));
    const changes = this.pages[at] ?? [];
    return Promise.resolve(readPage({ changes, cursor: `p${Math.min(at + 1, this.pages.length)}`, has_more: at + 1 < this.pages.length }));
  }
}

const newIndex = (store: IndexStore): BlockIndex => new BlockIndex(store, keyring);

async function drain<T>(steps: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const step of steps) all.push(step);
  return all;
}

const pull = (index: BlockIndex, feed: Feed): Promise<SyncStep[]> => drain(pullChanges(index, feed, keyring));

async function namesIn(store: IndexStore): Promise<string[]> {
  const changes: IndexChange[] = await drain(newIndex(store).catchUp());
  return changes.flatMap(({ upserts }) => upserts.map(({ metadata }) => metadata?.name ?? "?")).sort();
}

test("what was synchronised is there at the next start, opened from the sealed index alone", async () => {
  const store = memoryStore();
  const feed = new PagedFeed([[upsert(await wireImage(imageId(1), "a"))], [upsert(await wireImage(imageId(2), "b")), { kind: "album", id: "x", is_deleted: false, album: await wireAlbum("x", "Summer") }]]);
  await pull(newIndex(store), feed);
  const again = newIndex(store);
  await drain(again.catchUp());
  assert.deepEqual(await namesIn(store), ["a", "b"]);
  assert.equal(again.albums[0]?.settings?.name, "Summer");
  assert.equal(again.cursor, "p2");
  assert.equal((await again.entry(imageId(2)))?.metadata?.name, "b");
});

test("nothing in the store can be read without the index key, or put in another place", async () => {
  const kept = new Map<string, Uint8Array>();
  const inner = memoryStore();
  const store: IndexStore = { ...inner, write: (state, blocks) => {
    kept.set("state", state);
    for (const [number, sealed] of blocks) kept.set(`block-${number}`, sealed);
    return inner.write(state, blocks);
  } };
  await pull(newIndex(store), new PagedFeed([[upsert(await wireImage(imageId(1), "MARKER-NAME"))]]));
  for (const sealed of kept.values()) {
    assert.equal(!Buffer.from(sealed).includes("MARKER-NAME"), true);
    assert.equal(!Buffer.from(sealed).includes("jpeg"), true);
  }
  const moved: IndexStore = { ...store, readBlock: () => store.readState() };
  const misled = newIndex(moved);
  await drain(misled.catchUp());
  assert.equal(misled.size, 0);
  await pull(newIndex(store), new PagedFeed([[upsert(await wireImage(imageId(1), "MARKER-NAME"))]]));
  const stranger = new BlockIndex(store, await openKeyring(ACCOUNT, newAccountKey()));
  assert.deepEqual(await drain(stranger.catchUp()), []);
  assert.equal(stranger.cursor, "");
});

test("a tombstone takes the photo out, and the last change of a page wins", async () => {
  const store = memoryStore();
  const image = await wireImage(imageId(1), "a");
  await pull(newIndex(store), new PagedFeed([[upsert(image), upsert(await wireImage(imageId(2), "b"))]]));
  const index = newIndex(store);
  await drain(index.catchUp());
  const feed = new PagedFeed([[], [upsert(await wireImage(imageId(1), "late")), removal(imageId(1))]]);
  await pull(index, feed);
  assert.deepEqual(feed.asked, ["p1"]);
  assert.deepEqual(await namesIn(store), ["b"]);
});

test("a damaged record does not keep the others from opening, and stays in the library", async () => {
  const store = memoryStore();
  const broken = { ...(await wireImage(imageId(2), "b")), metadata: "AQAA" };
  const swapped = { ...(await wireImage(imageId(3), "c")), wrapped_record_key: (await wireImage(imageId(4), "d"))["wrapped_record_key"] };
  const missing = { ...(await wireImage(imageId(5), "e")), wrapped_record_key: null, marks: "nonsense" };
  await pull(newIndex(store), new PagedFeed([[upsert(await wireImage(imageId(1), "a")), upsert(broken), upsert(swapped), upsert(missing), { kind: "image", is_deleted: false, image: 7 }]]));
  assert.deepEqual(await namesIn(store), ["?", "?", "?", "a"]);
});

test("an album that cannot be opened stays, and keeps no other from opening", async () => {
  const index = newIndex(memoryStore());
  const album = (value: unknown): Record<string, unknown> => ({ kind: "album", id: record(value)["id"], is_deleted: false, album: value });
  const broken = { ...(await wireAlbum("y", "Winter")), wrapped_album_key: (await wireAlbum("z", "Spring"))["wrapped_album_key"] };
  await pull(index, new PagedFeed([[album(broken), album(await wireAlbum("x", "Summer"))]]));
  assert.deepEqual(index.albums.map(({ id, settings }) => [id, settings?.name ?? null]), [["y", null], ["x", "Summer"]]);
});

test("a record sealed for another photo does not open", async () => {
  const [first, second] = [await wireImage(imageId(1), "a"), await wireImage(imageId(2), "b")];
  const page = readPage({ changes: [upsert({ ...second, id: imageId(1) }), upsert(first)], cursor: "", has_more: false });
  const images = page.changes.flatMap(({ image }) => image ?? []);
  const [forged, honest] = await Promise.all(images.map((image) => entryFrom(image, keyring)));
  assert.equal(forged?.metadata, null);
  assert.equal(honest?.metadata?.name, "a");
});

test("an expired cursor starts over without emptying the library first, and drops only what is gone", async () => {
  const store = memoryStore();
  const [a, b] = [await wireImage(imageId(1), "a"), await wireImage(imageId(2), "b")];
  await pull(newIndex(store), new PagedFeed([[upsert(a), upsert(b)]]));
  const index = newIndex(store);
  await drain(index.catchUp());
  const feed = new PagedFeed([[upsert(b)], [upsert(await wireImage(imageId(3), "c"))]]);
  feed.expired.add("p1");
  const failing: Feed = { page: (cursor) => (cursor === "p1" && feed.asked.length > 1 ? feed.page("p9") : feed.page(cursor)) };
  feed.expired.delete("p9");
  const steps: SyncStep[] = [];
  const cursors: string[] = [];
  const fresh = new PagedFeed([[upsert(b)], [upsert(await wireImage(imageId(3), "c"))]]);
  let isFirst = true;
  const once: Feed = { page: (cursor) => {
    if (!isFirst) return fresh.page(cursor);
    isFirst = false;
    return failing.page(cursor);
  } };
  for await (const step of pullChanges(index, once, keyring)) {
    steps.push(step);
    cursors.push(index.cursor);
  }
  assert.deepEqual(cursors, ["", "", "p2"]);
  assert.deepEqual(steps.map(({ removals }) => removals), [[], [], [imageId(1)]]);
  assert.deepEqual(steps.map(({ unlisted }) => unlisted), [0, 0, 1]);
  assert.deepEqual(await namesIn(store), ["b", "c"]);
});

test("a cursor that the server does not take for its own starts over too", async () => {
  const index = newIndex(memoryStore());
  const a = await wireImage(imageId(1), "a");
  await pull(index, new PagedFeed([[upsert(a)]]));
  const feed = new PagedFeed([[upsert(a), upsert(await wireImage(imageId(2), "b"))]]);
  const honest: Feed = { page: (cursor) => (cursor === "" ? feed.page("") : Promise.reject(new Problem("wrong_cursor", "Start over.", 400))) };
  await pull(index, honest);
  assert.equal(index.size, 2);
});

test("a cursor that expires at the very beginning is an error, not an endless loop", async () => {
  const feed = new PagedFeed([[]]);
  feed.expired.add("");
  await assert.rejects(pull(newIndex(memoryStore()), feed), { code: "cursor_expired" });
  assert.equal(feed.asked.length, 1);
});

test("two and a half thousand photos lie in three blocks, and one change rewrites one of them", async () => {
  const inner = memoryStore();
  const written: number[][] = [];
  const store: IndexStore = { ...inner, write: (state, blocks) => {
    written.push([...blocks.keys()]);
    return inner.write(state, blocks);
  } };
  const index = newIndex(store);
  const [change] = readPage({ changes: [upsert(await wireImage(imageId(0), "a"))], cursor: "", has_more: false }).changes;
  assert.ok(change?.image, "the change holds an image");
  const base = await entryFrom(change.image, keyring);
  const entries = Array.from({ length: 2.5 * BLOCK_ENTRIES }, (_, number) => ({ ...base, id: imageId(number) }));
  await index.update({ upserts: entries, removals: [], cursor: "p1", albums: [] });
  await index.update({ upserts: [{ ...base, id: imageId(1500), revision: 9 }], removals: [], cursor: "p2", albums: [] });
  assert.deepEqual(written, [[0, 1, 2], [1]]);
  assert.equal((await index.entry(imageId(1500)))?.revision, 9);
  await index.update({ upserts: [], removals: [imageId(3)], cursor: "p3", albums: [] });
  await index.update({ upserts: [{ ...base, id: imageId(9999) }], removals: [], cursor: "p4", albums: [] });
  assert.deepEqual(written.slice(2), [[0], [2]]);
  assert.equal(index.size, 2500);
  const again = newIndex(store);
  const blocks = await drain(again.catchUp());
  assert.deepEqual(blocks.map(({ upserts }) => upserts.length), [999, 1000, 501]);
});

test("another tab reads only the blocks that changed", async () => {
  const store = memoryStore();
  const [ours, theirs] = [newIndex(store), newIndex(store)];
  await pull(ours, new PagedFeed([[upsert(await wireImage(imageId(1), "a")), upsert(await wireImage(imageId(2), "b"))]]));
  assert.equal((await drain(theirs.catchUp())).length, 1);
  assert.deepEqual(await drain(theirs.catchUp()), []);
  await ours.update({ upserts: [], removals: [imageId(1)], cursor: "p2", albums: [] });
  const [step] = await drain(theirs.catchUp());
  assert.deepEqual(step?.removals, [imageId(1)]);
  assert.equal(theirs.cursor, "p2");
});

test("an index with a broken block is built again rather than shown with holes", async () => {
  const inner = memoryStore();
  await pull(newIndex(inner), new PagedFeed([[upsert(await wireImage(imageId(1), "a"))]]));
  const store: IndexStore = { ...inner, readBlock: async (number) => (await inner.readBlock(number))?.map((byte, at) => (at === 40 ? byte ^ 1 : byte)) ?? null };
  const index = newIndex(store);
  await drain(index.catchUp());
  assert.equal(index.cursor, "");
  assert.equal(index.size, 0);
  assert.equal(await inner.readState(), null);
});

interface Numbers {
  readonly version: number;
  readonly marks: number;
  readonly revision: number;
  readonly name: string;
}

/** One photo in a numbered state, as its server seals it: marks are a favourite where their number is even. */
async function photoAt(base: Record<string, unknown>, recordKey: RecordKey, { version, marks, revision, name }: Numbers): Promise<Record<string, unknown>> {
  const id = imageId(1);
  const seal = async (purpose: "metadata" | "marks" | "corrections", number: number, value: JsonValue): Promise<string> =>
    toBase64Url(await sealRecord(value, recordKey, contextOf(purpose, ACCOUNT, id, number)));
  return {
    ...base,
    version: { number: version, parts: { original: { bytes: 900 + version, sha256: "" } }, is_damaged: false },
    metadata: await seal("metadata", version, { name, kind: "jpeg" }),
    marks: marks === 0 ? null : { number: marks, sealed: await seal("marks", marks, { favourite: marks % 2 === 0, archived: false }) },
    corrections: revision === 0 ? null : { revision, sealed: await seal("corrections", revision, { title: `title ${revision}` }) },
  };
}

const NOW: Numbers = { version: 2, marks: 2, revision: 2, name: "newer" };
for (const [what, older] of Object.entries({
  "lower marks": { ...NOW, marks: 1 },
  "no marks at all": { ...NOW, marks: 0 },
  "a lower revision": { ...NOW, revision: 1 },
  "an older version": { ...NOW, version: 1, name: "older" },
})) {
  test(`a server that answers with ${what} than this device has seen is not believed`, async () => {
    const store = memoryStore();
    const recordKey = newRecordKey();
    const wrapped = toBase64Url(await wrapKey(recordKey, keyring.wrappingKey, contextOf("record-key", ACCOUNT, imageId(1), 1)));
    const base = { ...(await wireImage(imageId(1), "")), wrapped_record_key: wrapped };
    const index = newIndex(store);
    await pull(index, new PagedFeed([[upsert(await photoAt(base, recordKey, NOW))]]));
    const back = upsert({ ...(await photoAt(base, recordKey, older)), albums: ["x"] });
    const [step] = await pull(index, new PagedFeed([[], [back]]));
    const entry = await index.entry(imageId(1));
    assert.equal(step?.rolledBack, 1);
    assert.deepEqual([entry?.version, entry?.metadata?.name, entry?.parts.original], [2, "newer", 902]);
    assert.deepEqual([entry?.marksNumber, entry?.marks.favourite, entry?.revision, entry?.corrections?.title], [2, true, 2, "title 2"]);
    // What carries no number is taken as it is, and a server that caught up is believed again.
    assert.deepEqual(entry?.albums, ["x"]);
    const [again] = await pull(newIndex(store), new PagedFeed([[upsert(await photoAt(base, recordKey, { version: 3, marks: 3, revision: 3, name: "newest" }))]]));
    assert.deepEqual([again?.rolledBack, again?.upserts[0]?.marksNumber, again?.upserts[0]?.metadata?.name], [0, 3, "newest"]);
  });
}

test("an index that is read anew over what is there is not rolled back either, nor are albums", async () => {
  const index = newIndex(memoryStore());
  const album = { ...(await wireAlbum("x", "Summer")), settings: { number: 4, sealed: "" } };
  const change = (value: Record<string, unknown>): Record<string, unknown> => ({ kind: "album", id: "x", is_deleted: false, album: value });
  await pull(index, new PagedFeed([[change(album)]]));
  const feed = new PagedFeed([[change(await wireAlbum("x", "Winter"))]]);
  feed.expired.add("p1");
  const [step] = await pull(index, feed);
  assert.deepEqual([step?.rolledBack, index.albums[0]?.number], [1, 4]);
});

/** Ways in which a server spoils what it offers of a photo that this device has. */
const SPOILED: Readonly<Record<string, (image: Record<string, unknown>, other: Record<string, unknown>) => Record<string, unknown>>> = {
  "another photo's record key": (image, other) => ({ ...image, wrapped_record_key: other["wrapped_record_key"] }),
  "another photo's metadata": (image, other) => ({ ...image, metadata: other["metadata"] }),
  "another photo's content key": (image, other) => ({ ...image, wrapped_content_key: other["wrapped_content_key"] }),
  "marks that are none": (image) => ({ ...image, marks: { number: 3, sealed: "AQAA" } }),
  "corrections that are none": (image) => ({ ...image, corrections: { revision: 3, sealed: "AQAA" } }),
  "a version that is none": (image) => ({ ...image, version: { number: 3, parts: { original: { bytes: 7, sha256: "other" } }, is_damaged: true } }),
};
for (const [what, spoil] of Object.entries(SPOILED)) {
  test(`what this device has and can open stays, whatever comes in its place: ${what}`, async () => {
    const recordKey = newRecordKey();
    const wrapped = toBase64Url(await wrapKey(recordKey, keyring.wrappingKey, contextOf("record-key", ACCOUNT, imageId(1), 1)));
    const content = toBase64Url(await wrapKey(newContentKey(), keyring.wrappingKey, contextOf("content-key", ACCOUNT, imageId(1), 2)));
    const base = { ...(await wireImage(imageId(1), "")), wrapped_record_key: wrapped, wrapped_content_key: content };
    const image = await photoAt(base, recordKey, NOW);
    const index = newIndex(memoryStore());
    await pull(index, new PagedFeed([[upsert(image)]]));
    const before = await index.entry(imageId(1));
    const [step] = await pull(index, new PagedFeed([[], [upsert({ ...spoil(image, await wireImage(imageId(2), "b")), albums: ["x"] })]]));
    assert.deepEqual([step?.unreadable, step?.rolledBack], [1, 0]);
    assert.deepEqual(await index.entry(imageId(1)), { ...before, albums: ["x"] });
    // Its number was nobody's word, so what the server says rightly is taken again.
    const [again] = await pull(index, new PagedFeed([[], [], [upsert(await photoAt(base, recordKey, { ...NOW, marks: 3, revision: 3 }))]]));
    assert.deepEqual([again?.unreadable, again?.rolledBack, again?.upserts[0]?.marksNumber, again?.upserts[0]?.revision], [0, 0, 3, 3]);
  });
}

test("what this device could not open either is taken as it comes", async () => {
  const index = newIndex(memoryStore());
  const image = await wireImage(imageId(1), "a");
  await pull(index, new PagedFeed([[upsert({ ...image, metadata: "AQAA" })]]));
  const [step] = await pull(index, new PagedFeed([[], [upsert({ ...image, metadata: "AQAB", albums: ["x"] })]]));
  assert.deepEqual([step?.unreadable, (await index.entry(imageId(1)))?.albums], [0, ["x"]]);
  await pull(index, new PagedFeed([[], [], [upsert(image)]]));
  assert.equal((await index.entry(imageId(1)))?.metadata?.name, "a");
});

test("settings of an album that do not open do not replace those that do", async () => {
  const index = newIndex(memoryStore());
  const change = (value: Record<string, unknown>): Record<string, unknown> => ({ kind: "album", id: "x", is_deleted: false, album: value });
  const album = await wireAlbum("x", "Summer");
  await pull(index, new PagedFeed([[change(album)]]));
  const [step] = await pull(index, new PagedFeed([[], [change({ ...album, settings: { number: 9, sealed: "AQAA" } })]]));
  assert.deepEqual([step?.unreadable, index.albums[0]?.settings?.name, index.albums[0]?.number], [1, "Summer", 1]);
});
