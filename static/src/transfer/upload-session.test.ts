import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { Problem } from "../api/problem.ts";
import { record } from "../api/shape.ts";
import { fromBase64Url, owned, toBase64Url } from "../crypto/bytes.ts";
import { decryptBytes } from "../crypto/decrypt.ts";
import { prepare } from "../photo/choices.ts";
import { NoPicture } from "../photo/no-picture.ts";
import { holdsMarker, plantedJpeg } from "../photo/fixtures.ts";
import { contentContext, heldContentKey } from "../vault/library/keyring.ts";
import type { UploadProgress, WorkingState } from "./contract.ts";
import { checked, Device, file, job, keyring, OFFLINE, PHOTO, session, Vault } from "./rehearsal.test.ts";

test("a photo arrives cleaned, opens byte for byte, and its record remembers what was cleaned away", async () => {
  const vault = new Vault();
  const upload = session(vault);
  const { imageId, outcome, removed, hasThumbnail } = await upload.upload(job({ fingerprint: await checked(upload) }));
  assert.equal(outcome, "done");
  assert.equal(hasThumbnail && removed.length > 0, true);
  const entry = await vault.entry(imageId);
  const key = await heldContentKey(entry, keyring);
  const original = await decryptBytes(vault.bytesOf(imageId, "original"), key, contentContext(entry, "original", keyring));
  assert.deepEqual(Buffer.from(original), Buffer.from(prepare(PHOTO, "x.jpg", null, "remember").bytes));
  assert.equal(!holdsMarker(original), true);
  assert.equal((await decryptBytes(vault.bytesOf(imageId, "preview"), key, contentContext(entry, "preview", keyring))).length, 900);
  assert.equal(entry.metadata?.name, "holiday in Rome.jpg");
  assert.equal(entry.metadata.storedAs, "stripped");
  assert.ok(entry.metadata.place, "the place is remembered");
  assert.equal(entry.metadata.capturedAt?.source, "exif");
  assert.deepEqual([entry.metadata.width, entry.metadata.height, entry.metadata.rights.creator], [24, 16, "Ada"]);
});

test("the server never hears a name, a marker or a plain byte of the photo", async () => {
  const vault = new Vault();
  const upload = session(vault);
  await upload.upload(job({ fingerprint: await checked(upload), choice: "keep" }));
  const words = vault.heard.join("\n");
  assert.equal(!words.includes("holiday") && !words.includes("Rome") && !words.includes(btoa("holiday")), true);
  for (const bytes of vault.received) assert.equal(!holdsMarker(bytes), true);
});

test("kept as it is, the original is the file; with everything removed, nothing is remembered", async () => {
  const vault = new Vault();
  const upload = session(vault);
  const kept = await upload.upload(job({ fingerprint: await checked(upload), choice: "keep" }));
  const entry = await vault.entry(kept.imageId);
  const whole = await decryptBytes(vault.bytesOf(kept.imageId, "original"), await heldContentKey(entry, keyring), contentContext(entry, "original", keyring));
  assert.deepEqual(Buffer.from(whole), Buffer.from(PHOTO));
  const bare = await session(new Vault()).check([]);
  assert.deepEqual(bare, []);
  const other = new Vault();
  const emptied = session(other);
  const { imageId } = await emptied.upload(job({ fingerprint: await checked(emptied), choice: "remove" }));
  const { metadata } = await other.entry(imageId);
  assert.deepEqual([metadata?.capturedAt, metadata?.place, metadata?.camera, metadata?.storedAs], [null, null, "", "empty"]);
});

test("a photo the vault holds is known before a byte of it is sent", async () => {
  const vault = new Vault();
  const upload = session(vault);
  const { imageId } = await upload.upload(job({ fingerprint: await checked(upload) }));
  const [again] = await upload.check([{ entryId: "f", file: file(PHOTO, "copy.jpg") }]);
  assert.equal(again?.imageId, imageId);
  const [other] = await upload.check([{ entryId: "g", file: file(owned(plantedJpeg({ orientation: 3 })), "other.jpg") }]);
  assert.equal(other?.imageId, null);
});

test("a duplicate that two devices send at once is met at the commit, and leaves nothing behind", async () => {
  const vault = new Vault();
  const device = new Device();
  const [one, two] = [session(vault), session(vault, device)];
  const fingerprint = await checked(one);
  const first = await one.upload(job({ fingerprint }));
  const second = await two.upload(job({ fingerprint }));
  assert.deepEqual([second.outcome, second.imageId], ["already-there", first.imageId]);
  assert.equal(device.sealed.size, 0);
  assert.deepEqual(await device.staging.list(), []);
});

