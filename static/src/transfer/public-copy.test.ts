import assert from "node:assert/strict";
import { test } from "node:test";

import type { Ask } from "../api/client.ts";
import { fromBase64Url, owned, toBase64Url, type Bytes } from "../crypto/bytes.ts";
import { decryptStream } from "../crypto/decrypt.ts";
import { sha256Of } from "../crypto/digest.ts";
import { encryptBytes } from "../crypto/encrypt.ts";
import { deriveWrappingKey } from "../crypto/derive.ts";
import { keyFromBytes, newContentKey, newKey } from "../crypto/keys.ts";
import { copyContext } from "../crypto/publication.ts";
import { wrapKey } from "../crypto/wrap.ts";
import { holdsMarker, plantedJpeg } from "../photo/fixtures.ts";
import { contentContext, contextOf, openKeyring, type WrappedContent } from "../vault/library/keyring.ts";
import type { CleanPorts } from "./clean-copy.ts";
import { publicCopyOf } from "./public-copy.ts";

const OWNER = "65ccfc7e-df2f-47ea-a372-c143f7084e9a";
const PUBLICATION = "c5e24292-f6bc-4a6f-a91e-974146fe49e2";
const IMAGE = "c10cc004-bbf7-43c6-97a8-4c635a949e3a";

/** A vault with one photo in it, and what it sends. */
async function vaultWith(original: Bytes): Promise<{ photo: WrappedContent; ports: CleanPorts; sent: Bytes[] }> {
  const accountKey = newKey("account-key");
  const keyring = await openKeyring(OWNER, accountKey);
  const key = newContentKey();
  const wrappedContentKey = toBase64Url(await wrapKey(key, await deriveWrappingKey(accountKey), contextOf("content-key", OWNER, IMAGE, 1)));
  const photo = { id: IMAGE, version: 1, wrappedContentKey };
  const stored = await encryptBytes(original, key, contentContext(photo, "original", keyring));
  const sent: Bytes[] = [];
  const send = async ({ method, body }: Ask): Promise<Response> => {
    if (method === "GET") return new Response(stored);
    if (body instanceof Blob) sent.push(new Uint8Array(await body.arrayBuffer()));
    return new Response(null, { status: 201, headers: { "Location": "/api/v1/uploads/0b6cf6ba-3c9d", "Upload-Offset": String(sent.at(-1)?.length ?? 0) } });
  };
  const limits = { chunkBytes: 2 ** 20, smallBytes: 2 ** 20, wholeBytes: 0 };
  const tus = { send, limits, pause: () => Promise.resolve(), random: () => 0 };
  const unasked = (): Promise<never> => Promise.reject(new Error("Nobody asks for this."));
  return { photo, ports: { keyring, tus, send, call: unasked, derive: unasked }, sent };
}

test("what leaves the device for everyone is cleaned, under a key of its own, and is what gets signed", async () => {
  const original = owned(plantedJpeg({ orientation: 6 }));
  assert.equal(holdsMarker(original), true);
  const { photo, ports, sent } = await vaultWith(original);
  const made = await publicCopyOf({ photo, publication: PUBLICATION, rotation: 0 }, ports);
  const [ciphertext] = sent;
  assert.ok(ciphertext);
  assert.equal(made.uploadSha256, toBase64Url(await sha256Of(ciphertext)));
  assert.equal(made.uploadBytes, ciphertext.length);

  const pieces: Bytes[] = [];
  const copyKey = keyFromBytes("content-key", fromBase64Url(made.copyKey));
  for await (const piece of decryptStream(new Blob([ciphertext]).stream(), copyKey, copyContext({ owner: OWNER, publication: PUBLICATION }))) pieces.push(piece);
  const copy = new Uint8Array(Buffer.concat(pieces));
  assert.equal(holdsMarker(copy), false);
  assert.equal(made.copy, toBase64Url(await sha256Of(copy)));
  assert.equal(made.removed.includes("place"), true);
});

test("no two copies of a photo have one key", async () => {
  const { photo, ports } = await vaultWith(owned(plantedJpeg()));
  const job = { photo, publication: PUBLICATION, rotation: 0 } as const;
  assert.notEqual((await publicCopyOf(job, ports)).copyKey, (await publicCopyOf(job, ports)).copyKey);
});
