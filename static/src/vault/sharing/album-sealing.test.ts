import assert from "node:assert/strict";
import { test } from "node:test";

import { fromBase64Url, randomBytes, toBase64Url } from "../../crypto/bytes.ts";
import { openItem } from "../../crypto/item.ts";
import { newAccountKey, newAlbumKey, newContentKey } from "../../crypto/keys.ts";
import { albumCiphers, contentKeyContext, contentVersion } from "../../crypto/rewrap.ts";
import { unwrapKey, wrapKey, wrappedKeyFromBytes } from "../../crypto/wrap.ts";
import { NO_MARKS, readMetadata } from "../library/documents.ts";
import type { Entry } from "../library/entry.ts";
import { openKeyring, type Keyring } from "../library/keyring.ts";
import { fieldsOf, sealPhotos, type CleanCopy } from "./album-sealing.ts";

const owner = crypto.randomUUID();
const METADATA = {
  name: "IMG_1.jpg", mediaType: "image/jpeg", size: 1000, width: 40, height: 30, thumbhash: "aaaa", title: "At home", camera: "Field 3",
  capturedAt: { local: "2026-11-15T11:42:07", zone: null, source: "exif" }, place: { lat: 57.0371, lon: 9.8989 },
};

async function entryWith(storedAs: string, keyring: Keyring): Promise<{ entry: Entry; key: Uint8Array }> {
  const [id, key] = [crypto.randomUUID(), newContentKey()];
  const wrapped = await wrapKey(key, keyring.wrappingKey, { purpose: "content-key", owner, record: id, part: "-", version: 2 });
  const entry: Entry = {
    id, storedAt: "2026-11-20T10:00:00.000Z", verifiedAt: null, binnedAt: null, purgeAt: null, version: 2, parts: { original: 1000 },
    digests: { original: toBase64Url(randomBytes(32)) }, isDamaged: false, wrappedContentKey: toBase64Url(wrapped), wrappedRecordKey: "",
    marksNumber: 0, marks: NO_MARKS, revision: 0, corrections: null, metadata: readMetadata({ ...METADATA, storedAs }), albums: [],
  };
  return { entry, key };
}

test("nothing is said of a photo that its owner did not choose to tell", async () => {
  const { entry } = await entryWith("stripped", await openKeyring(owner, newAccountKey()));
  const said = JSON.stringify(fieldsOf(entry, owner, null, []));
  for (const secret of ["IMG_1", "At home", "Field 3", "2026-11-15", "57037100", "57.0371"]) assert.equal(said.includes(secret), false, secret);
  assert.deepEqual(fieldsOf(entry, owner, null, ["place"]).place, { lat: 57_037_100, lon: 9_898_900 });
  assert.equal(fieldsOf(entry, owner, null, ["taken_at"]).taken_at, "2026-11-15T11:42:07");
  const corrected = { ...entry, corrections: { place: null, by: "person" } as const };
  assert.equal("place" in fieldsOf(corrected, owner, null, ["place"]), false);
});

test("a file that still carries what its camera wrote is only ever shared by its clean copy", async () => {
  const keyring = await openKeyring(owner, newAccountKey());
  const place = { album: crypto.randomUUID(), owner };
  const [albumKey, cleanKey] = [newAlbumKey(), newContentKey()];
  const { entry, key } = await entryWith("whole", keyring);
  const job = { place, generation: 3, key: albumKey };
  const refused = await sealPhotos({ ...job, photos: [{ id: entry.id, clean: null, tells: [] }] }, [entry], keyring);
  assert.deepEqual([refused.items.length, refused.failed.map(({ code }) => code)], [0, ["conflict"]]);
  const wrapped = await wrapKey(cleanKey, keyring.wrappingKey, { purpose: "content-key", owner, record: entry.id, part: "-", version: contentVersion(2, "clean") });
  const clean: CleanCopy = { wrappedContentKey: toBase64Url(wrapped), version: 2, digests: {}, type: "image/jpeg", bytes: 900, width: 40, height: 30 };
  const { items } = await sealPhotos({ ...job, photos: [{ id: entry.id, clean, tells: [] }] }, [entry], keyring);
  const item = items[0];
  assert.ok(item);
  assert.equal(item.body.source, "clean");
  const ciphers = await albumCiphers(albumKey, 3);
  const context = contentKeyContext(place, entry.id, 2, "clean");
  const given = await unwrapKey(wrappedKeyFromBytes("content-key", fromBase64Url(item.body.wrapped_content_key)), ciphers.wrapping, context);
  assert.deepEqual([...given], [...cleanKey]);
  assert.notDeepEqual([...given], [...key]);
  const said = await openItem(fromBase64Url(item.body.fields), ciphers.documents, place, entry.id, 3);
  assert.equal((JSON.parse(said.text) as { bytes: number }).bytes, 900);
});

test("a clean copy of an earlier version is not taken for one of this", async () => {
  const keyring = await openKeyring(owner, newAccountKey());
  const { entry } = await entryWith("whole", keyring);
  const clean: CleanCopy = { wrappedContentKey: "", version: 1, digests: {}, type: "image/jpeg", bytes: 1, width: 1, height: 1 };
  const place = { album: crypto.randomUUID(), owner };
  const { failed } = await sealPhotos({ place, generation: 1, key: newAlbumKey(), photos: [{ id: entry.id, clean, tells: [] }] }, [entry], keyring);
  assert.deepEqual(failed.map(({ code }) => code), ["conflict"]);
});
