/**
 * Albums that others share with this account, each as its history says.
 *
 * A delivery is opened, by this account's own key or by a group's; the history is read with the key it
 * brings; and only then is it known whose album it is, who is in it and what belongs to it.
 */
import { call } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { isRecord, list, record, text, type UnknownRecord } from "../../api/shape.ts";
import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import { keyFromDelivery, readDelivery, readDeliveryToGroup, unprovedKey, type ReadDelivery } from "../../crypto/delivery.ts";
import { cannotOpen } from "../../crypto/errors.ts";
import { GRANT_ROLES, type GrantRole, type Keys } from "../../crypto/event.ts";
import { fingerprintOf } from "../../crypto/fingerprint.ts";
import { readHistory, requireHead } from "../../crypto/history.ts";
import { HistoryError } from "../../crypto/history-error.ts";
import type { HistoryState } from "../../crypto/history-state.ts";
import type { KnownPerson } from "../../crypto/history-walk.ts";
import { checkSettings } from "../../crypto/item.ts";
import type { AlbumKey } from "../../crypto/keys.ts";
import { OldKnownKeysError } from "../../crypto/known-keys.ts";
import { openRecord } from "../../crypto/record.ts";
import { identityFromBytes, type IdentityPublicKey } from "../../crypto/signature.ts";
import { readAlbum, type AlbumDocument } from "../library/documents.ts";
import { readBook } from "../people/key-book.ts";
import { knownPeople } from "../people/known.ts";
import { readChain } from "./chain.ts";
import { entriesAfter } from "./entries.ts";
import { pinMembers, readGroup, type Circle, type Group } from "./groups.ts";
import { requirePinned, type ListedMember } from "./membership.ts";
import { readWireReceivedAlbum, type WireReceivedAlbum } from "./received-wire.ts";
import { openStates, type States } from "./states.ts";

type Reader = { readonly known: ReadonlyMap<string, KnownPerson>; readonly peopleOf: (group: string) => Readonly<Record<string, Keys>> | undefined };

/** Somebody who has to do with an album. */
export interface AlbumPerson {
  readonly accountId: string;
  /** Null for somebody who is neither a contact nor in a group with this account. */
  readonly email: string | null;
  /** The server gives other keys for them than those they were let in with. */
  readonly isChanged: boolean;
}

/** An album of somebody else whose history was read. */
export interface ReceivedAlbum {
  readonly id: string;
  readonly settings: AlbumDocument;
  readonly ownerId: string;
  readonly role: GrantRole;
  readonly canDownload: boolean;
  readonly people: ReadonlyMap<string, AlbumPerson>;
  /** The group by which alone this account is in; null for whoever is in by name. */
  readonly through: string | null;
  readonly wire: WireReceivedAlbum;
  readonly state: HistoryState;
  /** The key in force. */
  readonly key: AlbumKey;
  /** By which remarks of an account are checked; undefined for somebody nothing is known of. */
  readonly identityOf: (accountId: string) => IdentityPublicKey | undefined;
  /** The key of any generation, by the history. @throws HistoryError, Problem. */
  readonly keyOf: (generation: number) => Promise<AlbumKey>;
}

/** An album that cannot be believed or opened, and why. */
export interface UnreadableAlbum {
  readonly id: string;
  readonly error: unknown;
}

export const receivedPath = (id: string): string => `/shared/albums/${id}`;
export const isOpened = (album: ReceivedAlbum | UnreadableAlbum): album is ReceivedAlbum => !("error" in album);
export const mayAdd = ({ role }: Pick<ReceivedAlbum, "role">): boolean => role !== "viewer";

/** What others share with this account, newest first. One that is wrong does not hide the others. @throws Problem, OldKnownKeysError. */
export async function readReceivedAlbums(circle: Circle): Promise<readonly (ReceivedAlbum | UnreadableAlbum)[]> {
  const found: (ReceivedAlbum | UnreadableAlbum)[] = [];
  const groups = new Map<string, Promise<Group>>();
  for (const row of (await listReceived()).toReversed()) {
    try {
      found.push(await openAlbum(row, circle, groups));
    } catch (error) {
      if (error instanceof OldKnownKeysError || (error instanceof Problem && error.status !== 404)) throw error;
      // One that ended since it was listed is no longer there to show.
      if (!(error instanceof Problem)) found.push({ id: text(row["id"]), error });
    }
  }
  return found;
}

/** What is to be seen of them at a glance: another text once any of them moved. @throws Problem. */
export async function glanceAtReceived(): Promise<string> {
  return JSON.stringify((await listReceived()).map(({ id, head, role, can_download: download, item_count: count }) => [id, head, role, download, count]));
}