for (const line of ["POST uploads", "PATCH uploads", "PUT images"]) {
  for (const when of ["before", "after"] as const) {
    test(`a connection lost ${when} ${line} was done is picked up again`, async () => {
      const vault = new Vault();
      const upload = session(vault);
      const fingerprint = await checked(upload);
      let isLost = false;
      vault[when] = (heard) => {
        if (heard !== line || isLost) return;
        isLost = true;
        throw OFFLINE;
      };
      const { outcome, imageId } = await upload.upload(job({ fingerprint, file: file(owned(Buffer.concat([PHOTO, Buffer.alloc(9000, 7)]))), choice: "keep" }));
      assert.equal(isLost, true);
      assert.deepEqual([outcome, [...vault.images.keys()]], ["done", [imageId]]);
    });
  }
}

test("a killed page is taken up by the next one without the file, from where the server is", async () => {
  const vault = new Vault();
  const device = new Device();
  const first = session(vault, device);
  const big = file(owned(Buffer.concat([PHOTO, Buffer.alloc(20_000, 7)])));
  const fingerprint = await checked(first, big);
  let patches = 0;
  vault.after = (line) => {
    if (line === "PATCH uploads" && (patches += 1) === 2) first.stop("e");
  };
  await assert.rejects(first.upload(job({ fingerprint, file: big, choice: "keep", albumId: "album" })), { name: "AbortError" });
  vault.after = () => undefined;
  const next = session(vault, device);
  const [pending] = await next.pending();
  assert.deepEqual([pending?.name, pending?.bytes, pending?.albumId], ["holiday in Rome.jpg", big.size, "album"]);
  vault.heard.length = 0;
  const { imageId, outcome, albumId } = await next.resume("x", pending?.imageId ?? "");
  assert.deepEqual([outcome, imageId, albumId], ["done", pending?.imageId, "album"]);
  assert.equal(vault.heard[0]?.startsWith("HEAD uploads"), true);
  const entry = await vault.entry(imageId);
  const whole = await decryptBytes(vault.bytesOf(imageId, "original"), await heldContentKey(entry, keyring), contentContext(entry, "original", keyring));
  assert.deepEqual(Buffer.from(whole), Buffer.from(await big.arrayBuffer()));
  assert.equal(device.sealed.size, 0);
});

test("what a device keeps to finish an upload says nothing without the key", async () => {
  const vault = new Vault();
  const device = new Device();
  const upload = session(vault, device);
  const fingerprint = await checked(upload);
  vault.before = (line) => {
    if (line === "PUT images") throw new Problem("quota_reached", "Full.", 413);
  };
  await assert.rejects(upload.upload(job({ fingerprint, choice: "keep" })), { code: "quota_reached" });
  assert.equal(device.sealed.size, 1);
  for (const [imageId, sealed] of device.sealed) {
    assert.equal(!Buffer.from(sealed).includes("Rome") && !Buffer.from(sealed).includes(imageId), true);
    const staged = await device.staging.read(imageId, "original");
    assert.equal(staged !== null && !holdsMarker(new Uint8Array(await staged.arrayBuffer())), true);
  }
  vault.before = () => undefined;
  const [pending] = await upload.pending();
  assert.equal((await upload.resume("e", pending?.imageId ?? "")).outcome, "done");
});

test("staged bytes without a plan, and plans without their bytes, are cleared away", async () => {
  const device = new Device();
  const upload = session(new Vault(), device);
  await (await device.staging.create("orphan", "original")).write(owned(Uint8Array.of(1)));
  device.sealed.set("nonsense", owned(new Uint8Array(300)));
  assert.deepEqual(await upload.pending(), []);
  assert.deepEqual(await device.staging.list(), []);
  assert.equal(device.sealed.size, 0);
});

test("a plan whose staged bytes the browser threw away is dropped, not offered", async () => {
  const vault = new Vault();
  const device = new Device();
  const upload = session(vault, device);
  const fingerprint = await checked(upload);
  vault.before = (line) => {
    if (line === "PUT images") throw new Problem("quota_reached", "Full.", 413);
  };
  await assert.rejects(upload.upload(job({ fingerprint })), { code: "quota_reached" });
  const [imageId] = device.sealed.keys();
  await device.staging.remove(imageId ?? "");
  assert.deepEqual(await upload.pending(), []);
  assert.equal(device.sealed.size, 0);
  await assert.rejects(upload.resume("e", imageId ?? ""), { code: "choose_again" });
});

