import assert from "node:assert/strict";
import { test } from "node:test";

import type { Keys, Role } from "../../crypto/event.ts";
import { HistoryError } from "../../crypto/history-error.ts";
import type { HistoryState } from "../../crypto/history-state.ts";
import type { KnownKeys, Pin, PublicKeys } from "../../crypto/known-keys.ts";
import { doubtsOf, membersOf, requirePinned, type ListedMember } from "./membership.ts";

const KEYS = {} as PublicKeys;

function stateOf(members: Record<string, Role>): HistoryState {
  const people = Object.fromEntries(Object.keys(members).map((id): [string, Keys] => [id, { identity: `identity of ${id}`, fingerprint: id }]));
  return { seq: 1, hash: "", generation: 1, keyCheck: "", settings: { number: 1, digest: "" }, members, groups: {}, people, links: [], items: {}, tells: {} };
}

/** Listed as they are, unless another fingerprint is given. */
const listed = (accountId: string, role: Role, fingerprint = accountId): ListedMember => ({ accountId, role, joinedAt: "", keys: KEYS, fingerprint });

function bookOf(pins: Record<string, Partial<Pin>>): KnownKeys {
  const known = Object.fromEntries(Object.entries(pins).map(([id, pin]) => [id, { fingerprint: id, since: "", verified: false, former: [], ...pin }]));
  return { number: 1, known };
}

const state = stateOf({ ada: "owner", bea: "manager", cyr: "member" });
const all = [listed("ada", "owner"), listed("bea", "manager"), listed("cyr", "member")];
const emails = new Map([["bea", "bea@example.org"]]);

test("members are those of the history, oneself first, then by role", () => {
  const members = membersOf(state, [...all, listed("eve", "manager")], { accountId: "cyr", book: bookOf({ bea: { verified: true } }), emails });
  assert.deepEqual(
    members.map(({ accountId, role, email, trust }) => [accountId, role, email, trust]),
    [["cyr", "member", null, "self"], ["ada", "owner", null, "pinned"], ["bea", "manager", "bea@example.org", "checked"]],
  );
});

test("somebody has changed when the server, the history or the pin says another fingerprint", () => {
  const trustOf = (offered: string, pinned: Partial<Pin> | null): string | undefined => {
    const book = bookOf(pinned === null ? {} : { bea: pinned });
    return membersOf(state, [listed("bea", "manager", offered)], { accountId: "ada", book, emails }).find(({ accountId }) => accountId === "bea")?.trust;
  };
  assert.equal(trustOf("bea", null), "pinned");
  assert.equal(trustOf("bea", { verified: true }), "checked");
  assert.equal(trustOf("other", null), "changed");
  assert.equal(trustOf("other", { verified: true }), "changed");
  // The owner accepted new keys; in the group they are still the old ones.
  assert.equal(trustOf("other", { fingerprint: "other", former: ["bea"] }), "changed");
  assert.equal(trustOf("bea", { fingerprint: "other", verified: true }), "changed");
});

test("whom the server no longer lists, nothing can be sealed to", () => {
  const members = membersOf(state, all.slice(0, 2), { accountId: "ada", book: bookOf({}), emails });
  assert.deepEqual(members.map(({ accountId, keys }) => [accountId, keys !== null]), [["ada", true], ["bea", true], ["cyr", false]]);
});

test("every difference between the server and the history is a doubt", () => {
  assert.deepEqual(doubtsOf(state, all), []);
  assert.deepEqual(doubtsOf(state, [listed("ada", "owner"), listed("bea", "member"), listed("eve", "member")]), [
    { kind: "role", accountId: "bea" },
    { kind: "stranger", accountId: "eve" },
    { kind: "missing", accountId: "cyr" },
  ]);
});

test("who owns a group by the server's word alone is an heir only where the owner is missing", () => {
  const others = [listed("bea", "owner"), listed("cyr", "member")];
  assert.deepEqual(doubtsOf(state, others), [{ kind: "heir", accountId: "bea" }, { kind: "missing", accountId: "ada" }]);
  assert.deepEqual(doubtsOf(state, [listed("ada", "owner"), ...others]), [{ kind: "role", accountId: "bea" }]);
});

test("a history that names somebody by keys that were never theirs is refused", () => {
  requirePinned(state, bookOf({ bea: {}, dan: { fingerprint: "other" } }));
  requirePinned(state, bookOf({ bea: { fingerprint: "new", former: ["bea"] } }));
  assert.throws(
    () => { requirePinned(state, bookOf({ bea: { fingerprint: "other" } })); },
    (error: unknown) => error instanceof HistoryError && error.code === "changed-identity" && error.account === "bea",
  );
});
