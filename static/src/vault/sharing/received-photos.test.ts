/** Somebody's album at a second visit: what was kept of it is shown, and only what changed is asked for. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import { toBase64Url, type Bytes } from "../../crypto/bytes.ts";
import { commitmentOf } from "../../crypto/commitment.ts";
import { HistoryError } from "../../crypto/history-error.ts";
import { newItem, sealItem } from "../../crypto/item.ts";
import { newAlbumKey, newContentKey, type AlbumKey } from "../../crypto/keys.ts";
import { deriveDocumentKey, sealRecordUnder } from "../../crypto/record.ts";
import { albumCiphers, contentKeyContext } from "../../crypto/rewrap.ts";
import { wrapKey } from "../../crypto/wrap.ts";
import type { ReceivedStore } from "../library/database.ts";
import { newId } from "../ids.ts";
import type { ReceivedAlbum } from "./received.ts";
import { KeptAlbums } from "./received-kept.ts";
import { ReceivedPhotos } from "./received-photos.ts";

const [ALBUM, OWNER, SELF] = [newId(), newId(), newId()];
const PLACE = { album: ALBUM, owner: OWNER };
const KEYS: ReadonlyMap<number, AlbumKey> = new Map([1, 2].map((generation) => [generation, newAlbumKey()]));
const DAY_MS = 24 * 3_600_000;

const keyOf = (generation: number): Promise<AlbumKey> => {
  const key = KEYS.get(generation);
  return key === undefined ? Promise.reject(new HistoryError("wrong-key")) : Promise.resolve(key);
};

interface ServedItem {
  readonly image_id: string;
  readonly commitment: string;
  readonly [name: string]: unknown;
}

/** The service's side of one album, and what was asked of it. */
class Service {
  readonly items: ServedItem[] = [];
  /** What the history vouches for, whatever the service shows. */
  readonly vouched: Record<string, string> = {};
  readonly asked: string[] = [];
  seq = 1;
  generation = 1;
  count: number | null = null;

  async put(): Promise<ServedItem> {
    const item = await served(this.seq + 1, this.generation);
    this.items.unshift(item);
    this.vouched[item.commitment] = OWNER;
    this.seq += 1;
    return item;
  }

  /** Taken out, and the history says so. */
  takeOut({ commitment }: ServedItem): void {
    this.seq += 1;
    Reflect.deleteProperty(this.vouched, commitment);
    this.hide({ commitment });
  }

  /** Gone without a word. */
  hide({ commitment }: Pick<ServedItem, "commitment">): void {
    this.items.splice(this.items.findIndex((each) => each.commitment === commitment), 1);
  }

  album(hash = `hash ${this.seq}`): ReceivedAlbum {
    return {
      id: ALBUM, self: SELF, ownerId: OWNER, keyOf, settings: { order: "added", sequence: [] },
      state: { seq: this.seq, hash, generation: this.generation, items: { ...this.vouched } },
      wire: { id: ALBUM, ownerId: OWNER, canDownload: true, itemCount: this.count ?? this.items.length },
    } as unknown as ReceivedAlbum;
  }

  readonly fetch: typeof fetch = (input) => {
    const { pathname, searchParams } = new URL(String(input), "http://localhost");
    assert.equal(pathname, `/api/v1/shared/albums/${ALBUM}/items`);
    const [from, limit] = [Number(searchParams.get("cursor") ?? "0"), Number(searchParams.get("limit"))];
    this.asked.push(`${from}`);
    const cursor = from + limit < this.items.length ? String(from + limit) : null;
    return Promise.resolve(Response.json({ items: this.items.slice(from, from + limit), cursor }));
  };
}

async function served(entrySeq: number, generation: number): Promise<ServedItem> {
  const image = newId();
  const said = newItem({ image, owner: OWNER, version: 1, source: "content", type: "image/jpeg", bytes: 9, width: 3, height: 2, thumbhash: "", digests: {} });
  const ciphers = await albumCiphers(await keyOf(generation), generation);
  const [key, fields] = await Promise.all([
    wrapKey(newContentKey(), ciphers.wrapping, contentKeyContext(PLACE, image, 1, "content")),
    sealItem(said, ciphers.documents, PLACE, image, generation),
  ]);
  return {
    image_id: image, owner_id: OWNER, version: 1, source: "content", generation, entry_seq: entrySeq, commitment: toBase64Url(commitmentOf(said)),
    wrapped_content_key: toBase64Url(key), fields: toBase64Url(fields), parts: { thumbnail: { bytes: 40 } },
    is_damaged: false, is_withheld: false, added_at: "2026-11-20T10:00:00.000Z", likes: [{ author_id: SELF }, { author_id: OWNER }],
  };
}

