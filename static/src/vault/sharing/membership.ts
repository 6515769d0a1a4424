/**
 * Who is in a group: what its history says, held against what the server says and what is pinned.
 *
 * The history is believed. Where the server says otherwise, that is a doubt, and it is shown.
 */
import type { GroupRole, Role } from "../../crypto/event.ts";
import { HistoryError } from "../../crypto/history-error.ts";
import type { HistoryState } from "../../crypto/history-state.ts";
import { pinOf, type KnownKeys, type PublicKeys } from "../../crypto/known-keys.ts";
import type { WireMember } from "./group-wire.ts";

/** `changed`: the keys the server gives are not those by which they were let in, or not those that are pinned. */
export type MemberTrust = "self" | "checked" | "pinned" | "changed";

export interface Member {
  readonly accountId: string;
  readonly role: GroupRole;
  /** Null for somebody who is no contact of this account. */
  readonly email: string | null;
  readonly trust: MemberTrust;
  /** Null when the server no longer lists them: nothing can be sealed to them. */
  readonly keys: PublicKeys | null;
}

/**
 * Where the server and the history differ: `stranger` is listed and was never let in, `missing` was let in
 * and is not listed (their account may be gone), `role` is listed with another role, `heir` is listed as the
 * owner where the one whom the members know is missing.
 */
export interface Doubt {
  readonly kind: "stranger" | "missing" | "role" | "heir";
  readonly accountId: string;
}

/** A member whom the server lists, and the fingerprint of the keys it gives, base64url. */
export interface ListedMember extends WireMember {
  readonly fingerprint: string;
}

/** What is known beforehand about the people in a group. */
export interface Acquaintance {
  readonly accountId: string;
  readonly book: KnownKeys;
  readonly emails: ReadonlyMap<string, string>;
}

const RANK: Readonly<Record<GroupRole, number>> = { owner: 0, manager: 1, member: 2 };

/** Everybody the history let in: oneself first, then by role and address. */
export function membersOf(state: HistoryState, listed: readonly ListedMember[], self: Acquaintance): readonly Member[] {
  const byId = new Map(listed.map((each) => [each.accountId, each]));
  const members = Object.entries(state.members).map(([accountId, role]): Member => ({
    accountId,
    role: groupRole(role),
    email: self.emails.get(accountId) ?? null,
    trust: accountId === self.accountId ? "self" : trustIn(accountId, state, byId.get(accountId), self.book),
    keys: byId.get(accountId)?.keys ?? null,
  }));
  return members.sort((one, other) => orderOf(one) - orderOf(other) || (one.email ?? "~").localeCompare(other.email ?? "~"));
}

/** Whether the service made this account the owner of a group, because the one who was it is gone. */
export const isHeir = (accountId: string, doubts: readonly Doubt[]): boolean => doubts.some((doubt) => doubt.kind === "heir" && doubt.accountId === accountId);

/** Everything about who is in that the server says otherwise than the history. */
export function doubtsOf(state: HistoryState, listed: readonly WireMember[]): readonly Doubt[] {
  const ids = new Set(listed.map(({ accountId }) => accountId));
  const isOrphaned = Object.entries(state.members).some(([accountId, role]) => role === "owner" && !ids.has(accountId));
  const wrong = listed.flatMap(({ accountId, role }): readonly Doubt[] => {
    if (!Object.hasOwn(state.members, accountId)) return [{ kind: "stranger", accountId }];
    if (state.members[accountId] === role) return [];
    return [{ kind: role === "owner" && isOrphaned ? "heir" : "role", accountId }];
  });
  const missing = Object.keys(state.members).filter((accountId) => !ids.has(accountId));
  return [...wrong, ...missing.map((accountId): Doubt => ({ kind: "missing", accountId }))];
}

/**
 * Insist that the history names nobody by keys that were never theirs, by what is pinned.
 *
 * Readers check that for people whose keys are at hand; a pin is a fingerprint, which is here for everybody.
 * @throws HistoryError "changed-identity".
 */
export function requirePinned(state: HistoryState, book: KnownKeys): void {
  for (const [accountId, { fingerprint }] of Object.entries(state.people)) {
    const pin = pinOf(book, accountId);
    if (pin === undefined || pin.fingerprint === fingerprint || pin.former.includes(fingerprint)) continue;
    throw new HistoryError("changed-identity", undefined, accountId);
  }
}

function trustIn(accountId: string, state: HistoryState, offered: ListedMember | undefined, book: KnownKeys): MemberTrust {
  const named = state.people[accountId]?.fingerprint;
  const pin = pinOf(book, accountId);
  if (offered !== undefined && offered.fingerprint !== named) return "changed";
  if (pin !== undefined && pin.fingerprint !== named) return "changed";
  return pin?.verified === true ? "checked" : "pinned";
}

function orderOf({ role, trust }: Member): number {
  return trust === "self" ? -1 : RANK[role];
}

/** A group's history knows no other roles: its reader refuses them. */
function groupRole(role: Role): GroupRole {
  return role === "owner" || role === "manager" ? role : "member";
}
