import assert from "node:assert/strict";
import { test } from "node:test";

import { fromBase64Url, toBase64Url, type Bytes } from "../../crypto/bytes.ts";
import { digestOf } from "../../crypto/commitment.ts";
import { keyCheckOf, keyFromDelivery, readDelivery, readDeliveryToGroup, sealDeliveryToGroup, unprovedKey } from "../../crypto/delivery.ts";
import { START, writeEntry, type HistoryEntry } from "../../crypto/entry.ts";
import { exchangePublicKey } from "../../crypto/exchange.ts";
import { fingerprintOf } from "../../crypto/fingerprint.ts";
import { readHistory } from "../../crypto/history.ts";
import { newAlbumKey, newExchangeSeed, newGroupKey, newIdentitySeed, type ExchangeSeed, type IdentitySeed } from "../../crypto/keys.ts";
import { deriveDocumentKey, openRecord, sealRecord } from "../../crypto/record.ts";
import { identityPublicKey } from "../../crypto/signature.ts";
import { newId } from "../ids.ts";
import type { EntryBody } from "./entries.ts";
import { GroupError } from "./group-error.ts";
import { headAfter, nextEntry, rotationOf, type RotationBody } from "./group-rotation.ts";
import { settingsContext, type Group } from "./groups.ts";
import type { Member } from "./membership.ts";

interface Account {
  readonly id: string;
  readonly identity: IdentitySeed;
  readonly exchange: ExchangeSeed;
}

const newAccount = (): Account => ({ id: newId(), identity: newIdentitySeed(), exchange: newExchangeSeed() });
const ada = newAccount();
const bea = newAccount();
const cyr = newAccount();
const author = { account: ada.id, seed: ada.identity };

const publicKeys = ({ identity, exchange }: Account) => ({ identity: identityPublicKey(identity), exchange: exchangePublicKey(exchange) });

async function keysOf(account: Account) {
  const { identity, exchange } = publicKeys(account);
  return { identity: toBase64Url(identity), fingerprint: toBase64Url(await fingerprintOf(identity, exchange)) };
}

const memberOf = (account: Account, trust: Member["trust"] = "pinned"): Member => ({
  accountId: account.id, role: account === ada ? "owner" : "member", email: null, trust, keys: publicKeys(account),
});

interface Made {
  readonly group: Group;
  readonly entries: readonly HistoryEntry[];
  readonly albumKey: Bytes;
}

/** A group that ada made, with bea and cyr, and an album of bea's that is shared with it. */
async function makeGroup(): Promise<Made> {
  const id = newId();
  const key = newGroupKey();
  const documentKey = await deriveDocumentKey(key);
  const subject = { kind: "group", id, owner: ada.id } as const;
  const sealed = await sealRecord({ name: "Family", description: "" }, key, settingsContext({ id, makerId: ada.id }, 1));
  const created = { event: "created", generation: 1, key_check: toBase64Url(await keyCheckOf(key)), number: 1, digest: toBase64Url(digestOf(sealed)) } as const;
  const entries = [await writeEntry({ ...created, ...(await keysOf(ada)) }, subject, START, author, { generation: 1, documentKey })];
  const known = new Map([[ada.id, await keysOf(ada)]]);
  const read = async () => (await readHistory(entries, { subject, keys: new Map([[1, key]]), known })).state;
  const albumKey = newAlbumKey();
  const albumTerms = { kind: "album", owner: bea.id, subject: newId(), generation: 3, granter: bea.id, recipient: id } as const;
  const album = {
    albumId: albumTerms.subject, ownerId: bea.id, generation: 3, groupGeneration: 1, granterId: bea.id,
    sealed: await sealDeliveryToGroup(albumKey, albumTerms, bea.identity, { key, generation: 1 }),
  };
  const wire = { id, makerId: ada.id, generation: 1, rotationDueAt: null, settings: { number: 1, sealed }, head: START, members: [], deliveries: [], albums: [album] };
  const base = { id, name: "Family", description: "", role: "owner", members: [memberOf(ada, "self"), memberOf(bea), memberOf(cyr)], doubts: [], rotationDueAt: null, wire, key } as const;
  for (const each of [bea, cyr]) {
    const group: Group = { ...base, state: await read() };
    entries.push(await nextEntry(group, author, { event: "member-set", account: each.id, role: "member", ...(await keysOf(each)) }));
  }
  return { group: { ...base, state: await read() }, entries, albumKey };
}