/** A browser's disk, for as long as a test. */
class Disk implements ReceivedStore {
  readonly parts = new Map<string, Map<string, Bytes>>();

  read = (id: string) => Promise.resolve(new Map(this.parts.get(id)));
  albums = () => Promise.resolve([...this.parts.keys()]);
  forget = (id: string) => Promise.resolve(void this.parts.delete(id));

  write = (id: string, parts: ReadonlyMap<string, Bytes | null>) => {
    const kept = this.parts.get(id) ?? new Map<string, Bytes>();
    for (const [name, part] of parts) if (part === null) kept.delete(name); else kept.set(name, part);
    return Promise.resolve(void this.parts.set(id, kept));
  };
}

const INDEX_KEY = deriveDocumentKey(newAlbumKey());

const keptOn = (disk: Disk, accountId = SELF, now = Date.now): KeptAlbums =>
  new KeptAlbums((work) => work(disk), { accountId, key: INDEX_KEY }, now);

/** An album with so many photos, read to its end once; the next visit begins afterwards. */
async function visited(context: TestContext, photos: number): Promise<{ service: Service; disk: Disk }> {
  const [service, disk] = [new Service(), new Disk()];
  context.mock.method(globalThis, "fetch", service.fetch);
  for (let at = 0; at < photos; at += 1) await service.put();
  const first = await visit(service, disk);
  assert.deepEqual([...first.ids].sort(), idsOf(service.items));
  service.asked.length = 0;
  return { service, disk };
}

const idsOf = (items: readonly ServedItem[]): readonly string[] => items.map(({ image_id: id }) => id).sort();

/** One visit: what is shown, and before anything was asked for. */
async function visit(service: Service, disk: Disk, kept = keptOn(disk), album = service.album()) {
  const photos = new ReceivedPhotos();
  const seen: number[] = [];
  photos.subscribe(() => { seen.push(photos.view().count); });
  const isWhole = await photos.load(album, kept);
  const view = photos.view();
  const ids = Array.from({ length: view.count }, (_, at) => view.idAt(at));
  return { photos, isWhole, ids, atOnce: seen[0] ?? 0, completeness: photos.completeness };
}

test("an album that did not change is shown from what was kept, and nothing is asked for", async (context) => {
  const { service, disk } = await visited(context, 120);
  const again = await visit(service, disk);
  assert.deepEqual([again.isWhole, again.atOnce, [...again.ids].sort()], [true, 120, idsOf(service.items)]);
  assert.deepEqual([service.asked, again.completeness], [[], { missing: 0, strangers: 0 }]);
  const [id] = again.ids;
  assert.ok(id);
  const request = again.photos.mediaRequest(id, "thumbnail");
  assert.equal(request?.wrappedContentKey, service.items.find((each) => each.image_id === id)?.["wrapped_content_key"]);
  assert.deepEqual([again.photos.byId(id)?.isFavourite, again.photos.item(id)?.wire.likes], [true, [{ author_id: SELF }]]);
});

test("what came is asked for and no more, what went goes by the history, and both are kept", async (context) => {
  const { service, disk } = await visited(context, 120);
  const [first] = service.items;
  assert.ok(first);
  service.takeOut(first);
  await service.put();
  const again = await visit(service, disk);
  assert.deepEqual([...again.ids].sort(), idsOf(service.items));
  assert.deepEqual(service.asked, ["0"], "the newest page alone");
  const third = await visit(service, disk);
  assert.deepEqual([[...third.ids].sort(), service.asked], [idsOf(service.items), ["0"]]);
});

test("a photo that the service drops is missed, by its count, and is not shown from what was kept", async (context) => {
  const { service, disk } = await visited(context, 3);
  const [, dropped] = service.items;
  assert.ok(dropped);
  service.hide(dropped);
  const again = await visit(service, disk);
  assert.deepEqual([again.completeness, again.ids.includes(dropped.image_id)], [{ missing: 1, strangers: 0 }, false]);
  const third = await visit(service, disk);
  assert.deepEqual([third.completeness, service.asked], [{ missing: 1, strangers: 0 }, ["0"]], "known, and not looked for again");
});

test("a photo put in the place of another is a stranger, whatever was kept", async (context) => {
  const { service, disk } = await visited(context, 3);
  const forged = await served(1, 1);
  service.items.splice(1, 1, forged);
  service.count = 4;
  const again = await visit(service, disk);
  assert.deepEqual([again.completeness, again.ids.includes(forged.image_id)], [{ missing: 1, strangers: 1 }, false]);
});

