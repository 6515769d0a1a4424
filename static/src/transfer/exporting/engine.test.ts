import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 as crcOfNode } from "node:zlib";

import { Problem } from "../../api/problem.ts";
import { concat, utf8, type Bytes } from "../../crypto/bytes.ts";
import { manifestOf } from "../../export/bag.ts";
import { ANYWHERE } from "../../export/names.ts";
import { parseSidecar } from "../../photo/takeout.ts";
import type { Described, ExportChoices, ExportJob, PhotoToExport } from "./contract.ts";
import { Export, type EnginePorts } from "./engine.ts";
import { hashHere, sha256Hex, WHOLE_BYTES } from "./hashing.ts";
import { Room } from "./room.ts";
import { storedBlob, type Content, type Stored, type Target, type Written } from "./target.ts";
import { bytesOfBlob, ZipReader } from "./zip-reader.ts";
import { ZipTarget } from "./zip-target.ts";

const CHOICES: ExportChoices = { originals: true, copies: null, corrections: false, byAlbum: true, received: false, since: null };
const WORDS = {
  language: "en", title: "Your photos", about: [], back: "All", older: "Older", newer: "Newer", noPicture: "No picture", one: "{n} photo", many: "{n} photos",
};

/** What outlives an interruption: files, and a journal of them. */
class Disk {
  readonly files = new Map<string, Bytes>();
  readonly journal: Written[] = [];
}

class Cut extends Error {}

/** A folder in memory. `mayGoOn` is asked before every change of the disk; a cut is the end of the tab. */
class MemoryTarget implements Target {
  readonly name = "PocketVault";
  readonly limit = ANYWHERE;
  readonly wantsCrc = false;
  readonly noted: ReadonlyMap<string, Written>;
  readonly writes: string[] = [];

  constructor(readonly disk: Disk, readonly mayGoOn: () => void = () => undefined) {
    this.noted = new Map(disk.journal.map((each) => [each.path, each]));
  }

  async write(path: string, content: Content): Promise<void> {
    this.mayGoOn();
    // As a browser does: the name is there before the bytes are.
    if (!this.disk.files.has(path)) this.disk.files.set(path, new Uint8Array());
    const pieces: Bytes[] = [];
    if (content instanceof Uint8Array) pieces.push(content);
    else for await (const piece of content) pieces.push(piece);
    this.mayGoOn();
    this.disk.files.set(path, concat(...pieces));
    this.writes.push(path);
  }

  read(path: string): Promise<Stored | null> {
    const bytes = this.disk.files.get(path);
    return Promise.resolve(bytes === undefined ? null : storedBlob(new Blob([bytes])));
  }

  async *list(folder: string): AsyncGenerator<string> {
    for (const path of [...this.disk.files.keys()]) if (path.startsWith(`${folder}/`)) yield await Promise.resolve(path);
  }

  remove(path: string): Promise<void> {
    this.mayGoOn();
    this.disk.files.delete(path);
    return Promise.resolve();
  }

