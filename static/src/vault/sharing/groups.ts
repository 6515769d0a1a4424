/**
 * The groups this account is in, each as its history says.
 *
 * A delivery is opened, the history is read with its key, and only then is it known who is in, under
 * which name, and who gave the key.
 */
import { call } from "../../api/client.ts";
import { otherAnswer, Problem } from "../../api/problem.ts";
import { isRecord, list, record, text, type UnknownRecord } from "../../api/shape.ts";
import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import { keyFromDelivery, readDelivery, unprovedKey, type ReadDelivery } from "../../crypto/delivery.ts";
import type { GroupRole } from "../../crypto/event.ts";
import { HistoryError } from "../../crypto/history-error.ts";
import type { HistoryState } from "../../crypto/history-state.ts";
import type { KnownPerson } from "../../crypto/history-walk.ts";
import { checkSettings } from "../../crypto/item.ts";
import type { GroupKey } from "../../crypto/keys.ts";
import type { KnownKeys, PublicKeys } from "../../crypto/known-keys.ts";
import { OldKnownKeysError } from "../../crypto/known-keys-error.ts";
import { openRecord } from "../../crypto/record.ts";
import { identityFromBytes } from "../../crypto/signature.ts";
import { readBook } from "../people/key-book.ts";
import { knownPeople } from "../people/known.ts";
import type { Vault } from "../state.ts";
import { openNewest, readChain } from "./chain.ts";
import { GroupError } from "./group-error.ts";
import { readWireGroup, type WireGroup } from "./group-wire.ts";
import { doubtsOf, membersOf, requirePinned, type Doubt, type Member } from "./membership.ts";
import { pinNamed, withFingerprint } from "./pinning.ts";
import { openStates } from "./states.ts";

/** Somebody this account knows. */
export interface KnownContact {
  readonly accountId: string;
  readonly email: string;
  readonly keys: PublicKeys;
}

/** Whoever reads and changes groups, and whom they know. */
export interface Circle {
  readonly vault: Vault;
  readonly contacts: readonly KnownContact[];
  /** Accounts of whom the person said that they inherited a group; what was read with them is remembered. */
  readonly heirs?: ReadonlySet<string>;
}

/** A group whose history was read. */
export interface Group {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** This account's, by the history. */
  readonly role: GroupRole;
  readonly members: readonly Member[];
  readonly doubts: readonly Doubt[];
  /** Since when somebody who left still knows the key; null when nobody does. */
  readonly rotationDueAt: string | null;
  readonly wire: WireGroup;
  readonly state: HistoryState;
  readonly key: GroupKey;
}

/** A group that cannot be believed or opened, and why. */
export interface UnreadableGroup {
  readonly id: string;
  readonly error: unknown;
}

export const groupPath = (id: string): string => `/groups/${id}`;
export const isReadable = (group: Group | UnreadableGroup): group is Group => !("error" in group);
export const manages = ({ role }: Pick<Group, "role">): boolean => role !== "member";

/** Every group, oldest first. One that is wrong does not hide the others. @throws OldKnownKeysError, Problem. */
export async function readGroups(circle: Circle): Promise<readonly (Group | UnreadableGroup)[]> {
  const rows = await listGroups();
  if (rows.length === 0) return [];
  const found: (Group | UnreadableGroup)[] = [];
  let book = await readBook(circle.vault);
  // One after the other: each may pin somebody in the book that the next one goes by.
  for (const row of rows) {
    try {
      const opened = await openGroup(readWireGroup(row), circle, book);
      ({ book } = opened);
      found.push(opened.group);
    } catch (error) {
      if (isOurs(error)) throw error;
      // One that was left since it was listed is no longer ours to show.
      if (!(error instanceof Problem)) found.push({ id: text(row["id"]), error });
    }
  }
  return found;
}

/** What is to be seen of all groups at a glance: another text once any of them moved. @throws Problem. */
export async function glanceAtGroups(): Promise<string> {
  return JSON.stringify((await listGroups()).map(({ id, head, rotation_due_at: due, members }) => [id, head, due, list(members).length]));
}

const listGroups = async (): Promise<readonly UnknownRecord[]> => list(record(await call<unknown>("GET", "/groups"))["items"]).filter(isRecord);

/** Trouble of this device or the line, not of one group. */
const isOurs = (error: unknown): boolean => error instanceof OldKnownKeysError || (error instanceof Problem && error.status !== 404);

/** One group. @throws HistoryError, CryptoError, GroupError, OldKnownKeysError, Problem. */
export async function readGroup(id: string, circle: Circle): Promise<Group> {
  return (await openGroup(await askGroup(id), circle, await readBook(circle.vault))).group;
}

