import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import { exchangePublicKey, type ExchangePublicKey } from "../../crypto/exchange.ts";
import { accountSubkeys } from "../../crypto/hierarchy.ts";
import { newAccountKey, newExchangeSeed, newKey, type AccountKey, type ExchangeSeed } from "../../crypto/keys.ts";
import { openShare, sealAnswer, type SignedShare } from "../../crypto/recovery-contacts.ts";
import { keysFromRecovery } from "../../crypto/recovery.ts";
import { identityPublicKey } from "../../crypto/signature.ts";
import { wrapKey } from "../../crypto/wrap.ts";
import { seedContext } from "../account-key.ts";
import { newId } from "../ids.ts";
import type { Person, Trust } from "../people/people.ts";
import { giveBack, heldToOwner, insistOnIdentity, newAsking, requestOfAsking, type Asking } from "./given-back.ts";
import { RecoveryContactsError, type RecoveryContactsErrorCode } from "./errors.ts";
import { newSetup, trustedPeople } from "./new-setup.ts";
import { readStopLink } from "./stop-link.ts";

const refused = (code: RecoveryContactsErrorCode) => (error: unknown) => error instanceof RecoveryContactsError && error.code === code;

interface Contact {
  readonly accountId: string;
  readonly seed: ExchangeSeed;
  readonly keys: Person["keys"];
}

const contact = (): Contact => {
  const seed = newExchangeSeed();
  return { accountId: newId(), seed, keys: { identity: identityPublicKey(newKey("identity-seed")), exchange: exchangePublicKey(seed) } };
};

/** A vault, the three who can give it back, and a device that asks for it. */
async function lostVault() {
  const identitySeed = newKey("identity-seed");
  const owner = { accountId: newId(), accountKey: newAccountKey(), identitySeed };
  const kept = owner.accountKey.slice() as AccountKey;
  const contacts = [contact(), contact(), contact()];
  const setup = await newSetup(owner, contacts, 4);
  const identity = identityPublicKey(identitySeed);
  const asking: Asking = { ...newAsking("olga@example.org"), owner: { id: owner.accountId, identity } };
  const shares = await Promise.all(contacts.map(async ({ accountId, seed }, at) =>
    await openShare(fromBase64Url(setup.shares[at]?.sealed ?? ""), { owner: owner.accountId, contact: accountId, number: 4 }, seed, identity)));
  return { owner, kept, contacts, setup, identity, asking, shares };
}

async function answersTo(asking: Asking, shares: readonly SignedShare[]) {
  const exchange = requestOfAsking(asking)?.exchange as ExchangePublicKey;
  return await Promise.all(shares.map(async (share) => ({
    account_id: share.terms.contact, sealed: toBase64Url(await sealAnswer(share, asking.requestId, exchange)),
  })));
}

describe("a set-up", () => {
  test("is given back by any two of the three, with the proof that the server keeps", async () => {
    const { asking, kept, setup, shares } = await lostVault();
    for (const [one, other] of [[0, 1], [0, 2], [2, 1]] as const) {
      const answers = await answersTo(asking, [shares[one], shares[other]].filter((each) => each !== undefined));
      const { secret, accountKey } = await giveBack(asking, { number: 4, opened: { wrapped_account_key: setup.wrapped_account_key, answers } });
      assert.deepEqual(accountKey, kept);
      assert.equal(toBase64Url((await keysFromRecovery(secret)).authKey), setup.recovery_auth_key);
    }
  });

  test("needs three different people whose keys are the pinned ones", () => {
    const person = (trust: Trust): Person => ({ ...contact(), email: "", since: "", fingerprint: new Uint8Array(32), wasChecked: false, trust });
    const people = [person("pinned"), person("checked"), person("pinned"), person("changed")];
    const [one = "", two = "", three = "", changed = ""] = people.map(({ accountId }) => accountId);
    assert.deepEqual(trustedPeople(people, [three, one, two]).map(({ accountId }) => accountId), [three, one, two]);
    assert.throws(() => trustedPeople(people, [one, two]), refused("not-three"));
    assert.throws(() => trustedPeople(people, [one, two, two]), refused("not-three"));
    assert.throws(() => trustedPeople(people, [one, two, newId()]), refused("not-three"));
    assert.throws(() => trustedPeople(people, [one, two, changed]), refused("changed-keys"));
  });
});

describe("the device that asks", () => {
  test("passes over who sent something else, as long as two others told the truth", async () => {
    const { asking, kept, setup, shares } = await lostVault();
    const other = await lostVault();
    const lies = (await answersTo(asking, other.shares)).map(({ sealed }, at) => ({ account_id: shares[at]?.terms.contact ?? "", sealed }));
    const answers = await answersTo(asking, shares);
    const opened = (list: readonly ((typeof answers)[number] | undefined)[]) =>
      ({ number: 4, opened: { wrapped_account_key: setup.wrapped_account_key, answers: list.filter((each) => each !== undefined) } });
    assert.deepEqual((await giveBack(asking, opened([lies[0], answers[1], answers[2]]))).accountKey, kept);
    await assert.rejects(giveBack(asking, opened([lies[0], answers[1]])), refused("wrong-answers"));
    await assert.rejects(giveBack(asking, opened([answers[1]])), refused("wrong-answers"));
  });

  test("stays with the vault and the identity of the beginning", async () => {
    const { identity, owner } = await lostVault();
    const said = (id: string, key = identity) => ({ owner: { id, identity_public_key: toBase64Url(key), exchange_public_key: "" } });
    const first = heldToOwner(newAsking("olga@example.org"), said(owner.accountId));
    assert.deepEqual(first.owner, { id: owner.accountId, identity });
    assert.equal(heldToOwner(first, said(owner.accountId)), first);
    assert.equal(heldToOwner(first, { owner: null }), first);
    assert.throws(() => heldToOwner(first, said(newId())), refused("other-owner"));
    assert.throws(() => heldToOwner(first, said(owner.accountId, identityPublicKey(newKey("identity-seed")))), refused("other-owner"));
  });

  test("goes on with no vault whose identity was not in the words", async () => {
    const { identity, owner: { accountId, identitySeed }, kept } = await lostVault();
    const { wrappingKey } = await accountSubkeys(kept);
    const context = seedContext("identity-seed", accountId);
    const own = toBase64Url(await wrapKey(identitySeed, wrappingKey, context));
    const foreign = toBase64Url(await wrapKey(newKey("identity-seed"), wrappingKey, context));
    await insistOnIdentity(kept, own, { id: accountId, identity });
    await assert.rejects(insistOnIdentity(kept, foreign, { id: accountId, identity }), refused("other-identity"));
    await assert.rejects(insistOnIdentity(newAccountKey(), own, { id: accountId, identity }), refused("other-identity"));
    await assert.rejects(insistOnIdentity(kept, "no key at all", { id: accountId, identity }), refused("other-identity"));
  });
});

test("the link that stops it is read whole or not at all", () => {
  const [id, code] = [newId(), "c".repeat(43)];
  assert.deepEqual(readStopLink(`#${id}.${code}`), { requestId: id, code });
  for (const cut of ["", "#", `#${id}`, `#${id}.${code.slice(1)}`, `#${id}.${code}x`, `#${id}/${code}`]) assert.equal(readStopLink(cut), null);
});
