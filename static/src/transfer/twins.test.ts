import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

import { Problem } from "../api/problem.ts";
import { record, text } from "../api/shape.ts";
import { fromBase64Url, owned, toBase64Url, type Bytes } from "../crypto/bytes.ts";
import { decryptBytes } from "../crypto/decrypt.ts";
import { newAccountKey, newContentKey, newRecordKey } from "../crypto/keys.ts";
import { sealRecord, type JsonValue } from "../crypto/record.ts";
import { wrapKey } from "../crypto/wrap.ts";
import { NoPicture } from "../photo/no-picture.ts";
import { plantedJpeg } from "../photo/fixtures.ts";
import type { Derived } from "../photo/thumbnails.ts";
import type { Remote } from "../vault/library/bridge.ts";
import type { Entry } from "../vault/library/entry.ts";
import { contentContext, contextOf, entryFrom, heldContentKey, openKeyring } from "../vault/library/keyring.ts";
import { readImage } from "../vault/library/wire.ts";
import type { CheckResult, UploadJob, UploadResult, UploadWorker } from "./contract.ts";
import { keepingTwins } from "./kept-twins.ts";
import { Plans } from "./plan.ts";
import { memoryStaging } from "./staging.ts";
import type { Transport } from "./tus.ts";
import { RESTORED } from "./twins.ts";
import { UploadSession } from "./upload-session.ts";

const ACCOUNT = "01900000-0000-7000-8000-000000000001";
const TWIN = "01900000-0000-7000-8000-00000000aaaa";
const ALBUM = "01900000-0000-7000-8000-00000000bbbb";
const keyring = await openKeyring(ACCOUNT, newAccountKey());
const PHOTO = owned(plantedJpeg());
const file = (): File => new File([PHOTO], "again.jpg");
const job = (fingerprint: string): UploadJob => ({ entryId: "e", file: file(), path: "again.jpg", sidecar: null, told: null, choice: "keep", fingerprint, albumId: null });

/** A server that holds one photo, which is in the recycle bin, lost, or both, once the test says so. */
class Server {
  readonly uploads = new Map<string, Bytes>();
  isBinned = false;
  isDamaged = false;
  /** The check was asked before it happened. */
  isUnnoticed = false;
  isGone = false;
  before: (line: string) => void = () => undefined;
  image: Record<string, unknown> = {};

  readonly send: Transport = async ({ headers = {}, body }) => {
    const id = randomUUID();
    this.uploads.set(id, new Uint8Array(await new Response(body ?? null).arrayBuffer()));
    return new Response(null, { status: 201, headers: { Location: `/uploads/${id}`, "Upload-Offset": headers["Upload-Length"] ?? "0" } });
  };

  readonly call = (method: string, path: string, body: object | null): Promise<unknown> => {
    this.before(`${method} ${path}`);
    return Promise.resolve(this.#answer(method, path, record(body)));
  };

  #answer(method: string, path: string, body: Readonly<Record<string, unknown>>): unknown {
    if (path === "/images/check") return this.#check(text((body["fingerprints"] as string[])[0]));
    if (path === "/images/batch") return this.#restore();
    if (method === "GET") return this.image;
    if (path === `/images/${TWIN}/versions/2`) return this.#replace(body);
    if (this.isGone) return {};
    const code = this.isDamaged ? "twin_damaged" : this.isBinned ? "twin_binned" : "duplicate";
    throw new Problem(code, "It is here.", 409, { image_id: TWIN, version: 1, is_binned: this.isBinned });
  }

  #check(fingerprint: string): object {
    const is = { known: !this.isBinned && !this.isDamaged, binned: this.isBinned, damaged: this.isDamaged };
    const names = this.isUnnoticed || this.isGone ? [] : Object.entries(is).filter(([, isSo]) => isSo);
    const none = { known: {}, binned: {}, damaged: {} };
    return { ...none, ...Object.fromEntries(names.map(([name]) => [name, { [fingerprint]: TWIN }])) };
  }

  #restore(): object {
    const status = this.isGone ? 410 : 200;
    if (status === 200) this.isBinned = false;
    return { results: [{ id: TWIN, status }] };
  }

  #replace(body: Readonly<Record<string, unknown>>): object {
    this.isDamaged = false;
    this.image = { ...this.image, ...body, version: { number: 2, parts: body["parts"], is_damaged: false } };
    return this.image;
  }
}

