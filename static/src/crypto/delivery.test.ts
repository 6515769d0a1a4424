import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { bytesOf, loadVectors } from "../../../tests/vectors/load.ts";
import { concat, toBase64Url, utf8 } from "./bytes.ts";
import {
  carry,
  keyFromDelivery,
  readDelivery,
  readDeliveryToGroup,
  sealDelivery,
  sealDeliveryToGroup,
  unprovedKey,
  type DeliveryTerms,
} from "./delivery.ts";
import { CryptoError, type CryptoErrorCode } from "./errors.ts";
import { exchangePublicKey, sealTo } from "./exchange.ts";
import { keyFromBytes, newExchangeSeed, newGroupKey, newIdentitySeed } from "./keys.ts";
import { identityFromBytes, identityPublicKey, signStatement } from "./signature.ts";

type Terms = DeliveryTerms<"album">;

const vectors = loadVectors<{
  key: string;
  granterSeed: string;
  granter: string;
  recipientSeed: string;
  groupKey: string;
  groupGeneration: number;
  toAccount: { terms: Terms; statement: string; signature: string; sealed: string };
  toGroup: { terms: Terms; statement: string; signature: string; sealed: string };
}>("delivery");

const failsWith = (...codes: CryptoErrorCode[]) => (error: unknown) =>
  error instanceof CryptoError && codes.includes(error.code);

const key = keyFromBytes("album-key", bytesOf(vectors.key));
const granterSeed = keyFromBytes("identity-seed", bytesOf(vectors.granterSeed));
const granter = identityFromBytes(bytesOf(vectors.granter));
const recipientSeed = keyFromBytes("exchange-seed", bytesOf(vectors.recipientSeed));
const carrier = { key: keyFromBytes("group-key", bytesOf(vectors.groupKey)), generation: vectors.groupGeneration };
const other = "00000000-0000-4000-8000-000000000000";

/** The same delivery, as each member of its statement could be mistaken. */
const otherwise = (terms: Terms): [string, Terms][] => [
  ["kind", { ...terms, kind: "group" as "album" }],
  ["owner", { ...terms, owner: other }],
  ["subject", { ...terms, subject: other }],
  ["generation", { ...terms, generation: terms.generation + 1 }],
  ["granter", { ...terms, granter: other }],
  ["recipient", { ...terms, recipient: other }],
];

describe("a delivery to an account", () => {
  const { terms, statement, signature, sealed } = vectors.toAccount;

  test("opens to what the vectors say", async () => {
    const delivery = await readDelivery(bytesOf(sealed), terms, recipientSeed);
    assert.equal(delivery.statement, statement);
    assert.equal(toBase64Url(delivery.signature), signature);
    assert.deepEqual(keyFromDelivery(delivery, granter), key);
    assert.deepEqual(unprovedKey(delivery), key);
  });

  test("comes back to its recipient only, and by its granter only", async () => {
    const made = await sealDelivery(key, terms, granterSeed, exchangePublicKey(recipientSeed));
    const delivery = await readDelivery(made, terms, recipientSeed);
    assert.deepEqual(keyFromDelivery(delivery, granter), key);
    assert.throws(() => keyFromDelivery(delivery, identityPublicKey(newIdentitySeed())), failsWith("cannot-open"));
    await assert.rejects(readDelivery(made, terms, newExchangeSeed()), failsWith("cannot-open"));
  });

  test("is refused when any member of it is not what its reader expects", async () => {
    for (const [name, mistaken] of otherwise(terms)) {
      await assert.rejects(readDelivery(bytesOf(sealed), mistaken, recipientSeed), failsWith("cannot-open"), name);
    }
  });

  test("is refused when it says something else than its envelope", async () => {
    for (const [name, { kind, ...said }] of otherwise(terms)) {
      const lie = JSON.stringify({ ...said, kind, key: vectors.key }, [...Object.keys(said), "kind", "key"].sort());
      // Signed by the right granter for what is expected; sealed to the right recipient for it.
      const signed = signStatement(utf8(lie), granterSeed, {
        purpose: "grant", owner: terms.granter, record: terms.subject, part: terms.recipient, version: terms.generation,
      });
      const envelope = await sealTo(exchangePublicKey(recipientSeed), concat(signed, utf8(lie)), {
        purpose: "album-key", owner: terms.owner, record: terms.subject, part: terms.recipient, version: terms.generation,
      });
      await assert.rejects(readDelivery(envelope, terms, recipientSeed), failsWith("cannot-open"), name);
    }
  });

  test("is refused with any one bit of it changed", async () => {
    for (let at = 0; at < bytesOf(sealed).length; at += 53) {
      const damaged = bytesOf(sealed);
      damaged[at] = (damaged[at] ?? 0) ^ 4;
      await assert.rejects(readDelivery(damaged, terms, recipientSeed), CryptoError, String(at));
    }
  });

  test("of no signature, or of another spelling, is told apart", async () => {
    const context = {
      purpose: "album-key", owner: terms.owner, record: terms.subject, part: terms.recipient, version: terms.generation,
    } as const;
    for (const plain of [new Uint8Array(3), concat(bytesOf(signature), utf8(`${statement} `))]) {
      const envelope = await sealTo(exchangePublicKey(recipientSeed), plain, context);
      await assert.rejects(readDelivery(envelope, terms, recipientSeed), failsWith("malformed"));
    }
  });
});

describe("a delivery to a group", () => {
  const { terms, statement, sealed } = vectors.toGroup;

  test("opens to what the vectors say", async () => {
    const delivery = await readDeliveryToGroup(bytesOf(sealed), terms, carrier);
    assert.equal(delivery.statement, statement);
    assert.deepEqual(keyFromDelivery(delivery, granter), key);
  });

  test("is handed on under the group's next key, and is still its granter's", async () => {
    const next = { key: newGroupKey(), generation: carrier.generation + 1 };
    const handedOn = await carry(await readDeliveryToGroup(bytesOf(sealed), terms, carrier), next);
    assert.deepEqual(keyFromDelivery(await readDeliveryToGroup(handedOn, terms, next), granter), key);
    await assert.rejects(readDeliveryToGroup(handedOn, terms, { ...next, generation: 9 }), failsWith("cannot-open"));
    await assert.rejects(readDeliveryToGroup(handedOn, terms, carrier), failsWith("cannot-open"));
  });

  test("is refused when any member of it is not what its reader expects", async () => {
    const made = await sealDeliveryToGroup(key, terms, granterSeed, carrier);
    for (const [name, mistaken] of otherwise(terms)) {
      await assert.rejects(readDeliveryToGroup(made, mistaken, carrier), failsWith("cannot-open"), name);
    }
  });
});
