import assert from "node:assert/strict";
import { test } from "node:test";

import { toBase64Url } from "../../crypto/bytes.ts";
import { newIdentitySeed } from "../../crypto/keys.ts";
import { signPublication, type PublicationStatement } from "../../crypto/publication.ts";
import { identityPublicKey } from "../../crypto/signature.ts";
import { heldToHeadings, publicationFrom, seenAfter, seenWithdrawn } from "./statements.ts";
import { readProfile, readPublicationsPage, readWirePublication, type WirePublication } from "./wire.ts";

const OWNER = "65ccfc7e-df2f-47ea-a372-c143f7084e9a";
const ID = "c5e24292-f6bc-4a6f-a91e-974146fe49e2";
const IMAGE = "c10cc004-bbf7-43c6-97a8-4c635a949e3a";
const seed = newIdentitySeed();
const signer = identityPublicKey(seed);

const SAID: PublicationStatement = {
  caption: "Harbour in fog", creator: "Alice", licence: "All rights reserved", copy: toBase64Url(new Uint8Array(32)), image: IMAGE,
  madeAt: "2026-11-27T14:00:00Z", number: 3, isWatermarked: true,
  place: { albumId: IMAGE, position: 7 },
};

function listed(said: PublicationStatement = SAID, changes: Partial<WirePublication> = {}): WirePublication {
  const { statement, signature } = signPublication(said, { owner: OWNER, publication: ID }, seed);
  return {
    id: ID, imageId: IMAGE, publicId: "p", state: "live", refusal: "", statement: toBase64Url(statement), signature: toBase64Url(signature),
    caption: said.caption, creator: said.creator, licence: said.licence, isWatermarked: said.isWatermarked, albumId: said.place?.albumId ?? null, position: said.place?.position ?? 0,
    width: 2048, height: 1365, madeAt: said.madeAt, publishedAt: said.madeAt, withheldAt: null, ...changes,
  };
}

test("a publication is believed as its owner signed it", () => {
  assert.deepEqual(publicationFrom(listed(), OWNER, signer, {}).said, SAID);
});

test("what the server says beside a statement has to be what it says", () => {
  const lies: readonly Partial<WirePublication>[] = [
    { caption: "Another harbour" }, { creator: "Mallory" }, { licence: "Public domain" }, { isWatermarked: false }, { imageId: OWNER }, { position: 6 }, { albumId: OWNER },
    { statement: "AAAA" }, { statement: "not base64url!" }, { signature: "" }, { id: IMAGE },
  ];
  for (const lie of lies) assert.equal(publicationFrom(listed(SAID, lie), OWNER, signer, {}).said, null, JSON.stringify(lie));
});

test("a statement of somebody else is not one's own", () => {
  assert.equal(publicationFrom(listed(), OWNER, identityPublicKey(newIdentitySeed()), {}).said, null);
});

test("an older statement than this device has seen is not believed, though it was signed", () => {
  const seen = seenAfter([publicationFrom(listed(), OWNER, signer, {})], {});
  assert.deepEqual(seen, { [ID]: 3 });
  const older = publicationFrom(listed({ ...SAID, number: 2 }), OWNER, signer, seen);
  assert.equal(older.said, null);
  assert.deepEqual(seenAfter([older], seen), { [ID]: 3 });
  assert.notEqual(publicationFrom(listed({ ...SAID, number: 4 }), OWNER, signer, seen).said, null);
});

test("what was taken back is not believed when it is listed again", () => {
  const believed = publicationFrom(listed(), OWNER, signer, {});
  const seen = seenWithdrawn([ID], seenAfter([believed], {}));
  assert.equal(publicationFrom(listed(), OWNER, signer, seen).said, null);
  assert.deepEqual(seenAfter([], seen), seen);
});

test("answers that are no publications are left out, and no address but a web page's is one", () => {
  assert.equal(readWirePublication({ id: ID, state: "somehow" }), null);
  assert.deepEqual(readPublicationsPage({ items: [null, 7, { state: "live" }] }), { items: [], next: null });
  assert.equal(readProfile({ name: "alice", address: "ftp://photos.example/u/alice" }).address, "");
  assert.equal(readProfile({ name: "alice", address: "https://photos.example/u/alice" }).address, "https://photos.example/u/alice");
});

test("what stood under a heading that is gone stands under none, and what was taken out of one that is there is noticed", () => {
  const loose = publicationFrom(listed(SAID, { albumId: null }), OWNER, signer, {});
  assert.deepEqual(loose.said, SAID);
  assert.deepEqual(heldToHeadings([loose], new Set())[0]?.said, SAID);
  assert.equal(heldToHeadings([loose], new Set([IMAGE]))[0]?.said, null);
  assert.deepEqual(heldToHeadings([publicationFrom(listed(), OWNER, signer, {})], new Set([IMAGE]))[0]?.said, SAID);
});

test("what is put elsewhere by somebody else is still known as it was signed, so that it can be put back", () => {
  const moved = publicationFrom(listed(SAID, { position: 6 }), OWNER, signer, {});
  assert.deepEqual([moved.said, moved.signed], [null, SAID]);
});

test("a statement from before places were signed says where nothing stands", () => {
  const before = { ...SAID, place: null };
  assert.deepEqual(publicationFrom(listed(before, { position: 4 }), OWNER, signer, {}).said, before);
});