/** With null, what the vault knows of the photo does not open. */
async function serverWithTwin(known: object | null = null): Promise<Server> {
  const server = new Server();
  const [contentKey, recordKey] = [newContentKey(), newRecordKey()];
  const context = <P extends "content-key" | "record-key" | "metadata">(purpose: P) => contextOf(purpose, ACCOUNT, TWIN, 1);
  server.image = {
    id: TWIN, version: { number: 1, parts: {}, is_damaged: true }, marks: null, corrections: null, albums: [ALBUM],
    metadata: known === null ? "" : toBase64Url(await sealRecord(known as JsonValue, recordKey, context("metadata"))),
    wrapped_content_key: toBase64Url(await wrapKey(contentKey, keyring.wrappingKey, context("content-key"))),
    wrapped_record_key: toBase64Url(await wrapKey(recordKey, keyring.wrappingKey, context("record-key"))),
  };
  return server;
}

const noPicture = (): Promise<Derived> => Promise.reject(new NoPicture("no_decoder"));

function session(server: Server, derive = noPicture): UploadSession {
  const sealed = new Map<string, Bytes>();
  return new UploadSession({
    keyring, staging: memoryStaging(), uploadBytes: 2 ** 30, call: server.call, rights: { creator: "", licence: "" },
    plans: new Plans({
      all: () => Promise.resolve([...sealed].map(([imageId, bytes]) => ({ imageId, sealed: bytes }))),
      put: (imageId, bytes) => Promise.resolve(void sealed.set(imageId, bytes)),
      remove: (imageId) => Promise.resolve(void sealed.delete(imageId)),
    }, keyring),
    tus: { send: server.send, limits: { chunkBytes: 2 ** 20, smallBytes: 2 ** 20, wholeBytes: 0 }, pause: () => Promise.resolve(), random: () => 0 },
    derive, expect: () => undefined, expectNoMore: () => undefined, tell: () => undefined,
    exclusively: (_name, _wait, work) => work(), together: (_name, work) => work(),
    newId: () => "01900000-0000-7000-8000-00000000cccc", now: () => 0,
  });
}

async function checked(upload: UploadSession): Promise<CheckResult> {
  const [result] = await upload.check([{ entryId: "e", file: file() }]);
  assert.ok(result);
  return result;
}

async function entryOf(server: Server): Promise<Entry> {
  const wire = readImage(server.image);
  assert.ok(wire);
  return await entryFrom(wire, keyring);
}

async function originalOf(server: Server): Promise<Bytes> {
  const entry = await entryOf(server);
  const upload = text(record(record(record(server.image["version"])["parts"])["original"])["upload"]);
  return await decryptBytes(server.uploads.get(upload) ?? new Uint8Array(), await heldContentKey(entry, keyring), contentContext(entry, "original", keyring));
}

test("a photo in the recycle bin is taken out of it before it counts as there", async () => {
  const server = await serverWithTwin();
  server.isBinned = true;
  const { imageId, note } = await checked(session(server));
  assert.deepEqual([imageId, note, server.isBinned], [TWIN, RESTORED, false]);
});

test("one that went for good before it could be restored is sent again", async () => {
  const server = await serverWithTwin();
  server.isBinned = true;
  const upload = session(server);
  server.before = (line) => {
    if (line === "POST /images/batch") server.isGone = true;
  };
  const { imageId, fingerprint } = await checked(upload);
  assert.equal(imageId, null);
  assert.equal((await upload.upload(job(fingerprint))).outcome, "done");
});

test("a photo whose bytes were lost is not there, and the file takes their place under its id", async () => {
  const server = await serverWithTwin();
  server.isDamaged = true;
  server.isBinned = true;
  const upload = session(server);
  const { imageId, fingerprint } = await checked(upload);
  assert.equal(imageId, null);
  const result = await upload.upload(job(fingerprint));
  assert.deepEqual([result.outcome, result.imageId, result.albums], ["done", TWIN, [ALBUM]]);
  assert.deepEqual([server.isBinned, server.isDamaged], [false, false]);
  assert.equal((await entryOf(server)).metadata?.name, "again.jpg");
  assert.deepEqual(Buffer.from(await originalOf(server)), Buffer.from(PHOTO));
});

