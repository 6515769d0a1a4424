/**
 * Changing groups. Each change is one request, so that a crash leaves nothing half.
 *
 * A change is planned upon the group as it is now. Whoever was not first reads again, and repeats what
 * still makes sense; what somebody else did already is done.
 */
import { call } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { toBase64Url } from "../../crypto/bytes.ts";
import { digestOf } from "../../crypto/commitment.ts";
import { keyCheckOf, sealDelivery } from "../../crypto/delivery.ts";
import { START, writeEntry, type Author } from "../../crypto/entry.ts";
import type { GroupRole } from "../../crypto/event.ts";
import { exchangePublicKey } from "../../crypto/exchange.ts";
import { headOf } from "../../crypto/history-state.ts";
import { newGroupKey } from "../../crypto/keys.ts";
import { meetKeys } from "../../crypto/known-keys.ts";
import { deriveDocumentKey, sealRecord } from "../../crypto/record.ts";
import { newId } from "../ids.ts";
import { changeBook } from "../people/key-book.ts";
import { ownKeys } from "../people/known.ts";
import type { Vault } from "../state.ts";
import { entryBody } from "./entries.ts";
import { GroupError } from "./group-error.ts";
import { headAfter, nextEntry, rotationOf } from "./group-rotation.ts";
import { groupPath, manages, readGroup, settingsContext, type Circle, type Group, type KnownContact } from "./groups.ts";
import { isHeir, type Member } from "./membership.ts";
import { openStates } from "./states.ts";

/** What a group says of itself. */
export interface GroupSettings {
  readonly name: string;
  readonly description: string;
}

/** Roles that are given; an owner is made by handing over. */
export type GivenRole = Exclude<GroupRole, "owner">;

