import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../api/problem.ts";
import { record, text } from "../api/shape.ts";
import { fromBase64Url, fromUtf8, type Bytes } from "../crypto/bytes.ts";
import { decryptBytes } from "../crypto/decrypt.ts";
import { exchangePublicKey, openFrom } from "../crypto/exchange.ts";
import { newLinkSecret } from "../crypto/hierarchy.ts";
import { keysFromLink } from "../crypto/link-keys.ts";
import { keyFromBytes, newExchangeSeed } from "../crypto/keys.ts";
import { openRecord } from "../crypto/record.ts";
import { prepare } from "../photo/choices.ts";
import { holdsMarker } from "../photo/fixtures.ts";
import { readMetadata } from "../vault/library/documents.ts";
import { contextOf } from "../vault/library/keyring.ts";
import type { GuestJob, GuestProgress } from "./guest-contract.ts";
import { GUEST_UPLOADS, GuestSession, payloadContext } from "./guest-session.ts";
import { Plans } from "./plan.ts";
import { derived, Device, file, OFFLINE, PHOTO, Vault } from "./rehearsal.test.ts";

const OWNER = "01900000-0000-7000-8000-00000000000a";
const LINK = "01900000-0000-7000-8000-00000000000b";
const IMAGE = "01900000-0000-7000-8000-00000000000c";
const owner = newExchangeSeed();
const link = await keysFromLink(newLinkSecret());
const limits = { chunkBytes: 4096, smallBytes: 1024, wholeBytes: 0, uploadBytes: 2 ** 30 };

/** A guest's page on a device, before somebody else's vault. */
function guest(vault: Vault, device = new Device(), told: GuestProgress[] = []): GuestSession {
  return new GuestSession({
    setup: { linkId: LINK, ownerId: OWNER, exchange: exchangePublicKey(owner), linkKey: link.linkKey, authKey: link.authKey, token: "", limits },
    staging: device.staging, plans: new Plans(device.shelf, { accountId: OWNER, indexKey: link.linkKey }),
    tus: { send: vault.send, at: GUEST_UPLOADS, limits, pause: () => Promise.resolve(), random: () => 0 },
    call: vault.call, derive: () => Promise.resolve(derived), tell: (news) => void told.push(news),
    exclusively: (_name, _wait, job) => job(), together: (_name, job) => job(),
  });
}

const job = (more: Partial<GuestJob> = {}): GuestJob => ({ imageId: IMAGE, file: file(), choice: "remember", from: "Aunt Ida", ...more });

/** What the owner's device reads out of a drop, with the owner's seed and nothing else. */
async function opened(vault: Vault) {
  const drop = record(vault.images.get(IMAGE));
  const statement = record(JSON.parse(fromUtf8(await openFrom(fromBase64Url(text(drop["payload"])), owner, payloadContext(OWNER, IMAGE, LINK)))));
  const [content, key] = [keyFromBytes("content-key", fromBase64Url(text(statement["content"]))), keyFromBytes("record-key", fromBase64Url(text(statement["record"])))];
  const metadata = readMetadata(await openRecord(fromBase64Url(text(drop["metadata"])), key, contextOf("metadata", OWNER, IMAGE, 1)));
  const original: Bytes = await decryptBytes(vault.bytesOf(IMAGE, "original"), content, contextOf("content", OWNER, IMAGE, 1, "original"));
  return { from: statement["from"], metadata, original };
}

test("what a guest brings opens for the owner, cleaned, and says what they want to be called", async () => {
  const vault = new Vault();
  const session = guest(vault);
  const { thumbnail } = await session.stage(job());
  await session.bring(IMAGE);
  const { from, metadata, original } = await opened(vault);
  assert.equal(from, "Aunt Ida");
  assert.equal(metadata?.name, "holiday in Rome.jpg");
  assert.deepEqual(Buffer.from(original), Buffer.from(prepare(PHOTO, "x.jpg", null, "remember").bytes));
  assert.equal(holdsMarker(original), false);
  assert.equal(thumbnail?.size, 90);
});

test("the service hears no name, no word of who brings it, and no plain byte", async () => {
  const vault = new Vault();
  const session = guest(vault);
  await session.stage(job({ choice: "keep" }));
  await session.bring(IMAGE);
  const words = vault.heard.join("\n");
  assert.equal(["holiday", "Rome", "Ida", btoa("holiday"), btoa("Aunt Ida")].some((word) => words.includes(word)), false);
  assert.equal(vault.received.some((bytes) => holdsMarker(bytes)), false);
});

