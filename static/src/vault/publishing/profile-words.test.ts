import assert from "node:assert/strict";
import { test } from "node:test";

import { toBase64Url } from "../../crypto/bytes.ts";
import { newIdentitySeed } from "../../crypto/keys.ts";
import { signProfile, type ProfileStatement } from "../../crypto/publication.ts";
import { identityPublicKey } from "../../crypto/signature.ts";
import { lostCover, NEVER, nextStatement, profileFrom, seenAfterProfile, seenAfterRemoval, type CoveredProfile } from "./profile-words.ts";
import type { Profile } from "./wire.ts";

const OWNER = "65ccfc7e-df2f-47ea-a372-c143f7084e9a";
const HARBOURS = { id: "c5e24292-f6bc-4a6f-a91e-974146fe49e2", title: "Harbours" };
const EVENINGS = { id: "c10cc004-bbf7-43c6-97a8-4c635a949e3a", title: "Evenings" };
const seed = newIdentitySeed();
const signer = identityPublicKey(seed);

const SAID: ProfileStatement & CoveredProfile = {
  name: "alice", shownName: "Alice", bio: "Harbours.", licence: "All rights reserved", albums: [HARBOURS, EVENINGS], madeAt: "2026-11-27T14:00:00Z", number: 3, coverId: EVENINGS.id,
};

function listed(said: ProfileStatement = SAID, changes: Partial<Profile> = {}): Profile {
  const { statement, signature } = signProfile(said, OWNER, seed);
  return {
    name: said.name, shownName: said.shownName, bio: said.bio, licence: said.licence, albums: said.albums, isOpen: true, isListed: false, coverId: said.coverId ?? null,
    address: "https://photos.example/u/alice", guardedUntil: null, statement: toBase64Url(statement), signature: toBase64Url(signature), ...changes,
  };
}

const standing = (wire: Profile, seen = NEVER): string => profileFrom(wire, OWNER, signer, seen).standing;

test("a profile is believed as its owner signed it", () => {
  const profile = profileFrom(listed(), OWNER, signer, NEVER);
  assert.deepEqual([profile.standing, profile.said], ["signed", SAID]);
});

test("what the server says beside the statement has to be what it says, and what was signed is still known", () => {
  const swapped = [{ ...HARBOURS, title: "Evenings" }, { ...EVENINGS, title: "Harbours" }];
  const lies: readonly Partial<Profile>[] = [
    { coverId: HARBOURS.id }, { bio: "Send money." }, { name: "mallory" }, { shownName: "Mallory" }, { licence: "CC0 1.0" }, { albums: swapped }, { albums: [EVENINGS, HARBOURS] },
    { albums: [HARBOURS] }, { albums: [HARBOURS, EVENINGS, { ...HARBOURS, title: "More" }] },
  ];
  for (const lie of lies) {
    const profile = profileFrom(listed(SAID, lie), OWNER, signer, NEVER);
    assert.deepEqual([profile.standing, profile.said], ["altered", SAID], JSON.stringify(lie));
  }
});

test("a statement that is not this account's is none", () => {
  const forged: readonly Partial<Profile>[] = [{ signature: toBase64Url(new Uint8Array(65)) }, { signature: "" }, { statement: "AAAA" }, { statement: "no base64url!" }];
  for (const change of forged) assert.deepEqual(profileFrom(listed(SAID, change), OWNER, signer, NEVER).said, null);
  assert.equal(profileFrom(listed(), OWNER, identityPublicKey(newIdentitySeed()), NEVER).standing, "altered");
  assert.equal(profileFrom(listed(), EVENINGS.id, signer, NEVER).standing, "altered");
});

test("an earlier statement than this device has seen is not put back, though it was signed", () => {
  const seen = seenAfterProfile(profileFrom(listed(), OWNER, signer, NEVER), NEVER);
  assert.deepEqual(seen, { number: 3, madeAt: SAID.madeAt });
  const older = profileFrom(listed({ ...SAID, bio: "", number: 2, madeAt: "2026-11-27T13:59:59Z" }), OWNER, signer, seen);
  assert.deepEqual([older.standing, older.said], ["altered", null]);
  assert.deepEqual(seenAfterProfile(older, seen), seen);
  assert.equal(standing(listed(), seen), "signed");
  assert.equal(standing(listed({ ...SAID, number: 4, madeAt: "2026-11-27T14:00:01Z" }), seen), "signed");
});

test("a statement that is taken away is missed where it was seen, and where none was ever seen there is none yet", () => {
  const stripped = listed(SAID, { statement: "", signature: "" });
  assert.equal(standing(stripped), "unsigned");
  assert.equal(standing(stripped, { number: 3, madeAt: SAID.madeAt }), "altered");
});

test("a page that was removed does not come back by what was signed for it, and a new one may begin", () => {
  const seen = seenAfterRemoval({ number: 3, madeAt: SAID.madeAt }, new Date("2026-11-27T15:00:00Z"));
  assert.equal(standing(listed(), seen), "altered");
  const first = nextStatement(SAID, null, seen, new Date("2026-11-27T15:00:00Z"));
  assert.deepEqual([first.number, first.madeAt], [1, "2026-11-27T15:00:01Z"]);
  assert.equal(standing(listed(first), seen), "signed");
  // The highest number of the page before says nothing about the new one.
  const now = seenAfterProfile(profileFrom(listed(first), OWNER, signer, seen), seen);
  assert.equal(standing(listed({ ...SAID, number: 99 }), now), "altered");
});

test("what is signed next is the next and later, whatever the clock of this device says", () => {
  const early = new Date("2020-01-01T00:00:00Z");
  const next = nextStatement({ ...SAID, bio: "" }, listed(), NEVER, early);
  assert.deepEqual([next.number, next.madeAt], [4, "2026-11-27T14:00:01Z"]);
  assert.equal(nextStatement(SAID, listed(SAID, { statement: "" }), NEVER, early).number, 1);
  assert.equal(nextStatement(SAID, listed(), NEVER, new Date("2027-01-01T00:00:00Z")).madeAt, "2027-01-01T00:00:00Z");
});

test("a cover that is not listed may have been taken back, and it is known which one is missing", () => {
  const bare = profileFrom(listed(SAID, { coverId: null }), OWNER, signer, NEVER);
  assert.deepEqual([bare.standing, lostCover(bare)], ["signed", EVENINGS.id]);
  assert.equal(lostCover(profileFrom(listed(), OWNER, signer, NEVER)), null);
  const { name, shownName, bio, licence, albums, madeAt, number } = SAID;
  const before: ProfileStatement = { name, shownName, bio, licence, albums, madeAt, number };
  const uncovered = profileFrom(listed(before, { coverId: HARBOURS.id }), OWNER, signer, NEVER);
  assert.deepEqual([uncovered.standing, lostCover(uncovered)], ["signed", null]);
  assert.equal(profileFrom(listed({ ...SAID, coverId: null }, { coverId: HARBOURS.id }), OWNER, signer, NEVER).standing, "altered");
});