/** One of them. @throws HistoryError, CryptoError, OldKnownKeysError, Problem. */
export async function readReceivedAlbum(id: string, circle: Circle): Promise<ReceivedAlbum> {
  return await openAlbum(await call<unknown>("GET", receivedPath(id)), circle, new Map());
}

/** Whether the server has something newer of an album than what is shown. @throws Problem, CryptoError. */
export async function hasAlbumMoved({ wire }: ReceivedAlbum): Promise<boolean> {
  const now = readWireReceivedAlbum(await call<unknown>("GET", receivedPath(wire.id)));
  const shown = ({ head, role, canDownload, itemCount }: WireReceivedAlbum): string => JSON.stringify([toBase64Url(head.hash), role, canDownload, itemCount]);
  return shown(now) !== shown(wire);
}

async function listReceived(): Promise<readonly UnknownRecord[]> {
  const rows = list(record(await call<unknown>("GET", "/shared/albums"))["items"]).filter(isRecord);
  return rows.filter(({ role }) => role !== "owner");
}

async function openAlbum(answer: unknown, circle: Circle, groups: Map<string, Promise<Group>>): Promise<ReceivedAlbum> {
  const { vault } = circle;
  const wire = readWireReceivedAlbum(answer);
  // An album of one's own has its page among one's own.
  if (wire.role === "owner") throw new Problem("not_found", "This album is one of yours.", 404);
  const states = await openStates(vault);
  const delivery = await openDelivery(wire, circle, groups);
  const before = await readBook(vault);
  const offered = wire.people.flatMap(({ accountId, keys }) => (keys === null ? [] : [{ accountId, keys }]));
  const known = await knownPeople(vault, before, [...circle.contacts, ...offered]);
  const reader = { known, peopleOf: await peopleOfGroups(wire, states) };
  const subject = { kind: "album", id: wire.id, owner: wire.ownerId } as const;
  const keys = new Map([[delivery.terms.generation, unprovedKey(delivery)]]);
  const reading = await readChain({ path: receivedPath(wire.id), subject, head: wire.head }, { ...reader, keys }, states);
  const { state } = reading;
  const key = provedKey(delivery, state, known);
  const listed = await listedPeople(wire);
  requirePinned(state, await pinMembers(vault, before, state, listed));
  return {
    id: wire.id,
    settings: await openSettings(wire, state, key),
    ownerId: wire.ownerId,
    role: roleIn(state, wire, vault.accountId),
    canDownload: wire.canDownload,
    people: peopleOf(wire, state, listed, circle),
    through: throughOf(wire, state, vault.accountId),
    wire, state, key,
    identityOf: (accountId) => identityIn(accountId, state, reader, wire),
    keyOf: keysOf(wire, reader, state, reading.keys),
  };
}

/** The newest key that was delivered, to this account itself rather than to a group. */
async function openDelivery(wire: WireReceivedAlbum, circle: Circle, groups: Map<string, Promise<Group>>): Promise<ReadDelivery<"album">> {
  const { vault } = circle;
  const newest = Math.max(0, ...wire.deliveries.map(({ generation }) => generation));
  const [best] = wire.deliveries.filter(({ generation, sealed }) => generation === newest && sealed !== null).sort((one, other) => Number(one.groupId !== null) - Number(other.groupId !== null));
  if (best?.sealed == null) throw cannotOpen();
  const { groupId, generation, groupGeneration, granterId, sealed } = best;
  const terms = { kind: "album", owner: wire.ownerId, subject: wire.id, generation, granter: granterId, recipient: groupId ?? vault.accountId } as const;
  if (groupId === null) return await readDelivery(sealed, terms, await vault.exchangeSeed());
  const group = await shared(groups, groupId, () => readGroup(groupId, circle));
  return await readDeliveryToGroup(sealed, terms, { key: group.key, generation: groupGeneration });
}

async function shared<Made>(made: Map<string, Promise<Made>>, name: string, make: () => Promise<Made>): Promise<Made> {
  const coming = made.get(name) ?? make();
  made.set(name, coming);
  return await coming;
}

/** Who the groups of an album ever had, by their own histories, as far as this device has read them. */
async function peopleOfGroups({ grants }: WireReceivedAlbum, states: States): Promise<Reader["peopleOf"]> {
  const people = new Map<string, Readonly<Record<string, Keys>>>();
  for (const { groupId } of grants) {
    const state = groupId === null ? undefined : await states.read(groupId);
    if (groupId !== null && state !== undefined) people.set(groupId, state.people);
  }
  return (group) => people.get(group);
}