interface Change {
  readonly method: "PUT" | "POST";
  /** Below the group. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Null when there is nothing left to do. */
type Plan = (group: Group, author: Author) => Promise<Change | null>;

const ATTEMPTS = 4;
const OVERTAKEN = new Set(["history_moved", "stale_generation", "conflict", "incomplete_rotation"]);

/** Make a group. Answers its id. @throws Problem. */
export async function createGroup({ vault }: Circle, settings: GroupSettings): Promise<string> {
  const id = newId();
  const author = await authorOf(vault);
  const key = newGroupKey();
  const maker = vault.accountId;
  const sealed = await sealRecord({ ...settings }, key, settingsContext({ id, makerId: maker }, 1));
  const terms = { kind: "group", owner: maker, subject: id, generation: 1, granter: maker, recipient: maker } as const;
  const delivery = await sealDelivery(key, terms, author.seed, exchangePublicKey(await vault.exchangeSeed()));
  const entry = await writeEntry(
    { event: "created", generation: 1, key_check: toBase64Url(await keyCheckOf(key)), number: 1, digest: toBase64Url(digestOf(sealed)), ...keysIn(await ownKeys(vault)) },
    { kind: "group", id, owner: maker }, START, author, { generation: 1, documentKey: await deriveDocumentKey(key) },
  );
  const body = { settings: { number: 1, sealed: toBase64Url(sealed) }, delivery: toBase64Url(delivery), entry: entryBody(entry) };
  await call("PUT", groupPath(id), { body });
  return id;
}

/** @throws GroupError, HistoryError, Problem, as all below. */
export async function changeSettings(circle: Circle, id: string, settings: GroupSettings): Promise<void> {
  await change(circle, id, async (group, author) => {
    requireManager(group);
    const number = group.state.settings.number + 1;
    const sealed = await sealRecord({ ...settings }, group.key, settingsContext(group.wire, number));
    const entry = await nextEntry(group, author, { event: "settings-set", number, digest: toBase64Url(digestOf(sealed)) });
    return { method: "PUT", path: "/settings", body: { number, generation: entry.generation, sealed: toBase64Url(sealed), entry: entryBody(entry) } };
  });
}

/** Add a contact, with the key as it is now: the history leads from it to those before. @throws ChangedKeyError besides. */
export async function addMember(circle: Circle, id: string, accountId: string, role: GivenRole): Promise<void> {
  await change(circle, id, async (group, author) => {
    requireManager(group);
    if (group.members.some((member) => member.accountId === accountId && member.keys !== null)) return null;
    const contact = circle.contacts.find((each) => each.accountId === accountId);
    if (contact === undefined) throw new GroupError("not-a-contact");
    const { generation } = group.state;
    const terms = { kind: "group", owner: group.wire.makerId, subject: id, generation, granter: author.account, recipient: accountId } as const;
    const { identity, exchange } = contact.keys;
    const fingerprint = await pinnedFingerprint(circle.vault, contact);
    const entry = await nextEntry(group, author, { event: "member-set", account: accountId, role, identity: toBase64Url(identity), fingerprint });
    const delivery = toBase64Url(await sealDelivery(group.key, terms, author.seed, exchange));
    return { method: "PUT", path: `/members/${accountId}`, body: { role, delivery, entry: entryBody(entry) } };
  });
}

export async function setRole(circle: Circle, id: string, accountId: string, role: GivenRole): Promise<void> {
  await change(circle, id, async (group, author) => {
    requireManager(group);
    const member = requireMember(group, accountId);
    if (member.role === role) return null;
    if (member.role === "owner") throw new GroupError("owner-stays");
    const keys = group.state.people[accountId];
    if (keys === undefined || member.trust === "changed") throw new GroupError("other-keys");
    const entry = await nextEntry(group, author, { event: "member-set", account: accountId, role, ...keysIn(keys) });
    return { method: "PUT", path: `/members/${accountId}`, body: { role, entry: entryBody(entry) } };
  });
}

/** Remove somebody and replace the key they know: both or neither. */
export async function removeMember(circle: Circle, id: string, accountId: string): Promise<void> {
  await change(circle, id, async (group, author) => {
    requireManager(group);
    const member = group.members.find((each) => each.accountId === accountId);
    if (member === undefined) return null;
    if (member.role === "owner") throw new GroupError("owner-stays");
    const entry = await nextEntry(group, author, { event: "member-removed", account: accountId });
    const rotation = await rotationOf(group, author, headAfter(entry, group), (each) => each.accountId !== accountId);
    return { method: "POST", path: `/members/${accountId}/remove`, body: { entry: entryBody(entry), rotation } };
  });
}

/** Replace the key that somebody who left still knows. Nothing, when another device was quicker. */
export async function rotate(circle: Circle, id: string): Promise<void> {
  await change(circle, id, async (group, author) => {
    if (group.rotationDueAt === null) return null;
    requireManager(group);
    return { method: "POST", path: "/rotate", body: { rotation: await rotationOf(group, author, headOf(group.state)) } };
  });
}

export async function leaveGroup(circle: Circle, id: string): Promise<void> {
  await change(circle, id, async (group, author) => {
    if (group.role === "owner") throw new GroupError("owner-stays");
    const entry = await nextEntry(group, author, { event: "left" });
    return { method: "POST", path: "/leave", body: { entry: entryBody(entry) } };
  });
}

/** Make another member the owner. Who was it stays as a manager. */
export async function handOver(circle: Circle, id: string, accountId: string): Promise<void> {
  await change(circle, id, async (group, author) => {
    const member = requireMember(group, accountId);
    if (member.role === "owner") return null;
    requireManager(group);
    if (group.role !== "owner") throw new GroupError("not-allowed");
    if (member.trust === "changed") throw new GroupError("other-keys");
    const entry = await nextEntry(group, author, { event: "handed-over", account: accountId });
    return { method: "POST", path: "/hand-over", body: { account_id: accountId, entry: entryBody(entry) } };
  });
}

/** Sign that one owns a group whose owner's account is gone, as the service says. The others are asked whether they believe it. */
export async function inherit(circle: Circle, id: string): Promise<void> {
  await change(circle, id, async (group, author) => {
    if (group.role === "owner") return null;
    if (!isHeir(author.account, group.doubts)) throw new GroupError("not-allowed");
    const entry = await nextEntry(group, author, { event: "handed-over", account: author.account });
    return { method: "POST", path: "/hand-over", body: { account_id: author.account, entry: entryBody(entry) } };
  });
}

/** End a group for everybody in it. @throws Problem. */
export async function deleteGroup({ vault }: Circle, id: string): Promise<void> {
  await call("DELETE", groupPath(id));
  // Its id is never used again.
  await (await openStates(vault)).forget(id);
}

async function change(circle: Circle, id: string, plan: Plan): Promise<void> {
  const author = await authorOf(circle.vault);
  for (let attempt = 1; ; attempt += 1) {
    const change = await plan(await readGroup(id, circle), author);
    if (change === null) return;
    try {
      await call(change.method, groupPath(id) + change.path, { body: change.body });
      return;
    } catch (error) {
      if (!(error instanceof Problem) || !OVERTAKEN.has(error.code) || attempt >= ATTEMPTS) throw error;
    }
  }
}

const HARMLESS: ReadonlySet<string> = new Set(["missing", "heir"]);

/** Whoever lists somebody who was never let in might have anything done in their favour. */
function requireManager(group: Group): void {
  if (!manages(group)) throw new GroupError("not-allowed");
  if (group.doubts.some(({ kind }) => !HARMLESS.has(kind))) throw new GroupError("doubtful");
}

function requireMember({ members }: Group, accountId: string): Member {
  const found = members.find((member) => member.accountId === accountId && member.keys !== null);
  if (found === undefined) throw new GroupError("not-there");
  return found;
}

/** @throws ChangedKeyError. */
async function pinnedFingerprint(vault: Vault, { accountId, keys }: KnownContact): Promise<string> {
  let found = "";
  await changeBook(vault, async (known) => {
    const { book, fingerprint } = await meetKeys(known, accountId, keys, new Date().toISOString());
    found = toBase64Url(fingerprint);
    return book;
  });
  return found;
}

async function authorOf({ accountId, identitySeed }: Vault): Promise<Author> {
  return { account: accountId, seed: await identitySeed() };
}

/** The two members by which a history names somebody's keys, and nothing else. */
const keysIn = ({ identity, fingerprint }: { readonly identity: string; readonly fingerprint: string }) => ({ identity, fingerprint });
