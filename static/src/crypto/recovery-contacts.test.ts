import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { bytesOf, loadVectors } from "../../../tests/vectors/load.ts";
import { randomBytes, toBase64Url, type Bytes } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { exchangePublicKey } from "./exchange.ts";
import { keyFromBytes, newExchangeSeed } from "./keys.ts";
import {
  commitmentOfShare,
  openAnswer,
  openShare,
  recoveryWords,
  sealAnswer,
  sealShare,
  secretFromAnswers,
  signShares,
  unwrapFromContacts,
  wrapForContacts,
  WrongShareError,
  type ShareTerms,
  type SignedShare,
} from "./recovery-contacts.ts";
import { keysFromRecovery, newRecoverySecret, type RecoverySecret } from "./recovery.ts";
import { combineShares, shareFromBytes, splitSecret, times, type Share } from "./shares.ts";
import { identityFromBytes } from "./signature.ts";
import { wrappedKeyFromBytes } from "./wrap.ts";

const vectors = loadVectors<{
  products: [number, number, number][];
  secret: string; slope: string; proof: string; accountKey: string; wrapped: string;
  owner: { id: string; seed: string; identity: string };
  request: string; askingSeed: string; words: string; hex: string;
  shares: {
    contactSeed: string; terms: ShareTerms; share: string; statement: string; signature: string; commitment: string;
    sealed: string; answer: string;
  }[];
  refused: { name: string; answer: string }[];
}>("recovery-contacts");

const { owner, request, shares } = vectors;
const identity = identityFromBytes(bytesOf(owner.identity));
const asking = keyFromBytes("exchange-seed", bytesOf(vectors.askingSeed));
const secret = bytesOf(vectors.secret) as Bytes as RecoverySecret;
const malformed = (error: unknown) => error instanceof CryptoError && error.code === "malformed";
const cannotOpen = (error: unknown) => error instanceof CryptoError && error.code === "cannot-open";
const byBob = (error: unknown) => error instanceof WrongShareError && error.contact === shares[0]?.terms.contact;

const answerOf = async ({ answer, terms }: (typeof shares)[number]): Promise<SignedShare> =>
  await openAnswer(bytesOf(answer), terms, request, asking, identity);

describe("shares", () => {
  test("multiply in the field of the vectors, where nothing but 0 gives 0", () => {
    for (const [one, other, product] of vectors.products) assert.equal(times(one, other), product);
    for (let one = 0; one < 256; one += 1) {
      const row = new Set(Array.from({ length: 256 }, (_, other) => times(one, other)));
      assert.equal(row.size, one === 0 ? 1 : 256, String(one));
      assert.equal(times(one, 1), one);
    }
  });

  test("are those of the vectors, and each two of them are the secret", () => {
    const made = splitSecret(secret, bytesOf(vectors.slope));
    assert.deepEqual(made.map(toBase64Url), shares.map(({ share }) => share));
    for (const one of made) {
      for (const other of made) {
        if (one === other) assert.throws(() => combineShares(one, other), malformed);
        else assert.deepEqual(combineShares(one, other), secret);
      }
    }
  });

  test("of one index fit every secret: one alone says nothing", () => {
    const [first] = splitSecret(secret);
    assert.ok(first);
    const wanted = randomBytes(32);
    // The slope under which this very share belongs to the secret that is wanted.
    const slope = first.slice(1).map((byte, at) => byte ^ (wanted[at] ?? 0));
    assert.deepEqual(splitSecret(wanted, slope)[0], first);
  });

  test("of another shape are none", () => {
    for (const bytes of [randomBytes(32), new Uint8Array(33), new Uint8Array(33).fill(4), new Uint8Array(34).fill(1)]) {
      assert.throws(() => shareFromBytes(bytes), malformed);
    }
    assert.throws(() => splitSecret(randomBytes(31)), malformed);
  });
});