test("bytes that rot on the way are sent again under new uploads", async () => {
  const vault = new Vault();
  const upload = session(vault);
  const fingerprint = await checked(upload);
  let isRotten = false;
  vault.before = (line) => {
    if (line !== "PUT images" || isRotten) return;
    isRotten = true;
    for (const stored of vault.uploads.values()) stored.bytes = stored.bytes.map((byte, at) => (at === 60 ? byte ^ 1 : byte));
  };
  const { imageId } = await upload.upload(job({ fingerprint }));
  assert.equal(isRotten && vault.images.has(imageId), true);
});

test("no thumbnail is no reason to lose a photo", async () => {
  const vault = new Vault();
  const upload = session(vault, new Device(), [], () => Promise.reject(new NoPicture("too_slow")));
  const { imageId, hasThumbnail, note } = await upload.upload(job({ fingerprint: await checked(upload) }));
  assert.equal(!hasThumbnail && note.includes("took too long"), true);
  assert.deepEqual(Object.keys(record(vault.images.get(imageId)?.["parts"])), ["original"]);
});

test("whoever keeps a file as it is keeps it, whatever it is", async () => {
  const vault = new Vault();
  const upload = session(vault, new Device(), [], () => Promise.reject(new NoPicture("no_decoder")));
  const letter = owned(Buffer.from("%PDF-1.7 a letter"));
  const { imageId, hasThumbnail } = await upload.upload(job({ file: file(letter, "letter.pdf"), choice: "keep", fingerprint: "f" }));
  const { metadata } = await vault.entry(imageId);
  assert.deepEqual([hasThumbnail, metadata?.name, metadata?.kind, metadata?.storedAs, metadata?.size], [false, "letter.pdf", "unknown", "whole", letter.length]);
});

test("a photo on its way is expected, until it turns out to be there already", async () => {
  const vault = new Vault();
  const expected: string[] = [];
  const upload = session(vault, new Device(), [], undefined, expected);
  const fingerprint = await checked(upload);
  const { imageId } = await upload.upload(job({ fingerprint }));
  assert.deepEqual(expected, [imageId]);
  const again = await upload.upload(job({ fingerprint }));
  assert.deepEqual([again.outcome, again.imageId, expected], ["already-there", imageId, [imageId]]);
});

test("an empty file, a file that is no photo and a broken one are refused by code, and nothing is sent", async () => {
  const vault = new Vault();
  const device = new Device();
  const upload = session(vault, device);
  const [empty] = await upload.check([{ entryId: "e", file: file(owned(new Uint8Array()), "empty.jpg") }]);
  assert.equal(empty?.refusal?.code, "empty_file");
  await assert.rejects(upload.upload(job({ file: file(owned(Buffer.from("%PDF-1.7 a letter")), "letter.pdf"), fingerprint: "f" })), { code: "unknown_format" });
  await assert.rejects(upload.upload(job({ file: file(PHOTO.slice(0, 200)), fingerprint: "g" })), (error) => error instanceof Error && "code" in error);
  assert.equal(vault.uploads.size, 0);
  assert.deepEqual(await device.staging.list(), []);
});

test("a Takeout file beside a photo becomes corrections and marks", async () => {
  const vault = new Vault();
  const upload = session(vault);
  const sidecar = { title: "a.jpg", description: "At the fountain", photoTakenTime: { timestamp: "1262304000" }, geoData: { latitude: 41.9, longitude: 12.48 }, favorited: true };
  const { imageId } = await upload.upload(job({ fingerprint: await checked(upload), sidecar: new File([JSON.stringify(sidecar)], "a.jpg.json") }));
  const entry = await vault.entry(imageId);
  assert.equal(entry.corrections?.by, "takeout");
  assert.equal(entry.corrections.description, "At the fountain");
  assert.deepEqual(entry.corrections.place, { lat: 41.9, lon: 12.48 });
  assert.equal(entry.corrections.capturedAt?.startsWith("2009-12-31") || entry.corrections.capturedAt?.startsWith("2010-01-01"), true);
  assert.equal(entry.marks.favourite, true);
});

test("progress goes through its states in order and ends with every byte", async () => {
  const vault = new Vault();
  const told: UploadProgress[] = [];
  const upload = session(vault, new Device(), told);
  await upload.upload(job({ fingerprint: await checked(upload) }));
  const states = told.map(({ state }) => state).filter((state, at, all) => state !== all[at - 1]);
  assert.deepEqual(states, ["reading", "encrypting", "sending", "finishing"] satisfies WorkingState[]);
  const last = told.at(-1);
  assert.equal(last?.sentBytes, last?.totalBytes);
});

test("the fingerprint is keyed: another account marks the same photo otherwise", async () => {
  const mine = await checked(session(new Vault()));
  assert.equal(fromBase64Url(mine).length, 32);
  assert.notEqual(mine, toBase64Url(createHash("sha256").update(PHOTO).digest()));
});