function entryOf(body: EntryBody): HistoryEntry {
  const { seq, generation } = body;
  const [previous, commitment, signature, opening] = [body.previous, body.commitment, body.signature, body.opening].map(fromBase64Url) as [Bytes, Bytes, Bytes, Bytes];
  return { seq, generation, author: ada.id, previous, commitment, signature, opening, items: [] };
}

/** The key that somebody was sent, proved by its granter. */
async function received(account: Account, { id }: Group, { generation, deliveries }: RotationBody) {
  const sent = deliveries.find(({ account_id: to }) => to === account.id);
  assert.ok(sent);
  const terms = { kind: "group", owner: ada.id, subject: id, generation, granter: ada.id, recipient: account.id } as const;
  return keyFromDelivery(await readDelivery(fromBase64Url(sent.sealed), terms, account.exchange), identityPublicKey(ada.identity));
}

test("a removal and its rotation read as one history, and reach exactly those who stay", async () => {
  const { group, entries, albumKey } = await makeGroup();
  const removal = await nextEntry(group, author, { event: "member-removed", account: cyr.id });

  const rotation = await rotationOf(group, author, headAfter(removal, group), ({ accountId }) => accountId !== cyr.id);

  assert.deepEqual(rotation.deliveries.map(({ account_id: to }) => to).sort(), [ada.id, bea.id].sort());
  const key = await received(bea, group, rotation);
  const known = new Map([[ada.id, await keysOf(ada)]]);
  const subject = { kind: "group", id: group.id, owner: ada.id } as const;
  const { state, keys } = await readHistory([...entries, removal, entryOf(rotation.entry)], { subject, keys: new Map([[2, key]]), known });
  assert.deepEqual(Object.keys(state.members).sort(), [ada.id, bea.id].sort());
  assert.deepEqual([state.generation, state.settings.number], [2, 2]);
  // The new key leads back to the old one, and not the other way round.
  assert.deepEqual(keys.get(1), group.key);
  const settings = fromBase64Url(rotation.settings.sealed);
  assert.deepEqual(await openRecord(settings, key, settingsContext(group.wire, 2)), { name: "Family", description: "" });
  await assert.rejects(openRecord(settings, group.key, settingsContext(group.wire, 2)));
  const [carried] = rotation.albums;
  assert.ok(carried);
  const terms = { kind: "album", owner: bea.id, subject: carried.album_id, generation: 3, granter: bea.id, recipient: group.id } as const;
  const delivery = await readDeliveryToGroup(fromBase64Url(carried.sealed), terms, { key, generation: 2 });
  assert.deepEqual(keyFromDelivery(delivery, identityPublicKey(bea.identity)), albumKey);
  await assert.rejects(readDeliveryToGroup(fromBase64Url(carried.sealed), terms, { key: group.key, generation: 2 }));
  assert.notDeepEqual(unprovedKey(delivery), group.key);
});

test("nobody is sent a key under keys that are not theirs, and nobody who is not listed", async () => {
  const { group } = await makeGroup();
  const [self, second, third] = group.members;
  assert.ok(self && second && third);
  const changed: Group = { ...group, members: [self, { ...second, trust: "changed" }, third] };
  const refused = (error: unknown): boolean => error instanceof GroupError && error.code === "other-keys";
  await assert.rejects(rotationOf(changed, author, START), refused);
  await rotationOf(changed, author, START, ({ accountId }) => accountId !== second.accountId);
  const missing: Group = { ...group, members: [self, second, { ...third, keys: null }] };
  const { deliveries } = await rotationOf(missing, author, START);
  assert.deepEqual(deliveries.map(({ account_id: to }) => to), [self.accountId, second.accountId]);
});

test("an album's key that the server cannot give stops the rotation", async () => {
  const { group } = await makeGroup();
  const [album] = group.wire.albums;
  assert.ok(album);
  const broken: Group = { ...group, wire: { ...group.wire, albums: [{ ...album, sealed: null }] } };
  await assert.rejects(rotationOf(broken, author, START), (error: unknown) => error instanceof GroupError && error.code === "unreadable-key");
});
