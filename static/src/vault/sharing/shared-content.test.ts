/** The bytes of shared photos: what was meant opens, and nothing that was put in its place. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { concat, toBase64Url, utf8, type Bytes } from "../../crypto/bytes.ts";
import { deriveWrappingKey } from "../../crypto/derive.ts";
import { sha256Of } from "../../crypto/digest.ts";
import { encryptBytes } from "../../crypto/encrypt.ts";
import { newAlbumKey, newContentKey } from "../../crypto/keys.ts";
import { contentKeyContext, contentVersion } from "../../crypto/rewrap.ts";
import type { ItemSource } from "../../crypto/item.ts";
import { wrapKey } from "../../crypto/wrap.ts";
import { newId } from "../ids.ts";
import type { MediaRequest, SharedContent } from "../library/contract.ts";
import { sharedPieces } from "./shared-content.ts";

const CONTENT = utf8("a photograph");
const [ALBUM, OWNER, ADDER, IMAGE] = [newId(), newId(), newId(), newId()];

interface Made {
  readonly request: MediaRequest & { readonly shared: SharedContent };
  readonly ciphertext: Bytes;
  readonly other: Bytes;
}

/** A photo, and another ciphertext that its key opens too: whoever reads an album could make one. */
async function made(source: ItemSource): Promise<Made> {
  const key = newContentKey();
  const wrappingKey = await deriveWrappingKey(newAlbumKey());
  const context = { purpose: "content", owner: ADDER, record: IMAGE, part: "preview", version: contentVersion(2, source) } as const;
  const [ciphertext, other] = await Promise.all([encryptBytes(CONTENT, key, context), encryptBytes(utf8("a forgery"), key, context)]);
  const wrapped = await wrapKey(key, wrappingKey, contentKeyContext({ album: ALBUM, owner: OWNER }, IMAGE, 2, source));
  const shared = { albumId: ALBUM, albumOwner: OWNER, photoOwner: ADDER, source, wrappingKey, digest: toBase64Url(await sha256Of(ciphertext)) };
  return { request: { id: IMAGE, version: 2, part: "preview", mediaType: "image/webp", wrappedContentKey: toBase64Url(wrapped), shared }, ciphertext, other };
}

async function opened(request: MediaRequest, shared: SharedContent, answer: Bytes): Promise<{ readonly content: Bytes; readonly asked: string }> {
  let asked = "";
  const pieces: Bytes[] = [];
  const get = (path: string): Promise<Response> => {
    asked = path;
    return Promise.resolve(new Response(answer));
  };
  for await (const piece of sharedPieces(request, shared, get)) pieces.push(piece);
  return { content: concat(...pieces), asked };
}

for (const source of ["content", "clean"] as const) {
  test(`a part of a photo whose source is ${source} opens with the album's key`, async () => {
    const { request, ciphertext } = await made(source);

    const { content, asked } = await opened(request, request.shared, ciphertext);

    assert.deepEqual(content, CONTENT);
    assert.equal(asked, `/shared/albums/${ALBUM}/items/${IMAGE}/preview`);
  });
}

test("another ciphertext that the same key opens is not what its adder meant", async () => {
  const { request, other } = await made("content");

  await assert.rejects(opened(request, request.shared, other), { name: "HistoryError", code: "wrong-commitment" });
  // Without a digest nobody can tell: whoever adds names those they know.
  assert.deepEqual((await opened(request, { ...request.shared, digest: "" }, other)).content, utf8("a forgery"));
});

test("the photo of another account, and a clean copy for its original, do not open", async () => {
  const { request, ciphertext } = await made("content");

  for (const change of [{ photoOwner: OWNER }, { source: "clean" }, { albumId: newId() }] as const) {
    await assert.rejects(opened(request, { ...request.shared, ...change }, ciphertext), { code: "cannot-open" });
  }
});
