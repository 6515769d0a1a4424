/**
 * A shared album as its history says, for its owner and for whoever it is shared with.
 *
 * A key is opened (the owner's own wrap, or a delivery), the history is read with it, and only then is it
 * known who has access, what is in the album, and who gave the key.
 */
import { call } from "../../api/client.ts";
import { otherAnswer } from "../../api/problem.ts";
import { isRecord, list, record } from "../../api/shape.ts";
import { fromBase64Url } from "../../crypto/bytes.ts";
import { keyFromDelivery, readDelivery, readDeliveryToGroup, unprovedKey, type ReadDelivery } from "../../crypto/delivery.ts";
import type { GrantRole } from "../../crypto/event.ts";
import { HistoryError } from "../../crypto/history-error.ts";
import type { HistoryState } from "../../crypto/history-state.ts";
import type { KnownPerson } from "../../crypto/history-walk.ts";
import { checkSettings } from "../../crypto/item.ts";
import type { AlbumKey } from "../../crypto/keys.ts";
import type { KnownKeys } from "../../crypto/known-keys.ts";
import { openRecord } from "../../crypto/record.ts";
import { identityFromBytes } from "../../crypto/signature.ts";
import { unwrapKey, wrappedKeyFromBytes } from "../../crypto/wrap.ts";
import { readAlbum, type AlbumDocument } from "../library/documents.ts";
import { readBook } from "../people/key-book.ts";
import { knownPeople, type Offered } from "../people/known.ts";
import { AlbumError } from "./album-error.ts";
import { readWireSharedAlbum, readWireSharedItem, type WireAlbumDelivery, type WireSharedAlbum, type WireSharedItem } from "./album-wire.ts";
import { openNewest, readChain } from "./chain.ts";
import { isReadable, type Circle, type Group, type UnreadableGroup } from "./groups.ts";
import { requirePinned } from "./membership.ts";
import { pinNamed, withFingerprint, type ListedPerson } from "./pinning.ts";
import { openStates } from "./states.ts";

/** Whoever reads a shared album: whom they know, and which groups they are in. */
export interface AlbumCircle extends Circle {
  readonly groups: readonly (Group | UnreadableGroup)[];
  /** The book of known keys as somebody has just read it, for albums that are read in a row; else it is read. */
  readonly book?: KnownKeys;
}

/** What this account may do in an album. */
export type AlbumRole = "owner" | GrantRole;

/** A shared album whose history was read. */
export interface SharedAlbum {
  readonly id: string;
  readonly settings: AlbumDocument;
  /** This account's, by the history: the highest of what it has by name and by its groups. */
  readonly role: AlbumRole;
  readonly state: HistoryState;
  /** The key in force. */
  readonly key: AlbumKey;
  /** Those of older generations beside it, as far as a photo or something said still needs them. */
  readonly keys: ReadonlyMap<number, AlbumKey>;
  /** Everybody concerned whom the server names keys for, with their fingerprints. */
  readonly listed: readonly ListedPerson[];
  readonly book: KnownKeys;
  /** Those of them whose keys are the pinned ones. */
  readonly known: ReadonlyMap<string, KnownPerson>;
  readonly wire: WireSharedAlbum;
}

/** A key that was handed to this account, whose giver is still to be proved; the owner's own have none. */
interface FoundKey {
  readonly generation: number;
  readonly key: AlbumKey;
  readonly delivery: ReadDelivery<"album"> | null;
}

const RANK: Readonly<Record<AlbumRole, number>> = { owner: 3, manager: 2, contributor: 1, viewer: 0 };

export const albumPath = (id: string): string => `/shared/albums/${id}`;
export const placeOf = ({ wire }: Pick<SharedAlbum, "wire">) => ({ album: wire.id, owner: wire.ownerId }) as const;
export const subjectOf = ({ wire }: Pick<SharedAlbum, "wire">) => ({ kind: "album", id: wire.id, owner: wire.ownerId }) as const;

/** One album. @throws HistoryError, CryptoError, AlbumError, OldKnownKeysError, Problem. */
export async function readSharedAlbum(id: string, circle: AlbumCircle): Promise<SharedAlbum> {
  return await openSharedAlbum(await askAlbum(id), circle);
}

/** An album of the list, its history read and believed. @throws as {@link readSharedAlbum}. */
export async function openSharedAlbum(wire: WireSharedAlbum, circle: AlbumCircle): Promise<SharedAlbum> {
  return await openNewest(wire, () => askAlbum(wire.id), (each) => openOnce(each, circle));
}

async function askAlbum(id: string): Promise<WireSharedAlbum> {
  const wire = readWireSharedAlbum(await call<unknown>("GET", albumPath(id)));
  if (wire.id !== id) throw otherAnswer();
  return wire;
}