/** The history named the key; now for who gave it: by the pinned identity, or the one in the history. */
function provedKey(delivery: ReadDelivery<"album">, state: HistoryState, known: Reader["known"]): AlbumKey {
  const { generation, granter } = delivery.terms;
  if (generation !== state.generation) throw new HistoryError("wrong-key");
  const identity = (known.get(granter) ?? state.people[granter])?.identity;
  if (identity === undefined) throw new HistoryError("unknown-author", undefined, granter);
  return keyFromDelivery(delivery, identityFromBytes(fromBase64Url(identity)));
}

async function openSettings(wire: WireReceivedAlbum, state: HistoryState, key: AlbumKey): Promise<AlbumDocument> {
  const { number, sealed } = wire.settings;
  checkSettings(state, number, sealed);
  const context = { purpose: "album", owner: wire.ownerId, record: wire.id, part: "-", version: number } as const;
  const settings = readAlbum(await openRecord(sealed, key, context));
  if (settings === null) throw cannotOpen();
  return settings;
}

async function listedPeople(wire: WireReceivedAlbum): Promise<readonly ListedMember[]> {
  const found = wire.people.map(async ({ accountId, keys }) =>
    keys === null ? [] : [{ accountId, keys, role: "", joinedAt: "", fingerprint: toBase64Url(await fingerprintOf(keys.identity, keys.exchange)) }]);
  return (await Promise.all(found)).flat();
}

function peopleOf(wire: WireReceivedAlbum, state: HistoryState, listed: readonly ListedMember[], circle: Circle): ReadonlyMap<string, AlbumPerson> {
  const offered = new Map(listed.map(({ accountId, fingerprint }) => [accountId, fingerprint]));
  const emails = new Map(circle.contacts.map(({ accountId, email }) => [accountId, email]));
  const isChanged = (accountId: string): boolean => {
    const named = state.people[accountId]?.fingerprint;
    const given = offered.get(accountId);
    return accountId !== circle.vault.accountId && named !== undefined && given !== undefined && named !== given;
  };
  return new Map(wire.people.map(({ accountId, email }) => [accountId, { accountId, email: emails.get(accountId) ?? email, isChanged: isChanged(accountId) }]));
}

/** What the history allows, by name or through groups that bring the key: the server's word moves nobody. */
function roleIn(state: HistoryState, { deliveries }: WireReceivedAlbum, accountId: string): GrantRole {
  const groups = deliveries.flatMap(({ groupId }) => (groupId === null ? [] : [state.groups[groupId]]));
  const given = [state.members[accountId], ...groups];
  return GRANT_ROLES.findLast((role) => given.includes(role)) ?? "viewer";
}

function throughOf({ deliveries }: WireReceivedAlbum, state: HistoryState, accountId: string): string | null {
  if (Object.hasOwn(state.members, accountId)) return null;
  return deliveries.find(({ groupId }) => groupId !== null)?.groupId ?? null;
}

/** As they were let in, by name or through a group whose history was read; or as they are pinned. */
function identityIn(accountId: string, state: HistoryState, { known, peopleOf: inGroup }: Reader, { grants }: WireReceivedAlbum): IdentityPublicKey | undefined {
  const byGroup = grants.flatMap(({ groupId }) => (groupId === null ? [] : [inGroup(groupId)?.[accountId]])).find((keys) => keys !== undefined);
  const keys = state.people[accountId] ?? byGroup ?? known.get(accountId);
  return keys === undefined ? undefined : identityFromBytes(fromBase64Url(keys.identity));
}

/** Keys before the one in force are handed down by the whole history, which is read for them once. */
function keysOf(wire: WireReceivedAlbum, reader: Reader, state: HistoryState, read: ReadonlyMap<number, AlbumKey>): ReceivedAlbum["keyOf"] {
  let whole: Promise<ReadonlyMap<number, AlbumKey>> | null = null;
  const newest = read.get(state.generation);
  const readAll = async (): Promise<ReadonlyMap<number, AlbumKey>> => {
    if (newest === undefined) throw new HistoryError("wrong-key");
    const subject = { kind: "album", id: wire.id, owner: wire.ownerId } as const;
    // What was written since comes with the next look.
    const entries = (await entriesAfter(receivedPath(wire.id), 0)).filter(({ seq }) => seq <= state.seq);
    const reading = await readHistory(entries, { ...reader, subject, keys: new Map([[state.generation, newest]]) });
    requireHead(reading.state, wire.head);
    return reading.keys;
  };
  return async (generation) => {
    const known = read.get(generation);
    if (known !== undefined) return known;
    whole ??= readAll().catch((error: unknown) => {
      whole = null;
      throw error;
    });
    const key = (await whole).get(generation);
    if (key === undefined) throw new HistoryError("wrong-key");
    return key;
  };
}
