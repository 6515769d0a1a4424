import assert from "node:assert/strict";
import { test } from "node:test";

import { toBase64Url } from "../../crypto/bytes.ts";
import { CryptoError } from "../../crypto/errors.ts";
import { holdKey } from "../../crypto/derive.ts";
import { newAccountKey } from "../../crypto/keys.ts";
import { sealRecord } from "../../crypto/record.ts";
import { newId } from "../ids.ts";
import { isInvited, openIntent, sealIntent, type Intent } from "./intent.ts";

const owner = { accountId: newId(), accountKey: await holdKey(newAccountKey()) };
const intent: Intent = { group: newId(), role: "manager", email: "bea@example.org" };

test("what an invitation is for comes back, for this invitation and this account alone", async () => {
  const id = newId();
  const sealed = await sealIntent(intent, id, owner);
  assert.deepEqual(await openIntent(sealed, id, owner), intent);
  await assert.rejects(openIntent(sealed, newId(), owner), CryptoError);
  await assert.rejects(openIntent(sealed, id, { ...owner, accountId: newId() }), CryptoError);
  await assert.rejects(openIntent(sealed, id, { ...owner, accountKey: await holdKey(newAccountKey()) }), CryptoError);
});

test("nothing is to be done for an empty note, and for one that says what this version does not know", async () => {
  const id = newId();
  assert.equal(await openIntent(await sealIntent(null, id, owner), id, owner), null);
  const later = { ...intent, role: "gardener" };
  const context = { purpose: "known-keys", owner: owner.accountId, record: id, part: "intent", version: 1 } as const;
  assert.equal(await openIntent(toBase64Url(await sealRecord(later, owner.accountKey, context)), id, owner), null);
});

test("somebody else than was invited is not let in, whoever says that they accepted", () => {
  assert.ok(isInvited(intent, { email: "Bea@example.org" }));
  assert.ok(!isInvited(intent, { email: "mallory@example.org" }));
  assert.ok(!isInvited(intent, undefined));
  assert.ok(!isInvited({ ...intent, email: "" }, { email: "" }));
});