async function openOnce(wire: WireSharedAlbum, circle: AlbumCircle): Promise<SharedAlbum> {
  const { vault } = circle;
  const found = await foundKeys(wire, circle);
  const newest = found[0];
  if (newest === undefined) throw new AlbumError("unreadable-key");
  const people = wire.people.flatMap(({ accountId, keys }): Offered[] => (keys === null ? [] : [{ accountId, keys }]));
  const before = circle.book ?? (await readBook(vault));
  const known = await knownPeople(vault, before, [...people, ...circle.contacts]);
  const subject = subjectOf({ wire });
  const { state, keys } = await readChain(
    { path: albumPath(wire.id), subject, head: wire.head },
    { keys: new Map([[newest.generation, newest.key]]), known, peopleOf: (id) => groupIn(circle, id)?.state.people },
    await openStates(vault),
  );
  if (newest.generation !== state.generation) throw new HistoryError("wrong-key");
  const listed = await Promise.all(people.map(withFingerprint));
  const book = await pinNamed(vault, before, state, listed);
  requirePinned(state, book);
  return {
    id: wire.id,
    settings: await openSettings(wire, state, newest.key),
    role: roleIn(state, circle),
    state,
    key: newest.key,
    keys: new Map([...keys, ...found.map((each): [number, AlbumKey] => [each.generation, provedKey(each, state, known)])]),
    listed, book, known, wire,
  };
}

/** What is in the album, in the order in which it came; the history still has to vouch for each. @throws Problem, CryptoError. */
export async function* sharedItems(id: string): AsyncGenerator<WireSharedItem> {
  for (let cursor: string | undefined; ;) {
    const page = record(await call<unknown>("GET", `${albumPath(id)}/items`, { query: { cursor } }));
    yield* list(page["items"]).filter(isRecord).map(readWireSharedItem);
    if (typeof page["cursor"] !== "string") return;
    cursor = page["cursor"];
  }
}

/** What an album's settings are for: the key is another in each generation, the number in each change. */
export function albumSettingsContext({ id, ownerId }: Pick<WireSharedAlbum, "id" | "ownerId">, number: number) {
  return { purpose: "album", owner: ownerId, record: id, part: "-", version: number } as const;
}

/** A group of this account by its id, if it can be believed. */
export function groupIn({ groups }: Pick<AlbumCircle, "groups">, id: string): Group | undefined {
  return groups.filter(isReadable).find((group) => group.id === id);
}

/** The keys that were handed to this account, newest first. */
async function foundKeys(wire: WireSharedAlbum, circle: AlbumCircle): Promise<readonly FoundKey[]> {
  const found = wire.ownerId === circle.vault.accountId ? await ownKeys(wire, circle) : await deliveredKeys(wire, circle);
  return [...found].sort((one, other) => other.generation - one.generation);
}

async function ownKeys({ id, ownKeys: wraps }: WireSharedAlbum, { vault }: AlbumCircle): Promise<readonly FoundKey[]> {
  return await Promise.all([...wraps].map(async ([generation, wrapped]) => {
    const context = { purpose: "album-key", owner: vault.accountId, record: id, part: "-", version: generation } as const;
    return { generation, key: await unwrapKey(wrappedKeyFromBytes("album-key", wrapped), vault.wrappingKey, context), delivery: null };
  }));
}

async function deliveredKeys(wire: WireSharedAlbum, circle: AlbumCircle): Promise<readonly FoundKey[]> {
  const read = await Promise.all(wire.deliveries.map((each) => openDelivery(each, wire, circle).catch(() => null)));
  return read.flatMap((delivery) => (delivery === null ? [] : [{ generation: delivery.terms.generation, key: unprovedKey(delivery), delivery }]));
}

async function openDelivery(each: WireAlbumDelivery, wire: WireSharedAlbum, circle: AlbumCircle): Promise<ReadDelivery<"album"> | null> {
  if (each.sealed === null) return null;
  const terms = { kind: "album", owner: wire.ownerId, subject: wire.id, generation: each.generation, granter: each.granterId } as const;
  if (each.groupId === null) return await readDelivery(each.sealed, { ...terms, recipient: circle.vault.accountId }, await circle.vault.exchangeSeed());
  const group = groupIn(circle, each.groupId);
  if (group === undefined) return null;
  return await readDeliveryToGroup(each.sealed, { ...terms, recipient: group.id }, { key: group.key, generation: each.groupGeneration });
}

/** The history named the newest key; now for who gave each: by the pinned identity, or the one in the history. */
function provedKey({ key, delivery }: FoundKey, state: HistoryState, known: ReadonlyMap<string, KnownPerson>): AlbumKey {
  if (delivery === null) return key;
  const { granter } = delivery.terms;
  const identity = (known.get(granter) ?? state.people[granter])?.identity;
  if (identity === undefined) throw new HistoryError("unknown-author", undefined, granter);
  return keyFromDelivery(delivery, identityFromBytes(fromBase64Url(identity)));
}

/** @throws AlbumError "doubtful": the server hands it out, the history says that this account has no access. */
function roleIn({ members, groups }: HistoryState, { vault, groups: own }: AlbumCircle): AlbumRole {
  const byName = members[vault.accountId];
  const byGroup = own.filter(isReadable).flatMap(({ id }) => groups[id] ?? []);
  const roles = [...(byName === undefined || byName === "member" ? [] : [byName]), ...byGroup];
  const best = roles.sort((one, other) => RANK[other] - RANK[one])[0];
  if (best === undefined) throw new AlbumError("doubtful");
  return best;
}

async function openSettings(wire: WireSharedAlbum, state: HistoryState, key: AlbumKey): Promise<AlbumDocument> {
  const { number, sealed } = wire.settings;
  checkSettings(state, number, sealed);
  const settings = readAlbum(await openRecord(sealed, key, albumSettingsContext(wire, number)));
  if (settings === null) throw new HistoryError("unreadable");
  return settings;
}
