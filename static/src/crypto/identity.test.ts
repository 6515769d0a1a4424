import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { bytesOf, loadVectors } from "../../../tests/vectors/load.ts";
import { randomBytes, toBase64Url } from "./bytes.ts";
import type { Context } from "./context.ts";
import { CryptoError, type CryptoErrorCode } from "./errors.ts";
import { exchangeKeyFromBytes, exchangePublicKey, EXCHANGE_OVERHEAD_BYTES, openFrom, sealTo } from "./exchange.ts";
import { fingerprintOf, fingerprintText } from "./fingerprint.ts";
import { keyFromBytes, newExchangeSeed, newIdentitySeed } from "./keys.ts";
import { identityFromBytes, identityPublicKey, signStatement, verifyStatement } from "./signature.ts";

const signatures = loadVectors<{
  seed: string;
  publicKey: string;
  context: Context;
  statement: string;
  signature: string;
  rfcSeed: string;
  rfcPublicKey: string;
}>("signature");
const exchange = loadVectors<{
  seed: string;
  publicKey: string;
  identityPublicKey: string;
  fingerprint: string;
  context: Context;
  message: string;
  sealed: string;
}>("exchange");

const failsWith = (code: CryptoErrorCode) => (error: unknown) =>
  error instanceof CryptoError && error.code === code;

describe("a signature", () => {
  const seed = keyFromBytes("identity-seed", bytesOf(signatures.seed));
  const signer = identityFromBytes(bytesOf(signatures.publicKey));
  const statement = bytesOf(signatures.statement);
  const { context } = signatures;

  test("is what the vectors and RFC 8032 say", () => {
    assert.deepEqual(identityPublicKey(seed), signer);
    assert.equal(toBase64Url(signStatement(statement, seed, context)), signatures.signature);
    verifyStatement(bytesOf(signatures.signature), statement, signer, context);
    const rfcSeed = keyFromBytes("identity-seed", bytesOf(signatures.rfcSeed));
    assert.equal(toBase64Url(identityPublicKey(rfcSeed)), signatures.rfcPublicKey);
  });

  test("by another, over another statement or for another context is refused", () => {
    const signature = bytesOf(signatures.signature);
    const another = identityPublicKey(newIdentitySeed());
    const refused = failsWith("cannot-open");
    assert.throws(() => { verifyStatement(signature, statement, another, context); }, refused);
    assert.throws(() => { verifyStatement(signature, statement.slice(1), signer, context); }, refused);
    assert.throws(() => { verifyStatement(signature, statement, signer, { ...context, version: "k7.1" }); }, refused);
  });

  test("with any one bit changed is refused", () => {
    for (let byte = 0; byte < 65; byte++) {
      const damaged = bytesOf(signatures.signature);
      damaged[byte] = (damaged[byte] ?? 0) ^ 0x10;
      assert.throws(() => { verifyStatement(damaged, statement, signer, context); }, CryptoError);
    }
  });

  test("under a key of small order is refused", () => {
    const smallOrder = identityFromBytes(Uint8Array.of(1, ...new Uint8Array(31)));
    const forged = Uint8Array.of(1, 1, ...new Uint8Array(63));
    assert.throws(() => { verifyStatement(forged, statement, smallOrder, context); }, failsWith("cannot-open"));
  });

  test("of another length or kind is told apart", () => {
    const signature = bytesOf(signatures.signature);
    assert.throws(() => { verifyStatement(signature.slice(1), statement, signer, context); }, failsWith("malformed"));
    signature[0] = 2;
    assert.throws(() => { verifyStatement(signature, statement, signer, context); }, failsWith("unsupported-version"));
  });
});

describe("something sealed to an account", () => {
  const seed = keyFromBytes("exchange-seed", bytesOf(exchange.seed));
  const { context } = exchange;

  test("opens to what the vectors say", async () => {
    assert.equal(toBase64Url(exchangePublicKey(seed)), exchange.publicKey);
    assert.equal(toBase64Url(await openFrom(bytesOf(exchange.sealed), seed, context)), exchange.message);
  });

  test("comes back, whatever its length", async () => {
    for (const length of [0, 1, 32, 5000]) {
      const message = randomBytes(length);
      const sealed = await sealTo(exchangePublicKey(seed), message, context);
      assert.equal(sealed.length, length + EXCHANGE_OVERHEAD_BYTES);
      assert.deepEqual(await openFrom(sealed, seed, context), message);
    }
  });

  test("does not open for another person or context, or once changed", async () => {
    const sealed = bytesOf(exchange.sealed);
    await assert.rejects(openFrom(sealed, newExchangeSeed(), context), failsWith("cannot-open"));
    await assert.rejects(openFrom(sealed, seed, { ...context, record: "another" }), failsWith("cannot-open"));
    for (const position of [1, 600, 1100, 1121, sealed.length - 1]) {
      const damaged = sealed.slice();
      damaged[position] = (damaged[position] ?? 0) ^ 1;
      await assert.rejects(openFrom(damaged, seed, context), failsWith("cannot-open"), String(position));
    }
  });

  test("in an unknown suite or of an impossible shape is told apart", async () => {
    const sealed = bytesOf(exchange.sealed);
    sealed[0] = 2;
    await assert.rejects(openFrom(sealed, seed, context), failsWith("unsupported-version"));
    await assert.rejects(openFrom(sealed.slice(0, 1136), seed, context), failsWith("malformed"));
    assert.throws(() => exchangeKeyFromBytes(new Uint8Array(1215)), failsWith("malformed"));
  });

  test("cannot be sealed to bytes that are no key", async () => {
    const sound = exchangePublicKey(seed);
    // Coefficients beyond the modulus, first and last; and a point of small order.
    const damages = [[0, 0xff, 0x0f], [1149, 0, 0xf0, 0xff], [1184, ...new Uint8Array(32)]];
    for (const [at = 0, ...bytes] of damages) {
      const nonsense = exchangeKeyFromBytes(sound.slice());
      nonsense.set(bytes, at);
      await assert.rejects(sealTo(nonsense, new Uint8Array(1), context), failsWith("malformed"), String(at));
    }
  });
});

describe("a fingerprint", () => {
  test("is what the vectors say, and reads in groups of four", async () => {
    const identity = identityFromBytes(bytesOf(exchange.identityPublicKey));
    const fingerprint = await fingerprintOf(identity, exchangeKeyFromBytes(bytesOf(exchange.publicKey)));
    assert.equal(toBase64Url(fingerprint), exchange.fingerprint);
    assert.match(fingerprintText(fingerprint), /^([0-9a-f]{4} ){15}[0-9a-f]{4}$/);
  });
});
