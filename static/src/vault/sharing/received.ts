/**
 * Albums that others share with this account: `album-state.ts` reads and believes them, this adds what a
 * recipient asks about them: who is who, by which group one is in, and keys from before one came.
 */
import { call } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import type { GrantRole, Keys } from "../../crypto/event.ts";
import { readHistory, requireHead } from "../../crypto/history.ts";
import { HistoryError } from "../../crypto/history-error.ts";
import type { AlbumKey } from "../../crypto/keys.ts";
import type { KnownKeys } from "../../crypto/known-keys.ts";
import { OldKnownKeysError } from "../../crypto/known-keys-error.ts";
import { identityFromBytes, type IdentityPublicKey } from "../../crypto/signature.ts";
import { albumPath, groupIn, openSharedAlbum, subjectOf, type AlbumCircle, type SharedAlbum } from "./album-state.ts";
import { readWireSharedAlbum, type WireSharedAlbum } from "./album-wire.ts";
import { entriesAfter, type StoredEntry } from "./entries.ts";
import { readGroups, type Circle } from "./groups.ts";
import { listSharedAlbums, sharedAlbumsAtOpening } from "./shared-list.ts";

/** Somebody who has to do with an album. */
export interface AlbumPerson {
  readonly accountId: string;
  /** Null for somebody who is neither a contact nor in a group with this account. */
  readonly email: string | null;
  /** The server gives other keys for them than those they were let in with. */
  readonly isChanged: boolean;
}

/** A history from its beginning, and the keys it hands down. */
export interface WholeHistory {
  readonly entries: readonly StoredEntry[];
  readonly keys: ReadonlyMap<number, AlbumKey>;
}

/** A shared album, one's own or somebody else's, and who says what in it. */
export interface PeopledAlbum extends SharedAlbum {
  readonly self: string;
  readonly ownerId: string;
  readonly people: ReadonlyMap<string, AlbumPerson>;
  /** By which keys what an account says is checked; undefined for somebody of whom nothing is known. */
  readonly identityOf: (accountId: string) => IdentityPublicKey | undefined;
  /** The key of any generation, by the history. @throws HistoryError, Problem. */
  readonly keyOf: (generation: number) => Promise<AlbumKey>;
  /** Everything that happened, read once and held against what is known. @throws HistoryError, Problem. */
  readonly whole: () => Promise<WholeHistory>;
}

/** An album of somebody else whose history was read. */
export interface ReceivedAlbum extends PeopledAlbum {
  readonly role: GrantRole;
  /** The group by which alone this account is in; null for whoever is in by name. */
  readonly through: string | null;
}

/** An album that cannot be believed or opened, and why. */
export interface UnreadableAlbum {
  readonly id: string;
  readonly error: unknown;
}

export const isOpened = <Album extends PeopledAlbum>(album: Album | UnreadableAlbum): album is Album => !("error" in album);
export const mayAdd = ({ role }: Pick<ReceivedAlbum, "role">): boolean => role !== "viewer";

/** A glance at albums: which they are, another text once any of them moved, and the list as it was. */
export interface Glance {
  readonly ids: ReadonlySet<string>;
  readonly seen: string;
  readonly wires: readonly WireSharedAlbum[];
}

const glanceAt = (wires: readonly WireSharedAlbum[]): Glance => ({ ids: new Set(wires.map(({ id }) => id)), seen: wires.map(glance).join(), wires });

/** What others share, newest first: all of it, or those of a list that was just read. One that is wrong does not hide the others. @throws Problem, OldKnownKeysError. */
export async function readReceivedAlbums(circle: Circle, wires?: readonly WireSharedAlbum[]): Promise<readonly (ReceivedAlbum | UnreadableAlbum)[]> {
  const listed = (wires ?? (await listReceived())).toReversed();
  const wide = await widened(circle, listed);
  const found: (ReceivedAlbum | UnreadableAlbum)[] = [];
  let book: KnownKeys | undefined;
  // One after the other: each may pin somebody in the book that the next one goes by.
  for (const wire of listed) {
    try {
      const opened = await openReceived(wire, book === undefined ? wide : { ...wide, book });
      ({ book } = opened);
      found.push(opened);
    } catch (error) {
      // Who knows how far it came: the next one reads the book for itself.
      book = undefined;
      if (error instanceof OldKnownKeysError || (error instanceof Problem && error.status !== 404)) throw error;
      // One that ended since it was listed is no longer there to show.
      if (!(error instanceof Problem)) found.push({ id: wire.id, error });
    }
  }
  return found;
}

/** What is to be seen of them at a glance: another text once any of them moved. @throws Problem, CryptoError. */
export async function glanceAtReceived(): Promise<string> {
  return (await listReceived()).map(glance).join();
}

/** Which of them stand among this account's own photos, and another text once any of these moved; `isFirst` as it was when the vault opened. @throws Problem, CryptoError. */
export async function glanceAtTimeline(isFirst: boolean): Promise<Glance> {
  const listed = isFirst ? await sharedAlbumsAtOpening() : await listSharedAlbums();
  return glanceAt(listed.filter(isReceived).filter(({ isInTimeline }) => isInTimeline));
}

/** An album of one's own, and another text once it moved. The list is asked, as everywhere else: an album in order is not. @throws Problem, CryptoError. */
export async function glanceAtOwn(id: string): Promise<Glance> {
  const own = (await listSharedAlbums()).find((each) => each.id === id);
  if (own === undefined) throw new Problem("not_found", "This album is not shared.", 404);
  return glanceAt([own]);
}