test("a later page finishes what an earlier one staged, and keeps only that it was brought", async () => {
  const [vault, device] = [new Vault(), new Device()];
  await guest(vault, device).stage(job());
  const later = guest(vault, device);
  const [waiting] = await later.earlier();
  assert.deepEqual([waiting?.imageId, waiting?.name, waiting?.isBrought], [IMAGE, "holiday in Rome.jpg", false]);
  await later.bring(IMAGE);
  assert.equal((await opened(vault)).metadata?.name, "holiday in Rome.jpg");
  assert.deepEqual((await guest(vault, device).earlier()).map(({ isBrought }) => isBrought), [true]);
  assert.deepEqual(await device.staging.list(), []);
  const heard = vault.heard.length;
  await later.bring(IMAGE);
  assert.equal(vault.heard.length, heard, "what was brought is not brought twice");
});

test("what a page was closed over before its plan was kept goes, and nothing else does", async () => {
  const [vault, device] = [new Vault(), new Device()];
  const session = guest(vault, device);
  await session.stage(job());
  await (await device.staging.create("01900000-0000-7000-8000-0000000000ff", "original")).close();
  await session.earlier();
  assert.deepEqual(await device.staging.list(), [IMAGE]);
});

test("a drop whose answer got lost is asked for again, and the page hears that it waits", async () => {
  const [vault, told] = [new Vault(), new Array<GuestProgress>()];
  let losses = 2;
  vault.after = (line) => {
    if (line === "PUT guest" && losses > 0) {
      losses -= 1;
      throw OFFLINE;
    }
  };
  const session = guest(vault, new Device(), told);
  await session.stage(job());
  await session.bring(IMAGE);
  assert.equal(vault.heard.filter((line) => line.startsWith("PUT /guest/drops/")).length, 3);
  assert.equal(told.filter(({ isWaiting }) => isWaiting).length, 2);
  assert.equal(vault.images.size, 1);
});

test("bytes the service lost are sent again, but not for ever", async () => {
  const vault = new Vault();
  let losses = 1;
  vault.before = (line) => {
    if (line !== "PUT guest" || losses === 0) return;
    losses -= 1;
    vault.uploads.clear();
    throw new Problem("upload_gone", "Gone.", 410);
  };
  const session = guest(vault);
  await session.stage(job());
  await session.bring(IMAGE);
  assert.deepEqual(Buffer.from((await opened(vault)).original), Buffer.from(prepare(PHOTO, "x.jpg", null, "remember").bytes));
  const other = new Vault();
  other.before = (line) => { if (line === "PUT guest") throw new Problem("upload_gone", "Gone.", 410); };
  const stubborn = guest(other);
  await stubborn.stage(job());
  await assert.rejects(stubborn.bring(IMAGE), { code: "upload_gone" });
  assert.equal(other.heard.filter((line) => line.startsWith("PUT /guest/drops/")).length, 3);
});

test("bytes that arrived as others are sent anew, not believed to be there", async () => {
  const vault = new Vault();
  let isSpoilt = false;
  vault.before = (line) => {
    if (line !== "PUT guest" || isSpoilt) return;
    isSpoilt = true;
    for (const { bytes } of vault.uploads.values()) bytes[0] = (bytes[0] ?? 0) ^ 1;
  };
  const session = guest(vault);
  await session.stage(job());
  await session.bring(IMAGE);
  assert.deepEqual(Buffer.from((await opened(vault)).original), Buffer.from(prepare(PHOTO, "x.jpg", null, "remember").bytes));
});

test("a refusal that will not pass is said at once, and what was refused can be given up", async () => {
  const [vault, device] = [new Vault(), new Device()];
  vault.before = (line) => { if (line === "PUT guest") throw new Problem("link_ended", "Ended.", 410); };
  const session = guest(vault, device);
  await session.stage(job());
  await assert.rejects(session.bring(IMAGE), { code: "link_ended" });
  assert.equal(vault.heard.filter((line) => line.startsWith("PUT /guest/drops/")).length, 1);
  assert.equal(vault.uploads.size > 0, true);
  await session.discard(IMAGE);
  assert.deepEqual([vault.uploads.size, device.sealed.size, await device.staging.list()], [0, 0, []]);
});

test("what was staged and is gone from the device is asked for again, not sent by halves", async () => {
  const [vault, device] = [new Vault(), new Device()];
  const session = guest(vault, device);
  await session.stage(job());
  await device.staging.remove(IMAGE);
  await assert.rejects(session.bring(IMAGE), { code: "choose_again" });
  assert.equal(vault.images.size, 0);
});

test("a device that is full says so, and nothing half staged stays", async () => {
  const [vault, device] = [new Vault(), new Device()];
  device.shelf.put = () => Promise.reject(new DOMException("Full.", "QuotaExceededError"));
  await assert.rejects(guest(vault, device).stage(job()), { code: "device_full" });
  assert.deepEqual(await device.staging.list(), []);
});