test("what nobody vouches for any more is not shown, even before anything is asked for", async (context) => {
  const { service, disk } = await visited(context, 3);
  const [gone] = service.items;
  assert.ok(gone);
  service.takeOut(gone);
  const again = await visit(service, disk);
  assert.deepEqual([again.atOnce, service.asked], [2, []]);
});

test("a history that is older than what was kept, or another one, is refused", async (context) => {
  const { service, disk } = await visited(context, 2);
  const current = service.album();
  const older = { ...current, state: { ...current.state, seq: current.state.seq - 1 } };
  await assert.rejects(visit(service, disk, keptOn(disk), older), { code: "rolled-back" });
  await assert.rejects(visit(service, disk, keptOn(disk), service.album("another")), { code: "forked" });
});

test("photos of a generation before stay open by the history's keys, and nothing is listed for a rotation", async (context) => {
  const { service, disk } = await visited(context, 2);
  service.generation = 2;
  service.seq += 1;
  const again = await visit(service, disk);
  assert.deepEqual([again.ids.length, service.asked], [2, []]);
});

test("what is kept of another format is read anew", async (context) => {
  const { service, disk } = await visited(context, 2);
  const place = { purpose: "index", owner: SELF, record: ALBUM, part: "received-note", version: 1 } as const;
  const note = { format: 2, canDownload: true, strangers: 0, absent: [], unshown: [], seq: 1, hash: "", listedAt: Date.now() };
  disk.parts.get(ALBUM)?.set("note", await sealRecordUnder(note, await INDEX_KEY, place));
  const again = await visit(service, disk);
  assert.deepEqual([again.atOnce, again.ids.length, service.asked], [2, 2, ["0"]]);
  await visit(service, disk);
  assert.deepEqual(service.asked, ["0"], "kept again, in this format");
});

test("what is kept opens for its account and album alone", async (context) => {
  const { service, disk } = await visited(context, 2);
  const kept = disk.parts.get(ALBUM);
  assert.ok(kept);
  const asStranger = await keptOn(disk, newId()).read(ALBUM, service.album().state);
  assert.equal(asStranger, null);
  assert.deepEqual(await disk.albums(), [], "what does not open is forgotten");
  const other = newId();
  disk.parts.set(other, kept);
  assert.equal(await keptOn(disk).read(other, service.album().state), null);
  const again = await visit(service, disk);
  assert.deepEqual([again.ids.length, again.atOnce, service.asked], [2, 2, ["0"]]);
});

test("a drawer that is lost is filled again", async (context) => {
  const { service, disk } = await visited(context, 5);
  const kept = disk.parts.get(ALBUM);
  const drawer = [...(kept?.keys() ?? [])].find((name) => name !== "note");
  assert.ok(kept && drawer);
  kept.delete(drawer);
  const again = await visit(service, disk);
  assert.deepEqual([...again.ids].sort(), idsOf(service.items));
  assert.deepEqual(service.asked, ["0"]);
  assert.ok(kept.has(drawer));
});

test("after a week all is listed again, and what was kept is shown meanwhile", async (context) => {
  const { service, disk } = await visited(context, 3);
  const [, dropped] = service.items;
  assert.ok(dropped);
  service.hide(dropped);
  service.count = 3;
  const soon = await visit(service, disk, keptOn(disk, SELF, () => Date.now() + 6 * DAY_MS));
  assert.deepEqual([soon.completeness, service.asked], [{ missing: 0, strangers: 0 }, []]);
  const later = await visit(service, disk, keptOn(disk, SELF, () => Date.now() + 8 * DAY_MS));
  assert.deepEqual([later.atOnce, later.completeness, service.asked], [3, { missing: 1, strangers: 0 }, ["0"]]);
});

test("what is kept of an album goes when its access does", async (context) => {
  const { service, disk } = await visited(context, 2);
  const kept = keptOn(disk);
  await kept.keepOnly(new Set([ALBUM]));
  assert.deepEqual(await disk.albums(), [ALBUM]);
  await kept.keepOnly(new Set());
  assert.deepEqual(await disk.albums(), []);
  // A page that was left while it read keeps nothing afterwards.
  const photos = new ReceivedPhotos();
  const stop = photos.subscribe(() => {
    stop();
    photos.close();
  });
  await photos.load(service.album(), kept);
  assert.deepEqual([service.asked, await disk.albums()], [["0"], []]);
});