/** One of them. @throws HistoryError, CryptoError, AlbumError, OldKnownKeysError, Problem. */
export async function readReceivedAlbum(id: string, circle: Circle): Promise<ReceivedAlbum> {
  const wire = readWireSharedAlbum(await call<unknown>("GET", albumPath(id)));
  // An album of one's own has its page among one's own.
  if (wire.role === "owner") throw new Problem("not_found", "This album is one of yours.", 404);
  return await openReceived(wire, await widened(circle, [wire]));
}

/** An album for what is said in it, whoever owns it. @throws as {@link readReceivedAlbum}. */
export async function readPeopledAlbum(id: string, circle: Circle): Promise<PeopledAlbum> {
  const wire = readWireSharedAlbum(await call<unknown>("GET", albumPath(id)));
  const wide = await widened(circle, [wire]);
  return peopled(await openSharedAlbum(wire, wide), wide);
}

/** An album of one's own, for what others put into it. @throws as {@link readReceivedAlbum}. */
export async function readOwnAlbum(id: string, circle: Circle): Promise<PeopledAlbum> {
  const album = await readPeopledAlbum(id, circle);
  // Only the server could say that it is somebody else's.
  if (album.role !== "owner") throw new HistoryError("not-allowed");
  return album;
}

/** Whether the server has something newer of an album than what is shown. @throws Problem, CryptoError. */
export async function hasAlbumMoved({ wire }: SharedAlbum): Promise<boolean> {
  return glance(readWireSharedAlbum(await call<unknown>("GET", albumPath(wire.id)))) !== glance(wire);
}

async function listReceived(): Promise<readonly WireSharedAlbum[]> {
  return (await listSharedAlbums()).filter(isReceived);
}

const isReceived = ({ role }: WireSharedAlbum): boolean => role !== "owner";

const glance = ({ id, head, role, canDownload, itemCount }: WireSharedAlbum): string => JSON.stringify([id, toBase64Url(head.hash), role, canDownload, itemCount]);

/** Groups are read only where one of them has to do with it. */
async function widened(circle: Circle, albums: readonly WireSharedAlbum[]): Promise<AlbumCircle> {
  const isGrouped = albums.some(({ grants }) => grants.some(({ groupId }) => groupId !== null));
  return { ...circle, groups: isGrouped ? await readGroups(circle) : [] };
}

async function openReceived(wire: WireSharedAlbum, circle: AlbumCircle): Promise<ReceivedAlbum> {
  const album = peopled(await openSharedAlbum(wire, circle), circle);
  const { role, state, self } = album;
  // Only the server says that it is somebody else's.
  if (role === "owner") throw new HistoryError("not-allowed");
  const groups = wire.deliveries.flatMap(({ groupId }) => groupId ?? []);
  return { ...album, role, through: Object.hasOwn(state.members, self) ? null : (groups[0] ?? null) };
}

function peopled(album: SharedAlbum, circle: AlbumCircle): PeopledAlbum {
  const whole = wholeOf(album, circle);
  return {
    ...album,
    self: circle.vault.accountId,
    ownerId: album.wire.ownerId,
    people: peopleOf(album, circle),
    identityOf: (accountId) => identityIn(accountId, album, circle),
    keyOf: async (generation) => album.keys.get(generation) ?? handedDown(await whole(), generation),
    whole,
  };
}

function peopleOf({ wire, listed, state }: SharedAlbum, { vault, contacts }: AlbumCircle): ReadonlyMap<string, AlbumPerson> {
  const given = new Map(listed.map(({ accountId, fingerprint }) => [accountId, fingerprint]));
  const emails = new Map(contacts.map(({ accountId, email }) => [accountId, email]));
  const isChanged = (accountId: string): boolean => {
    const [named, offered] = [state.people[accountId]?.fingerprint, given.get(accountId)];
    return accountId !== vault.accountId && named !== undefined && offered !== undefined && named !== offered;
  };
  return new Map(wire.people.map(({ accountId, email }) => [accountId, { accountId, email: emails.get(accountId) ?? email, isChanged: isChanged(accountId) }]));
}

/** As they were let in, by name or by a group whose history was read; or as they are pinned. */
function identityIn(accountId: string, { state, known, wire }: SharedAlbum, circle: AlbumCircle): IdentityPublicKey | undefined {
  const byGroup = wire.grants.flatMap(({ groupId }): readonly Keys[] => {
    const keys = groupId === null ? undefined : groupIn(circle, groupId)?.state.people[accountId];
    return keys === undefined ? [] : [keys];
  });
  const keys = state.people[accountId] ?? byGroup[0] ?? known.get(accountId);
  return keys === undefined ? undefined : identityFromBytes(fromBase64Url(keys.identity));
}

/** The whole history: keys that were not delivered are handed down by it, and it says what happened. */
function wholeOf({ wire, state, key, known }: SharedAlbum, circle: AlbumCircle): ReceivedAlbum["whole"] {
  let coming: Promise<WholeHistory> | null = null;
  const read = async (): Promise<WholeHistory> => {
    // What was written since comes with the next look.
    const entries = (await entriesAfter(albumPath(wire.id), 0)).filter(({ seq }) => seq <= state.seq);
    const peopleOfGroup = (id: string) => groupIn(circle, id)?.state.people;
    const reading = await readHistory(entries, { subject: subjectOf({ wire }), known, peopleOf: peopleOfGroup, keys: new Map([[state.generation, key]]) });
    requireHead(reading.state, wire.head);
    return { entries, keys: reading.keys };
  };
  return () => (coming ??= read().catch((error: unknown) => {
    coming = null;
    throw error;
  }));
}

function handedDown({ keys }: WholeHistory, generation: number): AlbumKey {
  const key = keys.get(generation);
  if (key === undefined) throw new HistoryError("wrong-key");
  return key;
}