test("a twin that is binned or lost while its file is on the way is met at the commit", async () => {
  const server = await serverWithTwin();
  Object.assign(server, { isUnnoticed: true, isBinned: true });
  const upload = session(server);
  const { fingerprint } = await checked(upload);
  const back = await upload.upload(job(fingerprint));
  assert.deepEqual([back.outcome, back.imageId, back.note, server.isBinned], ["already-there", TWIN, RESTORED, false]);

  server.isDamaged = true;
  await assert.rejects(upload.upload(job(fingerprint)), { code: "choose_again" });
  assert.equal((await upload.upload(job(fingerprint))).imageId, TWIN);
  assert.deepEqual(Buffer.from(await originalOf(server)), Buffer.from(PHOTO));
});

const KNOWN = { name: "ferry.jpg", title: "The ferry", storedAs: "whole", size: PHOTO.length, kind: "jpeg", thumbhash: "AQIDBAUG" };

test("what the vault knows of a photo stays when its bytes are put back, by upload and by hand", async () => {
  for (const way of ["upload", "replace"] as const) {
    const server = await serverWithTwin(KNOWN);
    server.isDamaged = true;
    const upload = session(server);
    const { fingerprint } = await checked(upload);
    const albums = way === "upload"
      ? (await upload.upload({ ...job(fingerprint), choice: "remove" })).albums
      : await upload.replace({ id: TWIN, file: file() });
    const { metadata, version } = await entryOf(server);
    assert.deepEqual([version, albums, server.isDamaged], [2, [ALBUM], false]);
    assert.deepEqual([metadata?.name, metadata?.title, metadata?.storedAs], ["ferry.jpg", "The ferry", "whole"]);
    assert.deepEqual(Buffer.from(await originalOf(server)), Buffer.from(PHOTO));
  }
});

test("a photo is put back from no other file, and from a saved copy by what it looks like", async () => {
  const server = await serverWithTwin(KNOWN);
  Object.assign(server, { isDamaged: true, isUnnoticed: true });
  const looking = (thumbhash: string) => (): Promise<Derived> =>
    Promise.resolve({ preview: null, thumbnail: new Blob([PHOTO]), thumbhash: fromBase64Url(thumbhash), width: 24, height: 16 });
  const stranger = { id: "01900000-0000-7000-8000-00000000dddd", file: file() };
  for (const derive of [noPicture, looking("BgUEAwIB")]) {
    await assert.rejects(session(server, derive).replace({ id: TWIN, file: file() }), { code: "another_file" });
  }
  await assert.rejects(session(server, looking("AQIDBAUG")).replace({ id: TWIN, file: new File([PHOTO, "x"], "x.jpg") }), { code: "another_file" });
  server.isUnnoticed = false;
  await assert.rejects(session(server).replace(stranger), { code: "another_file" });
  assert.deepEqual([server.uploads.size, server.isDamaged], [0, true]);
  server.isUnnoticed = true;
  await session(server, looking("AQIDBAUG")).replace({ id: TWIN, file: file() });
  assert.equal(server.isDamaged, false);
});

test("a file that another device stored meanwhile as a photo of its own puts nothing back", async () => {
  const server = await serverWithTwin(KNOWN);
  server.isDamaged = true;
  server.before = (line) => {
    if (line.startsWith("PUT")) throw new Problem("duplicate", "It is here.", 409, { image_id: ALBUM, version: 1 });
  };
  await assert.rejects(session(server).replace({ id: TWIN, file: file() }), { code: "another_file" });
});

test("a photo this device is about to delete counts as there only once the deletion was taken back", async () => {
  const there: CheckResult = { entryId: "e", fingerprint: "f", imageId: TWIN, note: "", refusal: null };
  const twin = { imageId: TWIN, outcome: "already-there" } as UploadResult;
  const worker = { check: () => Promise.resolve([there]), upload: () => Promise.resolve(twin), discard: () => Promise.resolve() } as unknown as Remote<UploadWorker>;
  const asked: string[] = [];
  const free = keepingTwins(worker, (ids) => {
    asked.push(...ids);
    return Promise.resolve(new Set());
  });
  assert.deepEqual(await free.check([]), [there]);
  assert.deepEqual(await free.upload(job("f")), twin);
  assert.deepEqual(asked, [TWIN, TWIN]);
  const going = keepingTwins(worker, (ids) => Promise.resolve(new Set(ids)));
  const [refused] = await going.check([]);
  assert.deepEqual([refused?.imageId, refused?.refusal?.code], [null, "being_deleted"]);
  await assert.rejects(going.upload(job("f")), { code: "being_deleted" });
  assert.equal(going.discard, worker.discard);
});