describe("a set-up", () => {
  const seed = keyFromBytes("identity-seed", bytesOf(owner.seed));
  const terms = shares.map((each) => each.terms);

  test("is signed and committed to as in the vectors, and opens to its contacts", async () => {
    const signed = await signShares(splitSecret(secret, bytesOf(vectors.slope)), terms, seed);
    for (const [at, each] of shares.entries()) {
      const mine = signed[at];
      assert.ok(mine);
      assert.equal(mine.statement, each.statement);
      assert.equal(toBase64Url(mine.signature), each.signature);
      assert.equal(toBase64Url(await commitmentOfShare(mine.share, mine.terms)), each.commitment);
      const contact = keyFromBytes("exchange-seed", bytesOf(each.contactSeed));
      assert.deepEqual(await openShare(bytesOf(each.sealed), each.terms, contact, identity), mine);
      const sealed = await sealShare(mine, exchangePublicKey(contact));
      assert.deepEqual(await openShare(sealed, each.terms, contact, identity), mine);
    }
  });

  test("opens to nobody else, and for nothing else", async () => {
    const [bobs] = shares;
    assert.ok(bobs);
    const bob = keyFromBytes("exchange-seed", bytesOf(bobs.contactSeed));
    const sealed = bytesOf(bobs.sealed);
    await assert.rejects(openShare(sealed, bobs.terms, newExchangeSeed(), identity), cannotOpen);
    for (const change of [{ number: 5 }, { owner: crypto.randomUUID() }, { contact: crypto.randomUUID() }]) {
      await assert.rejects(openShare(sealed, { ...bobs.terms, ...change }, bob, identity), cannotOpen);
    }
  });

  test("has three shares, in their order", async () => {
    const made = splitSecret(secret);
    const turned: readonly Share[] = [...made].reverse();
    for (const wrong of [made.slice(1), turned]) await assert.rejects(signShares(wrong, terms, seed), malformed);
    await assert.rejects(signShares(made, terms.slice(1), seed), malformed);
  });

  test("wraps the account key, and proves itself", async () => {
    const { authKey } = await keysFromRecovery(secret);
    const wrapped = wrappedKeyFromBytes("account-key", bytesOf(vectors.wrapped));
    const key = keyFromBytes("account-key", bytesOf(vectors.accountKey));
    assert.equal(toBase64Url(authKey), vectors.proof);
    assert.deepEqual(await unwrapFromContacts(wrapped, secret, owner.id, 4), key);
    assert.deepEqual(await unwrapFromContacts(await wrapForContacts(key, secret, owner.id, 9), secret, owner.id, 9), key);
    await assert.rejects(unwrapFromContacts(wrapped, secret, owner.id, 5), cannotOpen);
    await assert.rejects(unwrapFromContacts(wrapped, newRecoverySecret(), owner.id, 4), cannotOpen);
  });
});

describe("an answer", () => {
  test("of any two contacts gives the secret back", async () => {
    const answers = await Promise.all(shares.map(answerOf));
    const [one, other, third] = answers;
    assert.ok(one && other && third);
    for (const some of [[one, other], [other, third], [third, one], answers]) {
      assert.deepEqual(secretFromAnswers(some), secret);
    }
    assert.throws(() => secretFromAnswers([one]), malformed);
    assert.throws(() => secretFromAnswers([one, one]), malformed);
    const sealed = await sealAnswer(one, request, exchangePublicKey(asking));
    assert.deepEqual(await openAnswer(sealed, one.terms, request, asking, identity), one);
  });

  test("to another request or device, or by another owner, is none", async () => {
    const [bobs] = shares;
    assert.ok(bobs);
    const [answer, other] = [bytesOf(bobs.answer), crypto.randomUUID()];
    await assert.rejects(openAnswer(answer, bobs.terms, other, asking, identity), byBob);
    await assert.rejects(openAnswer(answer, bobs.terms, request, newExchangeSeed(), identity), byBob);
    await assert.rejects(openAnswer(answer, bobs.terms, request, asking, identityFromBytes(randomBytes(32))), byBob);
  });

  for (const { name, answer } of vectors.refused) {
    test(`is refused, with whoever sent it: ${name}`, async () => {
      const [bobs] = shares;
      assert.ok(bobs);
      await assert.rejects(openAnswer(bytesOf(answer), bobs.terms, request, asking, identity), byBob);
    });
  }

  test("from two set-ups is noticed", async () => {
    const [one, other] = await Promise.all(shares.map(answerOf));
    assert.ok(one && other);
    const foreign = { ...other, commitments: [randomBytes(32), ...other.commitments.slice(1)] };
    assert.throws(() => secretFromAnswers([one, foreign]), WrongShareError);
  });
});

describe("the words", () => {
  const named = { owner: owner.id, request, identity, exchange: exchangePublicKey(asking) };

  test("are those of the vectors", async () => {
    assert.deepEqual(await recoveryWords(named), { words: vectors.words, hex: vectors.hex });
  });

  test("are others for another device, request, owner or identity", async () => {
    const changes = [
      { exchange: exchangePublicKey(newExchangeSeed()) },
      { request: crypto.randomUUID() },
      { owner: crypto.randomUUID() },
      { identity: identityFromBytes(randomBytes(32)) },
    ];
    for (const change of changes) assert.notEqual((await recoveryWords({ ...named, ...change })).words, vectors.words);
    await assert.rejects(recoveryWords({ ...named, request: `${request}0` }), malformed);
  });
});