  note(written: readonly Written[]): Promise<void> {
    this.mayGoOn();
    this.disk.journal.push(...written);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  abandon(): Promise<void> {
    return Promise.resolve();
  }
}

const contentOf = (id: string): Bytes => utf8(`photo ${id} `.repeat(50));

function photoOf(number: number): PhotoToExport {
  const id = String(number).padStart(4, "0");
  return {
    id, name: `IMG_${number % 7}.jpg`, albums: number % 3 === 0 ? ["lake"] : [], year: String(2020 + (number % 3)), bytes: contentOf(id).length, sharedBy: "",
    request: { id, version: 1, wrappedContentKey: "", part: "original", mediaType: "image/jpeg" },
  };
}

function describedAs(id: string, more: Partial<Described> = {}): Described {
  return {
    id, name: `IMG_${Number(id) % 7}.jpg`, mediaType: "image/jpeg", capturedLocal: "2026-06-15T11:42:00", zone: "+03:00", place: null, title: "", description: "",
    altText: "", keywords: [], rating: 0, rotation: 0, camera: "", lens: "", exposureSeconds: null, aperture: null, iso: null, focalLengthMm: null, width: 0,
    height: 0, isFavourite: false, isArchived: false, storedAt: "2026-07-01T10:00:00Z", creator: "", licence: "", ...more,
  };
}

const PHOTOS = Array.from({ length: 20 }, (_, number) => photoOf(number));

function jobOf(photos: readonly PhotoToExport[] = PHOTOS): ExportJob {
  const albums = [{ id: "lake", name: "Lake", description: "", cover: null, photos: photos.filter(({ albums }) => albums.length > 0).map(({ id }) => id) }];
  return { place: { kind: "download" }, choices: CHOICES, photos, albums, words: WORDS, begunAt: "2026-11-27T10:00:00Z", logKey: null };
}

async function* piecesOf(bytes: Bytes): AsyncGenerator<Bytes> {
  for (let at = 0; at < bytes.length; at += 100) yield await Promise.resolve(bytes.slice(at, at + 100));
}

function portsOf(target: Target, more: Partial<EnginePorts> = {}): EnginePorts {
  return {
    target,
    open: ({ id }) => piecesOf(contentOf(id)),
    describe: (id) => Promise.resolve(describedAs(id)),
    hash: hashHere,
    copy: () => Promise.reject(new Error("No copies are asked for.")),
    accountFiles: [{ path: "data/account/account.json", read: () => Promise.resolve("{}\n") }],
    tell: () => undefined,
    now: () => 1_700_000_000_000,
    pause: () => Promise.resolve(),
    ...more,
  };
}

const textsOf = (disk: Disk): Map<string, string> => new Map([...disk.files].sort().map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]));

/** What a validator of BagIt asks: every file of the payload is in the manifest, whole, and nothing else is. */
async function assertIsBag(disk: Disk): Promise<void> {
  const payload = [...disk.files].filter(([path]) => path.startsWith("data/"));
  const files = await Promise.all(payload.map(async ([path, bytes]) => ({ path, bytes: bytes.length, sha256: await sha256Hex(bytes) })));
  const linesIn = (text: string): Set<string> => new Set(text.split("\n"));
  const [said, there] = [linesIn(new TextDecoder().decode(disk.files.get("manifest-sha256.txt"))), linesIn(manifestOf(files))];
  // Lists of what differs: to compare the two texts, Node looks for the shortest difference for minutes.
  assert.deepEqual([...there].filter((line) => !said.has(line)), [], "these stand in the payload and not in the manifest");
  assert.deepEqual([...said].filter((line) => !there.has(line)), [], "these stand in the manifest and not in the payload");
}

async function uninterrupted(): Promise<Disk> {
  const disk = new Disk();
  const report = await new Export(jobOf(), portsOf(new MemoryTarget(disk))).run();
  assert.deepEqual(report.failures, []);
  return disk;
}

test("an export is a bag of originals, sidecars, albums and the account", async () => {
  const disk = await uninterrupted();
  await assertIsBag(disk);
  assert.deepEqual(disk.files.get("data/photos/Lake/IMG_0.jpg"), contentOf("0000"));
  assert.deepEqual(disk.files.get("data/photos/Photos from 2021/IMG_0.jpg"), contentOf("0007"));
  const sidecar = parseSidecar(new TextDecoder().decode(disk.files.get("data/photos/Lake/IMG_0.jpg.json")));
  assert.equal(sidecar?.capturedAt?.at, "2026-06-15T08:42:00Z");
  for (const path of ["data/README.html", "data/albums/Lake.json", "data/photos/Lake/metadata.json", "data/account/account.json", "bag-info.txt", "bagit.txt", "tagmanifest-sha256.txt"]) {
    assert.ok(disk.files.has(path), path);
  }
});

