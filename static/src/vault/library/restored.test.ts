import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { toBase64Url } from "../../crypto/bytes.ts";
import { holdKey } from "../../crypto/derive.ts";
import { newAccountKey, newAlbumKey, newContentKey, newRecordKey } from "../../crypto/keys.ts";
import { sealRecord } from "../../crypto/record.ts";
import { wrapKey } from "../../crypto/wrap.ts";
import { BlockIndex, type IndexStore } from "./blocks.ts";
import { contextOf, openKeyring } from "./keyring.ts";
import { memoryStore } from "./memory-store.ts";
import type { ProvenRestoration } from "./sightings.ts";
import { pullChanges, type SyncStep } from "./sync.ts";
import { readPage } from "./wire.ts";

const ACCOUNT = "01900000-0000-7000-8000-000000000001";
const [PHOTO, OTHER, ALBUM] = ["01900000-0000-7000-9000-000000000001", "01900000-0000-7000-9000-000000000002", "01900000-0000-7000-9000-000000000003"];
const keyring = await openKeyring(ACCOUNT, await holdKey(newAccountKey()));
const HOUR = 3_600_000;
const NOON = Date.parse("2026-11-27T12:00:00Z");
const RESTORED: ProvenRestoration = { restoredTo: NOON, restoredAt: NOON + 10 * HOUR };

const recordKey = newRecordKey();

/** A change that says a photo as it stands in this revision. */
async function photo(id: string, revision: number): Promise<Record<string, unknown>> {
  const sealed = await sealRecord({ name: "a", kind: "jpeg" }, recordKey, contextOf("metadata", ACCOUNT, id, 1));
  const corrections = await sealRecord({ title: `title ${revision}` }, recordKey, contextOf("corrections", ACCOUNT, id, revision));
  const image = {
    id, owner_id: ACCOUNT, stored_at: "2026-11-20T10:00:00.000Z", verified_at: null, binned_at: null, purge_at: null,
    version: { number: 1, parts: { original: { bytes: 900, sha256: "" } }, is_damaged: false },
    wrapped_content_key: toBase64Url(await wrapKey(newContentKey(), keyring.wrappingKey, contextOf("content-key", ACCOUNT, id, 1))),
    wrapped_record_key: toBase64Url(await wrapKey(recordKey, keyring.wrappingKey, contextOf("record-key", ACCOUNT, id, 1))),
    metadata: toBase64Url(sealed), marks: null, corrections: { revision, sealed: toBase64Url(corrections) }, albums: [],
  };
  return { kind: "image", id, is_deleted: false, image };
}

const albumKey = newAlbumKey();

async function album(number: number): Promise<Record<string, unknown>> {
  const sealed = await sealRecord({ name: `name ${number}` }, albumKey, contextOf("album", ACCOUNT, ALBUM, number));
  const wrapped = toBase64Url(await wrapKey(albumKey, keyring.wrappingKey, contextOf("album-key", ACCOUNT, ALBUM, 1)));
  return { kind: "album", id: ALBUM, is_deleted: false, album: { id: ALBUM, wrapped_album_key: wrapped, generation: 1, settings: { number, sealed: toBase64Url(sealed) } } };
}

/** A device that keeps its index, and the clock on its wall. */
class Device {
  readonly store: IndexStore = memoryStore();
  readonly cursors: string[] = [];

  /** Bring it up to a service that answers with one page, at this hour. */
  async hears(hour: number, changes: readonly Record<string, unknown>[], restoration: ProvenRestoration | null = null): Promise<SyncStep> {
    const index = await this.index();
    mock.timers.setTime(NOON + hour * HOUR);
    const feed = { page: (cursor: string) => {
      this.cursors.push(cursor);
      return Promise.resolve(readPage({ changes, cursor: "p1", has_more: false }));
    } };
    const steps: SyncStep[] = [];
    for await (const step of pullChanges(index, feed, keyring, restoration)) steps.push(step);
    const sum = (of: "rolledBack" | "unlisted"): number => steps.reduce((total, step) => total + step[of], 0);
    const [last] = steps.slice(-1);
    assert.ok(last !== undefined);
    return { ...last, rolledBack: sum("rolledBack"), unlisted: sum("unlisted"), restoredChanged: steps.some(({ restoredChanged }) => restoredChanged) };
  }

  async index(): Promise<BlockIndex> {
    const index = new BlockIndex(this.store, keyring);
    for await (const change of index.catchUp()) void change;
    return index;
  }

  async revision(id = PHOTO): Promise<number | undefined> {
    return (await (await this.index()).entry(id))?.revision;
  }
}

mock.timers.enable({ apis: ["Date"] });

