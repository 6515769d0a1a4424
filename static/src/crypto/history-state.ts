/**
 * What a group or shared album is, as its history says: who is in, with which key, and what for.
 *
 * All of it is JSON, so that a device can seal it and go on from there next time.
 */
import { fromBase64Url } from "./bytes.ts";
import type { Head } from "./entry.ts";
import type { GrantRole, Keys, Role, SettingsMark, Telling } from "./event.ts";

/** The state after an entry. */
export interface HistoryState {
  readonly seq: number;
  /** Hash of the newest entry, base64url. */
  readonly hash: string;
  readonly generation: number;
  /** By which the key of that generation is known, base64url. */
  readonly keyCheck: string;
  readonly settings: SettingsMark;
  /** Everyone in by name, the owner among them. */
  readonly members: Readonly<Record<string, Role>>;
  /** Groups an album is granted to. */
  readonly groups: Readonly<Record<string, GrantRole>>;
  /** Keys of everyone who ever was in, or wrote through a group. */
  readonly people: Readonly<Record<string, Keys>>;
  /** Links that were not ended. */
  readonly links: readonly string[];
  /** Live items: who added each, by its commitment in base64url. */
  readonly items: Readonly<Record<string, string>>;
  /** What each account chose last that its own photos tell; none for one that never chose. */
  readonly tells: Readonly<Record<string, readonly Telling[]>>;
}

/** The state while it is being worked out. */
export interface Draft {
  seq: number;
  hash: string;
  generation: number;
  keyCheck: string;
  settings: SettingsMark;
  readonly members: Map<string, Role>;
  readonly groups: Map<string, GrantRole>;
  readonly people: Map<string, Keys>;
  readonly links: Set<string>;
  readonly items: Map<string, string>;
  readonly tells: Map<string, readonly Telling[]>;
}

/** Nothing has happened yet. */
export function emptyDraft(): Draft {
  return {
    seq: 0,
    hash: "",
    generation: 0,
    keyCheck: "",
    settings: { number: 0, digest: "" },
    members: new Map(),
    groups: new Map(),
    people: new Map(),
    links: new Set(),
    items: new Map(),
    tells: new Map(),
  };
}

/** A state to go on from. */
export function draftOf(state: HistoryState): Draft {
  return {
    ...state,
    members: new Map(Object.entries(state.members)),
    groups: new Map(Object.entries(state.groups)),
    people: new Map(Object.entries(state.people)),
    links: new Set(state.links),
    items: new Map(Object.entries(state.items)),
    tells: new Map(Object.entries(state.tells)),
  };
}

/** The state a draft has come to. */
export function stateOf(draft: Draft): HistoryState {
  return {
    ...draft,
    members: Object.fromEntries(draft.members),
    groups: Object.fromEntries(draft.groups),
    people: Object.fromEntries(draft.people),
    links: [...draft.links],
    items: Object.fromEntries(draft.items),
    tells: Object.fromEntries(draft.tells),
  };
}

/** Where the next entry goes. */
export function headOf(state: HistoryState): Head {
  return { seq: state.seq, hash: fromBase64Url(state.hash) };
}