test("files that a list names come after it, what cannot be had any more is passed over, and what fails is listed", async () => {
  const disk = new Disk();
  const named = (listed: string): EnginePorts["accountFiles"] => listed.trim().split(" ").map((each) => ({
    path: `data/receipts/${each}.json`,
    read: () => (each === "doubtful" ? Promise.reject(new Error("It does not hold.")) : Promise.resolve(each === "taken" ? null : `${each}\n`)),
  }));
  const report = await new Export(jobOf(), portsOf(new MemoryTarget(disk), {
    accountFiles: [{ path: "data/receipts/receipts.json", read: () => Promise.resolve("first taken doubtful last\n"), named }],
  })).run();
  assert.deepEqual([...disk.files.keys()].filter((path) => path.startsWith("data/receipts/")), ["data/receipts/receipts.json", "data/receipts/first.json", "data/receipts/last.json"]);
  assert.deepEqual(report.failures.map(({ id }) => id), ["data/receipts/doubtful.json"]);
  await assertIsBag(disk);
});

test("a hundred cuts anywhere leave the same tree in the end", async () => {
  const whole = textsOf(await uninterrupted());
  const disk = new Disk();
  // Time passes quickly, so that the journal is written often and is cut as often.
  let moment = 0;
  const now = (): number => (moment += 700);
  let state = 20261127;
  let cuts = 0;
  for (let round = 0; cuts < 100; round += 1) {
    assert.ok(round < 500, "there are not a hundred places to cut");
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    let left = (state >>> 8) % 150;
    // Now and then somebody begins in an empty folder, or every cut after the first few would be a late one.
    if (round % 5 === 0) { disk.files.clear(); disk.journal.length = 0; }
    const mayGoOn = (): void => {
      left -= 1;
      if (left <= 0) throw new Cut();
    };
    await new Export(jobOf(), portsOf(new MemoryTarget(disk, mayGoOn), { now })).run().then(() => undefined, () => { cuts += 1; });
  }
  const report = await new Export(jobOf(), portsOf(new MemoryTarget(disk))).run();
  assert.deepEqual(report.failures, []);
  assert.equal(report.photos, PHOTOS.length);
  assert.deepEqual(textsOf(disk), whole);
  await assertIsBag(disk);
});

test("the tree is the same whichever photo was there first", async () => {
  const disk = new Disk();
  const open: EnginePorts["open"] = async function* ({ id }) {
    // Of all that are on their way at once the last comes first.
    await new Promise((resolve) => setTimeout(resolve, 6 - 2 * (Number(id) % 3)));
    yield contentOf(id);
  };
  await new Export(jobOf(), portsOf(new MemoryTarget(disk), { open })).run();
  assert.deepEqual(textsOf(disk), textsOf(await uninterrupted()));
});

test("what stands is passed over only after it was read, and what rotted is written again", async () => {
  const disk = await uninterrupted();
  const path = "data/photos/Lake/IMG_0.jpg";
  const rotten = disk.files.get(path)?.slice() ?? new Uint8Array();
  rotten[3] = (rotten[3] ?? 0) ^ 1;
  disk.files.set(path, rotten);
  const target = new MemoryTarget(disk);
  const report = await new Export(jobOf(), portsOf(target)).run();
  assert.equal(report.kept, PHOTOS.length - 1);
  assert.deepEqual(target.writes.filter((each) => each.endsWith(".jpg")), [path]);
  assert.deepEqual(disk.files.get(path), contentOf("0000"));
});

test("a photo that was deleted meanwhile, and one that does not open, are listed and nothing else is lost", async () => {
  const disk = new Disk();
  const ports = portsOf(new MemoryTarget(disk), {
    open: ({ id }) => {
      if (id === "0003") throw new Problem("not_found", "There is nothing here.", 404);
      if (id === "0004") throw Object.assign(new Error("It does not open."), { code: "cannot-open" });
      return piecesOf(contentOf(id));
    },
    describe: (id) => Promise.resolve(id === "0005" ? null : describedAs(id)),
  });
  const report = await new Export(jobOf(), ports).run();
  assert.deepEqual(report.failures.map(({ id, code }) => `${id} ${code}`).sort(), ["0003 deleted_meanwhile", "0004 cannot-open", "0005 deleted_meanwhile"]);
  assert.equal(report.photos, PHOTOS.length - 3);
  await assertIsBag(disk);
});

