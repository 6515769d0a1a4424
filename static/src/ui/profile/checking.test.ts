import assert from "node:assert/strict";
import { test } from "node:test";

import type { SignedPhotos, SignedWords } from "../../api/public.ts";
import { fromUtf8, toBase64Url } from "../../crypto/bytes.ts";
import { newIdentitySeed } from "../../crypto/keys.ts";
import { signProfile, signPublication, type ProfileStatement, type PublicationStatement, type SignedStatement } from "../../crypto/publication.ts";
import { identityPublicKey } from "../../crypto/signature.ts";
import { verdictOf, type ShownPhoto, type ShownWords } from "./checking.ts";

const OWNER = "65ccfc7e-df2f-47ea-a372-c143f7084e9a";
const STONES = { id: "c5e24292-f6bc-4a6f-a91e-974146fe49e2", title: "Stones" };
const EMPTY = { id: "c10cc004-bbf7-43c6-97a8-4c635a949e3a", title: "Nothing yet" };
const EVENINGS = { id: "a10cc004-bbf7-43c6-97a8-4c635a949e3a", title: "Evenings" };
const PUBLICATION = "b10cc004-bbf7-43c6-97a8-4c635a949e3a";
const MADE_AT = "2026-11-01T10:00:00Z";
const LATER = Date.parse("2026-11-27T10:00:00Z");
const [seed, another] = [newIdentitySeed(), newIdentitySeed()];

const UNCOVERED: ProfileStatement = { name: "marit", shownName: "Marit", bio: "Stones.", licence: "CC BY 4.0", albums: [STONES, EMPTY, EVENINGS], madeAt: MADE_AT, number: 1 };
const SAID: ProfileStatement = { ...UNCOVERED, coverId: PUBLICATION };
const PHOTO: PublicationStatement = { caption: "Fog", creator: "Marit", licence: "CC BY 4.0", copy: toBase64Url(new Uint8Array(32)), image: OWNER, madeAt: MADE_AT, number: 1, isWatermarked: true, place: { albumId: STONES.id, position: 0 } };
const SHOWN: ShownWords = { name: "marit", shownName: "Marit", bio: "Stones.", licence: "CC BY 4.0", headings: [STONES, EVENINGS], cover: "p" };
const TILE: ShownPhoto = { id: "p", caption: "Fog", creator: "Marit", licence: "CC BY 4.0", album: STONES.id };

const asText = ({ statement, signature }: SignedStatement) => ({ statement: fromUtf8(statement), signature: toBase64Url(signature) });
const by = (key = seed) => ({ account: OWNER, identityKey: toBase64Url(identityPublicKey(key)) });
const words = (said = SAID, key = seed): SignedWords => ({ ...asText(signProfile(said, OWNER, key)), ...by() });
const photos = (said = PHOTO, key = seed): SignedPhotos => ({ ...by(), photos: { p: asText(signPublication(said, { owner: OWNER, publication: PUBLICATION }, key)) } });

async function standings(shown: Partial<ShownWords> = {}, tile: Partial<ShownPhoto> = {}, told = words(), about = photos(), now = LATER): Promise<readonly unknown[]> {
  const verdict = await verdictOf({ words: { ...SHOWN, ...shown }, photos: [{ ...TILE, ...tile }], isAlone: false }, told, about, now);
  return [verdict?.words, verdict?.photos.get("p")];
}

test("a page that says what was signed is signed, headings without photos left out", async () => {
  assert.deepEqual(await standings(), ["signed", "signed"]);
  assert.deepEqual(await standings({ bio: null, headings: [] }), ["signed", "signed"]);
});

test("whatever a page says otherwise is noticed", async () => {
  const swapped = [{ ...STONES, title: "Evenings" }, { ...EVENINGS, title: "Stones" }];
  const lies: readonly Partial<ShownWords>[] = [
    { bio: "Send money." }, { name: "mallory" }, { shownName: "Mallory" }, { licence: "CC0 1.0" }, { headings: swapped }, { headings: [EVENINGS, STONES] },
    { cover: "q" }, { headings: [STONES, STONES] }, { headings: [{ ...STONES, id: PUBLICATION }] },
  ];
  for (const lie of lies) assert.deepEqual(await standings(lie), ["altered", "signed"], JSON.stringify(lie));
  for (const lie of [{ caption: "Send money" }, { creator: "Mallory" }, { licence: "CC0 1.0" }]) assert.deepEqual(await standings({}, lie), ["signed", "altered"]);
});

test("nobody else signs it, and a photo's signature is none for a page", async () => {
  assert.deepEqual(await standings({}, {}, words(SAID, another), photos(PHOTO, another)), ["altered", "altered"]);
  assert.deepEqual(await standings({}, {}, { ...words(), signature: photos().photos["p"]?.signature ?? "" }), ["altered", "signed"]);
  assert.deepEqual(await standings({}, {}, { ...words(), statement: "{}" }), ["altered", "signed"]);
  assert.deepEqual(await standings({}, {}, { ...words(), signature: "?" }), ["altered", "signed"]);
});