test("what a proven restore forgot is taken over, read from the beginning, and counted", async () => {
  const device = new Device();
  await device.hears(-2, [await photo(PHOTO, 1), await album(1)]);
  await device.hears(1, [await photo(PHOTO, 2), await photo(OTHER, 1), await album(2)]);
  const step = await device.hears(11, [await photo(PHOTO, 1), await album(1)], RESTORED);

  assert.deepEqual([step.rolledBack, step.unlisted, step.restoredChanged], [0, 0, true]);
  assert.deepEqual(device.cursors, ["", "p1", ""]);
  assert.deepEqual([await device.revision(), await device.revision(OTHER)], [1, undefined]);
  const index = await device.index();
  assert.equal(index.albums[0]?.settings?.name, "name 1");
  assert.deepEqual(index.restored, { ...RESTORED, older: 2, lost: 1 });
});

test("without a proven restore all of it is refused, and told", async () => {
  const device = new Device();
  await device.hears(-2, [await photo(PHOTO, 1), await album(1)]);
  await device.hears(1, [await photo(PHOTO, 2), await album(2)]);
  const step = await device.hears(11, [await photo(PHOTO, 1), await album(1)]);

  assert.deepEqual([step.rolledBack, step.restoredChanged, await device.revision()], [2, false, 2]);
  assert.equal((await device.index()).albums[0]?.number, 2);
});

test("a device that refused at first takes it over once there is a proof", async () => {
  const device = new Device();
  await device.hears(-2, [await photo(PHOTO, 1)]);
  await device.hears(1, [await photo(PHOTO, 2)]);
  await device.hears(11, [await photo(PHOTO, 1)]);
  await device.hears(11.1, [await photo(PHOTO, 1)], RESTORED);

  assert.equal(await device.revision(), 1);
});

test("a restore explains nothing that was told before its backup, nor what was only then left out", async () => {
  const device = new Device();
  await device.hears(-2, [await photo(PHOTO, 2), await photo(OTHER, 1), await album(2)]);
  const step = await device.hears(11, [await photo(PHOTO, 1)], RESTORED);

  assert.deepEqual([step.rolledBack, step.unlisted, await device.revision()], [1, 2, 2]);
  assert.deepEqual((await device.index()).restored, { ...RESTORED, older: 0, lost: 0 });
});

test("an old proof that is told again rolls nothing back that came after it", async () => {
  const device = new Device();
  await device.hears(-2, [await photo(PHOTO, 1)]);
  await device.hears(1, [await photo(PHOTO, 2)]);
  await device.hears(11, [await photo(PHOTO, 1)], RESTORED);
  await device.hears(12, [await photo(PHOTO, 2), await photo(OTHER, 1)], RESTORED);
  const step = await device.hears(13, [await photo(PHOTO, 1)], RESTORED);

  assert.deepEqual([step.rolledBack, await device.revision(), await device.revision(OTHER)], [1, 2, 1]);
});

test("nor does it where the device hears of it for the first time long after", async () => {
  const device = new Device();
  await device.hears(-2, [await photo(PHOTO, 1)]);
  await device.hears(12, [await photo(PHOTO, 2)]);
  const step = await device.hears(400, [await photo(PHOTO, 1)], RESTORED);

  assert.deepEqual([step.rolledBack, await device.revision()], [1, 2]);
});

test("what does not open is not taken over, whatever was restored", async () => {
  const device = new Device();
  await device.hears(-2, [await photo(PHOTO, 1)]);
  await device.hears(1, [await photo(PHOTO, 2)]);
  const honest = await photo(PHOTO, 1);
  const forged = { ...honest, image: { ...(honest["image"] as object), corrections: { revision: 1, sealed: "AQAB" } } };
  const step = await device.hears(11, [forged], RESTORED);

  assert.deepEqual([step.restoredChanged, await device.revision()], [true, 2]);
  assert.equal((await device.index()).restored.older, 0);
});

test("an index from before there were sightings gives nothing up, and keeps what it knows", async () => {
  const device = new Device();
  await device.hears(1, [await photo(PHOTO, 2)]);
  const index = await device.index();
  const { told, ...entry } = (await index.entry(PHOTO)) ?? assert.fail();
  assert.deepEqual(told, [[NOON + HOUR, NOON + HOUR, 1, 2, 0]]);
  await index.update({ upserts: [entry], removals: [], cursor: index.cursor, albums: [] });
  await device.hears(11, [await photo(PHOTO, 1)], RESTORED);

  assert.equal(await device.revision(), 2);
});

test("killed while it reads anew, it reads anew again and counts nothing twice", async () => {
  const device = new Device();
  await device.hears(-2, [await photo(PHOTO, 1)]);
  await device.hears(1, [await photo(PHOTO, 2), await photo(OTHER, 1)]);
  mock.timers.setTime(NOON + 11 * HOUR);
  const page = readPage({ changes: [await photo(PHOTO, 1)], cursor: "p1", has_more: true });
  const steps = pullChanges(await device.index(), { page: () => Promise.resolve(page) }, keyring, RESTORED);
  await steps.next();
  await steps.next();
  const index = await device.index();
  assert.deepEqual([index.cursor, index.restored.older], ["", 1]);

  await device.hears(11.1, [await photo(PHOTO, 1)], RESTORED);

  assert.deepEqual((await device.index()).restored, { ...RESTORED, older: 1, lost: 1 });
});
