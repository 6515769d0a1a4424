/**
 * Who has access to a shared album: what its history says, held against what the server says and what is pinned.
 *
 * The history is believed. Where the server lists more than it, nothing is changed and nobody gets a key.
 */
import type { GrantRole } from "../../crypto/event.ts";
import type { HistoryState } from "../../crypto/history-state.ts";
import { pinOf, type PublicKeys } from "../../crypto/known-keys.ts";
import type { AlbumCircle, SharedAlbum } from "./album-state.ts";
import { groupIn } from "./album-state.ts";
import type { WireGrant } from "./album-wire.ts";

/** `changed`: the keys are not those they were let in by, or not the pinned ones. */
export type RecipientTrust = "checked" | "pinned" | "changed";

/** Somebody with access by name, or a group. */
export interface Recipient {
  readonly kind: "account" | "group";
  /** The account's or group's id. */
  readonly id: string;
  readonly role: GrantRole;
  readonly canDownload: boolean;
  /** An address or a group's name; null when it is not known. */
  readonly name: string | null;
  /** How many are in the group; 1 for an account. */
  readonly people: number;
  readonly trust: RecipientTrust;
  readonly keys: PublicKeys | null;
  /** Null when the server ended it by itself: the history still has to say so. */
  readonly grant: WireGrant | null;
  /** A day. */
  readonly lastUsedOn: string | null;
}

/** Everybody the history gives access to, besides the owner. */
export function recipientsOf(album: SharedAlbum, circle: AlbumCircle): readonly Recipient[] {
  const { members, groups } = album.state;
  const byName = Object.entries(members).flatMap(([id, role]) => (role === "owner" || role === "member" ? [] : [accountRecipient(id, role, album, circle)]));
  return [...Object.entries(groups).map(([id, role]) => groupRecipient(id, role, album, circle)), ...byName];
}

/** Grants that the server lists and the history does not know so: nobody signed for them. */
export function strangersIn({ grants }: Pick<SharedAlbum["wire"], "grants">, { members, groups }: Pick<HistoryState, "members" | "groups">): readonly WireGrant[] {
  return grants.filter(({ accountId, groupId, role }) => (accountId === null ? groups[groupId ?? ""] : members[accountId]) !== role);
}

function accountRecipient(id: string, role: GrantRole, album: SharedAlbum, circle: AlbumCircle): Recipient {
  const grant = album.wire.grants.find(({ accountId }) => accountId === id) ?? null;
  const listed = album.listed.find(({ accountId }) => accountId === id);
  const name = circle.contacts.find(({ accountId }) => accountId === id)?.email ?? album.wire.people.find(({ accountId }) => accountId === id)?.email ?? null;
  return { kind: "account", id, role, name, people: 1, trust: trustIn(id, album), keys: listed?.keys ?? null, ...ofGrant(grant) };
}

function groupRecipient(id: string, role: GrantRole, album: SharedAlbum, circle: AlbumCircle): Recipient {
  const grant = album.wire.grants.find(({ groupId }) => groupId === id) ?? null;
  const group = groupIn(circle, id);
  const people = group === undefined ? 0 : group.members.filter(({ trust }) => trust !== "self").length;
  return { kind: "group", id, role, name: group?.name ?? null, people, trust: "pinned", keys: null, ...ofGrant(grant) };
}

const ofGrant = (grant: WireGrant | null) => ({ grant, canDownload: grant?.canDownload ?? false, lastUsedOn: grant?.lastUsedOn ?? null });

function trustIn(id: string, { listed, state, book }: SharedAlbum): RecipientTrust {
  const named = state.people[id]?.fingerprint;
  const offered = listed.find(({ accountId }) => accountId === id)?.fingerprint;
  const pin = pinOf(book, id);
  if ((offered !== undefined && offered !== named) || (pin !== undefined && pin.fingerprint !== named)) return "changed";
  return pin?.verified === true ? "checked" : "pinned";
}