test("words and photos come under one key, or nothing is said of them", async () => {
  const other = { ...photos(), identityKey: toBase64Url(identityPublicKey(another)) };
  assert.equal(await verdictOf({ words: SHOWN, photos: [TILE], isAlone: false }, words(), other, LATER), null);
  assert.equal(await verdictOf({ words: SHOWN, photos: [TILE], isAlone: false }, words(), { ...photos(), account: PUBLICATION }, LATER), null);
  assert.equal(await verdictOf({ words: SHOWN, photos: [TILE], isAlone: false }, { ...words(), identityKey: "AAAA" }, { ...photos(), identityKey: "AAAA" }, LATER), null);
});

test("a page from before words were signed is told as such, and a photo without a statement is not counted", async () => {
  assert.deepEqual(await standings({}, {}, { ...words(), statement: "", signature: "" }, { ...by(), photos: {} }), ["unsigned", undefined]);
});

test("what was signed a moment ago is newer than the page, and no reason for an alarm", async () => {
  const now = Date.parse(MADE_AT) + 60_000;
  assert.deepEqual(await standings({ bio: "" }, { caption: "" }, words(), photos(), now), ["changing", "changing"]);
  assert.deepEqual(await standings({ bio: "" }, {}, words(SAID, another), photos(), now), ["altered", "signed"]);
});

test("a cover is the one that was signed, or none since it was taken back", async () => {
  assert.deepEqual(await standings({ cover: null }), ["signed", "signed"]);
  assert.deepEqual(await standings({ cover: "q" }, {}, words(UNCOVERED)), ["signed", "signed"]);
  assert.deepEqual(await standings({}, {}, words({ ...SAID, coverId: null })), ["altered", "signed"]);
  assert.deepEqual(await standings({}, {}, words({ ...SAID, coverId: OWNER })), ["altered", "signed"]);
  // Its statement has to be signed: else whoever changes the cover could name another one's publication.
  assert.deepEqual(await standings({}, {}, words(), photos(PHOTO, another)), ["altered", "altered"]);
});

const IDS = ["b10cc004-bbf7-43c6-97a8-4c635a949e01", "b10cc004-bbf7-43c6-97a8-4c635a949e02", "b10cc004-bbf7-43c6-97a8-4c635a949e03"] as const;

/** Photos by their number: where they are shown, and where they were signed to stand. */
async function places(shown: readonly (readonly [number, string | null])[], said: readonly (PublicationStatement["place"])[], { profile = SAID, isAlone = false, now = LATER } = {}): Promise<unknown> {
  const about: Record<string, { statement: string; signature: string }> = {};
  for (const [at, place] of said.entries()) about[`p${at.toString()}`] = asText(signPublication({ ...PHOTO, place }, { owner: OWNER, publication: IDS[at] ?? PUBLICATION }, seed));
  const tiles = shown.map(([at, album]) => ({ ...TILE, id: `p${at.toString()}`, album }));
  return (await verdictOf({ words: { ...SHOWN, cover: null }, photos: tiles, isAlone }, words(profile), { ...by(), photos: about }, now))?.places;
}

test("photos stand in the order that was signed, and one that is not shown is not missed", async () => {
  const said = [0, 1, 2].map((position) => ({ albumId: null, position }));
  assert.equal(await places([[0, null], [1, null], [2, null]], said), "signed");
  assert.equal(await places([[0, null], [2, null]], said), "signed");
  assert.equal(await places([], []), "signed");
  for (const order of [[1, 0, 2], [0, 2, 1], [2, 1, 0], [0, 0, 1]]) assert.equal(await places(order.map((at) => [at, null]), said), "altered", order.join());
  assert.equal(await places([[1, null]], said, { isAlone: true }), "signed");
});

test("of two at one position the newer stands first, and each heading has an order of its own", async () => {
  const same = [0, 1].map(() => ({ albumId: null, position: 0 }));
  assert.equal(await places([[1, null], [0, null]], same), "signed");
  assert.equal(await places([[0, null], [1, null]], same), "altered");
  const apart = [{ albumId: null, position: 5 }, { albumId: STONES.id, position: 0 }];
  assert.equal(await places([[0, null], [1, STONES.id]], apart), "signed");
});

test("photos stand under the heading that was signed, or under none if that is gone", async () => {
  const said = [{ albumId: STONES.id, position: 0 }];
  for (const album of [EVENINGS.id, null]) assert.equal(await places([[0, album]], said), "altered");
  assert.equal(await places([[0, STONES.id]], [{ albumId: null, position: 0 }]), "altered");
  const without = { ...SAID, albums: [EVENINGS] };
  assert.equal(await places([[0, null]], said, { profile: without }), "signed");
  assert.equal(await places([[0, EVENINGS.id]], said, { profile: without }), "altered");
});

test("places from before they were signed are told as such, and what was moved a moment ago as well", async () => {
  assert.equal(await places([[1, null], [0, null]], [null, { albumId: null, position: 1 }]), "unsigned");
  const said = [0, 1].map((position) => ({ albumId: null, position }));
  assert.equal(await places([[1, null], [0, null]], said, { now: Date.parse(MADE_AT) + 60_000 }), "changing");
});
