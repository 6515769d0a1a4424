import assert from "node:assert/strict";
import { test } from "node:test";

import { decryptBytes } from "../crypto/decrypt.ts";
import { contentContext, heldContentKey } from "../vault/library/keyring.ts";
import type { UploadSession } from "./upload-session.ts";
import { checked, Device, job, keyring, OFFLINE, PHOTO, session, Vault } from "./rehearsal.test.ts";

const WHOLE = 2 ** 20;
const sentWhole = (vault: Vault, device = new Device()): UploadSession => session(vault, device, [], undefined, [], WHOLE);

test("a photo that is short enough goes in one request, and opens like any other", async () => {
  const vault = new Vault();
  const device = new Device();
  const upload = sentWhole(vault, device);
  const { imageId, outcome } = await upload.upload(job({ fingerprint: await checked(upload), choice: "keep" }));
  assert.equal(outcome, "done");
  assert.deepEqual(vault.heard.map((line) => line.split(" ", 2).join(" ")), ["POST /images/check", "PUT images"]);
  const entry = await vault.entry(imageId);
  const key = await heldContentKey(entry, keyring);
  assert.deepEqual(Buffer.from(await decryptBytes(vault.bytesOf(imageId, "original"), key, contentContext(entry, "original", keyring))), Buffer.from(PHOTO));
  assert.equal((await decryptBytes(vault.bytesOf(imageId, "preview"), key, contentContext(entry, "preview", keyring))).length, 900);
  assert.equal(device.sealed.size, 0);
});

test("a photo that is too long for one request goes in parts", async () => {
  const vault = new Vault();
  const upload = session(vault, new Device(), [], undefined, [], 2000);
  await upload.upload(job({ fingerprint: await checked(upload), choice: "keep" }));
  assert.equal(vault.heard.some((line) => line.startsWith("POST uploads")), true);
});

for (const when of ["before", "after"] as const) {
  test(`a connection lost ${when} a whole photo was stored sends it in parts, and it is there once`, async () => {
    const vault = new Vault();
    const upload = sentWhole(vault);
    const fingerprint = await checked(upload);
    let isLost = false;
    vault[when] = (line) => {
      if (line !== "PUT images" || isLost) return;
      isLost = true;
      throw OFFLINE;
    };
    const { outcome, imageId } = await upload.upload(job({ fingerprint }));
    assert.equal(vault.heard.some((line) => line.startsWith("POST uploads")), true);
    assert.deepEqual([outcome, [...vault.images.keys()]], ["done", [imageId]]);
  });
}

test("a duplicate that is met by a whole photo is not sent again", async () => {
  const vault = new Vault();
  const device = new Device();
  const [one, two] = [sentWhole(vault), sentWhole(vault, device)];
  const fingerprint = await checked(one);
  const first = await one.upload(job({ fingerprint }));
  const second = await two.upload(job({ fingerprint }));
  assert.deepEqual([second.outcome, second.imageId], ["already-there", first.imageId]);
  assert.equal(vault.heard.some((line) => line.startsWith("POST uploads")), false);
  assert.deepEqual([device.sealed.size, await device.staging.list()], [0, []]);
});