test("without a network it waits and goes on, and a service that stumbles is asked again", async () => {
  const disk = new Disk();
  let isDown = true;
  const tried = new Map<string, number>();
  const ports = portsOf(new MemoryTarget(disk), {
    open: async function* ({ id }) {
      tried.set(id, (tried.get(id) ?? 0) + 1);
      yield contentOf(id).slice(0, 10);
      if (isDown && id === "0001") throw new Problem("offline", "No connection.");
      if (id === "0002" && tried.get(id) === 1) throw new Problem("unavailable", "Busy.", 503);
      yield contentOf(id).slice(10);
    },
  });
  const running = new Export(jobOf(), ports);
  running.gate.shut("offline");
  const report = running.run();
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(disk.files.size, 0, "nothing is tried without a network");
  isDown = false;
  running.gate.open("offline");
  assert.deepEqual((await report).failures, []);
  assert.equal(tried.get("0002"), 2);
  await assertIsBag(disk);
});

test("a pause holds everything back and a cancelled export ends", async () => {
  const disk = new Disk();
  const running = new Export(jobOf(), portsOf(new MemoryTarget(disk)));
  running.gate.shut("paused");
  const report = running.run();
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(disk.files.size, 0);
  running.cancel();
  await assert.rejects(report, { name: "AbortError" });
});

test("bytes that change on the disk while it is written are found at the end", async () => {
  const disk = new Disk();
  const target = new MemoryTarget(disk);
  const ports = portsOf(target);
  target.close = () => {
    disk.files.set("data/photos/Lake/IMG_0.jpg", utf8("something else"));
    return Promise.resolve();
  };
  const report = await new Export(jobOf(), ports).run();
  assert.deepEqual(report.failures.map(({ id, code }) => [id, code]), [["data/photos/Lake/IMG_0.jpg", "not_as_written"]]);
});

test("one bit that a disk turns is found at the end, though the file is as long as it was", async () => {
  const disk = new Disk();
  const target = new MemoryTarget(disk);
  target.close = () => {
    const path = "data/photos/Lake/IMG_0.jpg";
    const turned = (disk.files.get(path) ?? assert.fail()).slice();
    turned[0] = (turned[0] ?? 0) ^ 1;
    disk.files.set(path, turned);
    return Promise.resolve();
  };
  const report = await new Export(jobOf(), portsOf(target)).run();
  assert.deepEqual(report.failures.map(({ id, code }) => [id, code]), [["data/photos/Lake/IMG_0.jpg", "not_as_written"]]);
  assert.equal(report.verified, report.files - 1);
});

test("what the person put among the photos stays and is named in the bag", async () => {
  const disk = await uninterrupted();
  disk.files.set("data/photos/notes.txt", utf8("mine"));
  disk.files.set("data/photos/half.jpg.crswap", utf8("half"));
  await new Export(jobOf(PHOTOS.slice(1)), portsOf(new MemoryTarget(disk))).run();
  assert.ok(disk.files.has("data/photos/notes.txt") && !disk.files.has("data/photos/half.jpg.crswap"));
  assert.ok(disk.files.has("data/photos/Lake/IMG_0.jpg"), "a copy outlives the photo");
  await assertIsBag(disk);
});

function memorySink(): { parts: Uint8Array[]; sink: ConstructorParameters<typeof ZipTarget>[0] } {
  const parts: Uint8Array[] = [];
  const stream = new WritableStream<Uint8Array>({ write: (bytes) => void parts.push(bytes.slice()) });
  return { parts, sink: { name: "a.zip", stream, read: () => Promise.resolve(bytesOfBlob(new Blob(parts as Bytes[]))) } };
}

const scratch = {
  keep: async (pieces: AsyncIterable<Bytes>) => {
    const held: Bytes[] = [];
    for await (const piece of pieces) held.push(piece);
    return { file: new Blob(held), drop: () => Promise.resolve() };
  },
};

