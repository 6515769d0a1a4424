import assert from "node:assert/strict";
import { test } from "node:test";

import { bytesOf, loadVectors } from "../../../tests/vectors/load.ts";
import { toBase64Url, utf8 } from "./bytes.ts";
import { canonicalText } from "./canonical.ts";
import { CryptoError } from "./errors.ts";
import { keyFromBytes } from "./keys.ts";
import { profileContext, profileSaid } from "./public-words.ts";
import { readProfileStatement, signProfile, type ProfileStatement } from "./publication.ts";
import { publisherFingerprint, publisherOf } from "./publisher.ts";
import { identityFromBytes } from "./signature.ts";

interface Refused {
  readonly name: string;
  readonly statement: string;
  readonly signature: string;
  readonly code: string;
}

interface Vectors {
  readonly owner: string;
  readonly seed: string;
  readonly identity: string;
  readonly fingerprint: string;
  readonly coverless: { statement: string; signature: string };
  readonly uncovered: { statement: string; signature: string };
  readonly said: { cover: string; albums: { id: string; title: string }[]; bio: string; licence: string; made_at: string; name: string; number: number; shown_name: string };
  readonly statement: string;
  readonly signature: string;
  readonly refused: readonly Refused[];
}

const vectors = loadVectors<Vectors>("profile");
const { owner } = vectors;
const signer = identityFromBytes(bytesOf(vectors.identity));
const seed = keyFromBytes("identity-seed", bytesOf(vectors.seed));
const { made_at: madeAt, shown_name: shownName, cover: coverId, albums, bio, licence, name, number } = vectors.said;
const said: ProfileStatement = { name, shownName, bio, licence, albums, madeAt, number, coverId };

test("the words of a profile are spelled and signed as everywhere else", () => {
  const { statement, signature } = signProfile(said, owner, seed);
  assert.equal(toBase64Url(statement), vectors.statement);
  assert.equal(toBase64Url(signature), vectors.signature);
});

test("a statement without a cover, and one from before covers were signed, are spelled and read alike", () => {
  const uncovered: ProfileStatement = { name, shownName, bio, licence, albums, madeAt, number };
  for (const [vector, words] of [[vectors.coverless, { ...said, coverId: null }], [vectors.uncovered, uncovered]] as const) {
    const signed = { statement: bytesOf(vector.statement), signature: bytesOf(vector.signature) };
    assert.deepEqual(readProfileStatement(signed, owner, signer), words);
    assert.deepEqual(signProfile(words, owner, seed), signed);
  }
});

test("a statement says what its owner said", () => {
  const signed = { statement: bytesOf(vectors.statement), signature: bytesOf(vectors.signature) };
  assert.deepEqual(readProfileStatement(signed, owner, signer), said);
});

/** As a visitor's browser reads it: by WebCrypto, which has no code of ours in it. */
async function isBelievedByVisitors({ statement, signature }: { statement: string; signature: string }): Promise<boolean> {
  const publisher = await publisherOf(bytesOf(vectors.identity));
  assert.ok(publisher);
  try {
    const raw = bytesOf(statement);
    return await publisher.signed(raw, bytesOf(signature), profileContext(owner, profileSaid(raw, owner).number));
  } catch (error) {
    if (error instanceof CryptoError) return false;
    throw error;
  }
}

for (const refused of vectors.refused) {
  test(`not believed: ${refused.name}`, async () => {
    const signed = { statement: bytesOf(refused.statement), signature: bytesOf(refused.signature) };
    assert.throws(() => readProfileStatement(signed, owner, signer), (error) => error instanceof CryptoError && error.code === refused.code);
    assert.equal(await isBelievedByVisitors(refused), false);
  });
}

test("a visitor's browser believes what the owner's does", async () => {
  assert.equal(await isBelievedByVisitors(vectors), true);
  assert.equal(await publisherFingerprint(bytesOf(vectors.identity)), vectors.fingerprint);
});

test("what is no key is nobody's", async () => {
  assert.equal(await publisherOf(new Uint8Array(31)), null);
  assert.equal(await publisherFingerprint(new Uint8Array(33)), null);
});

test("what nobody could read is not signed", () => {
  const wrong: readonly Partial<ProfileStatement>[] = [{ madeAt: "yesterday" }, { number: 0 }, { albums: [{ id: "harbours", title: "Harbours" }] }];
  for (const change of wrong) assert.throws(() => signProfile({ ...said, ...change }, owner, seed), CryptoError);
});

test("members come in one order, whoever spells them", () => {
  assert.throws(() => profileSaid(utf8(canonicalText({ kind: "profile" })), owner), CryptoError);
});