/** Whether the server has something newer of a group than what is shown. @throws Problem, CryptoError. */
export async function hasMoved({ wire }: Group): Promise<boolean> {
  const now = await askGroup(wire.id);
  const shown = ({ head, members, rotationDueAt }: WireGroup): string =>
    JSON.stringify([toBase64Url(head.hash), rotationDueAt, members.map(({ accountId, role }) => [accountId, role])]);
  return shown(now) !== shown(wire);
}

/** The group, and the book with those who were pinned by it. */
async function openGroup(wire: WireGroup, circle: Circle, before: KnownKeys): Promise<OpenedGroup> {
  return await openNewest(wire, () => askGroup(wire.id), (each) => openOnce(each, circle, before));
}

async function askGroup(id: string): Promise<WireGroup> {
  const wire = readWireGroup(await call<unknown>("GET", groupPath(id)));
  if (wire.id !== id) throw otherAnswer();
  return wire;
}

interface OpenedGroup {
  readonly group: Group;
  readonly book: KnownKeys;
}

async function openOnce(wire: WireGroup, circle: Circle, before: KnownKeys): Promise<OpenedGroup> {
  const { vault } = circle;
  const delivery = await openDelivery(wire, vault);
  const people = [...circle.contacts, ...wire.members];
  const known = await knownPeople(vault, before, people);
  const subject = { kind: "group", id: wire.id, owner: wire.makerId } as const;
  const keys = new Map([[delivery.terms.generation, unprovedKey(delivery)]]);
  const { state } = await readChain({ path: groupPath(wire.id), subject, head: wire.head }, { keys, known, heirs: heirsOf(circle) }, await openStates(vault));
  const key = provedKey(delivery, state, known);
  const listed = await Promise.all(wire.members.map(withFingerprint));
  const book = await pinNamed(vault, before, state, listed);
  requirePinned(state, book);
  const emails = new Map(circle.contacts.map(({ accountId, email }) => [accountId, email]));
  const members = membersOf(state, listed, { accountId: vault.accountId, book, emails });
  const role = members.find(({ trust }) => trust === "self")?.role;
  // The server hands it out, the history says that this account went.
  if (role === undefined) throw new GroupError("doubtful");
  const { rotationDueAt } = wire;
  const settings = await openSettings(wire, state, key);
  return { group: { id: wire.id, ...settings, role, members, doubts: doubtsOf(state, wire.members), rotationDueAt, wire, state, key }, book };
}

/** One's own word that one inherited a group is believed. */
const heirsOf = ({ vault, heirs = new Set() }: Circle): ReadonlySet<string> => new Set([...heirs, vault.accountId]);

/** The newest key that was delivered; it leads to those before it. */
async function openDelivery(wire: WireGroup, vault: Vault): Promise<ReadDelivery<"group">> {
  const newest = wire.deliveries.reduce<WireGroup["deliveries"][number] | undefined>((best, each) => (best && best.generation > each.generation ? best : each), undefined);
  if (!newest?.sealed) throw new GroupError("unreadable-key");
  const terms = { kind: "group", owner: wire.makerId, subject: wire.id, generation: newest.generation, granter: newest.granterId, recipient: vault.accountId } as const;
  return await readDelivery(newest.sealed, terms, await vault.exchangeSeed());
}

/** The history named the key; now for who gave it: by the pinned identity, or the one in the history. */
function provedKey(delivery: ReadDelivery<"group">, state: HistoryState, known: ReadonlyMap<string, KnownPerson>): GroupKey {
  const { generation, granter } = delivery.terms;
  if (generation !== state.generation) throw new HistoryError("wrong-key");
  const identity = (known.get(granter) ?? state.people[granter])?.identity;
  if (identity === undefined) throw new HistoryError("unknown-author", undefined, granter);
  return keyFromDelivery(delivery, identityFromBytes(fromBase64Url(identity)));
}

async function openSettings(wire: WireGroup, state: HistoryState, key: GroupKey): Promise<Pick<Group, "name" | "description">> {
  const { number, sealed } = wire.settings;
  checkSettings(state, number, sealed);
  const settings = record(await openRecord(sealed, key, settingsContext(wire, number)));
  return { name: text(settings["name"]), description: text(settings["description"]) };
}

/** What a group's settings are for: the key is another in each generation, the number in each change. */
export function settingsContext({ id, makerId }: Pick<WireGroup, "id" | "makerId">, number: number) {
  return { purpose: "group", owner: makerId, record: id, part: "-", version: number } as const;
}
