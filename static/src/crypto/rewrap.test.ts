import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { CryptoError } from "./errors.ts";
import { newItem, openItem, sealItem, type ItemSource } from "./item.ts";
import { newAlbumKey, newContentKey, type ContentKey } from "./keys.ts";
import { albumCiphers, contentKeyContext, rewrapItems, type AlbumCiphers, type SealedItem } from "./rewrap.ts";
import { unwrapKey, wrapKey } from "./wrap.ts";

const place = { album: crypto.randomUUID(), owner: crypto.randomUUID() };

async function item(key: ContentKey, ciphers: AlbumCiphers, source: ItemSource = "content"): Promise<{ sealed: SealedItem; said: ReturnType<typeof newItem> }> {
  const [image, version] = [crypto.randomUUID(), 2];
  const said = newItem({
    image, owner: place.owner, version, source, type: "image/jpeg", bytes: 1, width: 1, height: 1, thumbhash: "", digests: {},
  });
  const wrapped = await wrapKey(key, ciphers.wrapping, contentKeyContext(place, image, version, source));
  const fields = await sealItem(said, ciphers.documents, place, image, ciphers.generation);
  return { sealed: { image, version, source, generation: ciphers.generation, key: wrapped, fields }, said };
}

describe("items of an album whose key was rotated", () => {
  test("of any older generation say and lead to the same under the new key, and not under the old", async () => {
    const [first, second, third] = await Promise.all([1, 2, 3].map((generation) => albumCiphers(newAlbumKey(), generation)));
    assert.ok(first && second && third);
    const keys = [newContentKey(), newContentKey()] as const;
    const made = [await item(keys[0], first), await item(keys[1], second, "clean")];
    const rewrapped = await rewrapItems(made.map(({ sealed }) => sealed), place, [first, second], third);
    for (const [index, { image, version, source, generation, key, fields }] of rewrapped.entries()) {
      assert.equal(generation, 3);
      assert.equal(image, made[index]?.sealed.image);
      assert.deepEqual(await unwrapKey(key, third.wrapping, contentKeyContext(place, image, version, source)), keys[index]);
      assert.deepEqual(await openItem(fields, third.documents, place, image, 3), made[index]?.said);
      await assert.rejects(openItem(fields, second.documents, place, image, 3), CryptoError);
      await assert.rejects(unwrapKey(key, second.wrapping, contentKeyContext(place, image, version, source)), CryptoError);
    }
  });

  test("stop the batch when one does not open, or nobody has its key", async () => {
    const [first, second] = await Promise.all([1, 2].map((generation) => albumCiphers(newAlbumKey(), generation)));
    assert.ok(first && second);
    const { sealed } = await item(newContentKey(), first);
    await assert.rejects(rewrapItems([sealed], place, [second], second), CryptoError);
    await assert.rejects(rewrapItems([{ ...sealed, version: 3 }], place, [first], second), CryptoError);
    await assert.rejects(rewrapItems([{ ...sealed, source: "clean" }], place, [first], second), CryptoError);
    await assert.rejects(rewrapItems([{ ...sealed, image: "another" }], place, [first], second), CryptoError);
  });
});