async function bytesIn(reader: ZipReader, path: string): Promise<Bytes | null> {
  const file = await reader.file(path);
  return file === null ? null : await file.whole(new Room(1));
}

/** Files of an archive whose sum stands before them and is another, found from the first byte on. */
function wronglySummed(archive: Bytes): string[] {
  const view = new DataView(archive.buffer);
  const wrong: string[] = [];
  for (let at = 0; view.getUint32(at, true) === 0x04034b50;) {
    const [crc, size] = [view.getUint32(at + 14, true), view.getUint32(at + 18, true)];
    const content = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
    if (crcOfNode(archive.subarray(content, content + size)) !== crc) wrong.push(new TextDecoder().decode(archive.subarray(at + 30, content)));
    at = content + size;
  }
  return wrong;
}

test("each file of an archive has its sum, whether somebody took it elsewhere or nobody did", async () => {
  for (const isTaken of [true, false]) {
    const { parts, sink } = memorySink();
    const asked = new Set<boolean>();
    const hash: EnginePorts["hash"] = async (bytes, wantsCrc) => {
      asked.add(wantsCrc);
      return await hashHere(bytes, wantsCrc && isTaken);
    };
    const report = await new Export(jobOf(), portsOf(new ZipTarget(sink, scratch), { hash })).run();
    assert.ok(report.files > PHOTOS.length);
    assert.deepEqual(wronglySummed(concat(...parts as Bytes[])), []);
    assert.deepEqual(asked, new Set([true, false]), "what is read back needs no sum");
  }
});

test("an archive holds the same tree, is read back, and takes what is too large to be held", async () => {
  const { parts, sink } = memorySink();
  const large = new Uint8Array(WHOLE_BYTES + 5).fill(7);
  const open: EnginePorts["open"] = ({ id }) => (id === "0008" ? (async function* () { yield await Promise.resolve(large.slice(0, 20)); yield large.slice(20); })() : piecesOf(contentOf(id)));
  const report = await new Export(jobOf(), portsOf(new ZipTarget(sink, scratch), { open })).run();
  assert.deepEqual(report.failures, []);
  const reader = await ZipReader.open(bytesOfBlob(new Blob(parts as Bytes[])));
  assert.deepEqual(await bytesIn(reader, "data/photos/Lake/IMG_0.jpg"), contentOf("0000"));
  assert.equal((await reader.file("data/photos/Photos from 2022/IMG_1.jpg"))?.size, large.length);
  assert.equal(await reader.file("data/nothing"), null);
});

test("an archive whose disk is full ends the export with what the disk said", async () => {
  const { sink } = memorySink();
  let left = 0;
  const stream = new WritableStream<Uint8Array>({ write: () => { left -= 1; if (left < 0) throw new Error("No room."); } });
  await assert.rejects(new Export(jobOf(), portsOf(new ZipTarget({ ...sink, stream }, scratch))).run(), /No room/);
});

test("an archive that finds no room ends at the first file, and says so", async () => {
  const { sink } = memorySink();
  const stream = new WritableStream<Uint8Array>({ write: () => { throw new DOMException("Full.", "QuotaExceededError"); } });
  let opened = 0;
  // Larger than what is gathered before it is written.
  const open: EnginePorts["open"] = () => { opened += 1; return (async function* () { yield await Promise.resolve(new Uint8Array(1024 * 1024)); })(); };
  await assert.rejects(new Export(jobOf(), portsOf(new ZipTarget({ ...sink, stream }, scratch), { open })).run(), { code: "disk_full" });
  assert.ok(opened <= 6, `${opened} photos were fetched for nothing`);
});

test("an archive that was changed is not read as one", async () => {
  await assert.rejects(ZipReader.open(bytesOfBlob(new Blob([new Uint8Array(100)]))), { code: "archive_broken" });
  await assert.rejects(ZipReader.open(bytesOfBlob(new Blob([]))), { code: "archive_broken" });
});
