/**
 * What can happen to a group or a shared album (docs/sharing.md, "History").
 *
 * Member names are those of the wire. Bytes stay text: an event is compared and remembered more
 * often than its bytes are used.
 */
import { countIn, digestIn, exactly, idIn, readCanonical, wordIn, type Members } from "./canonical.ts";
import { CryptoError } from "./errors.ts";

export const GROUP_ROLES = ["owner", "manager", "member"] as const;
export const GRANT_ROLES = ["viewer", "contributor", "manager"] as const;

export type GroupRole = (typeof GROUP_ROLES)[number];
export type GrantRole = (typeof GRANT_ROLES)[number];
/** Anything somebody can be in a group or an album; an album's owner is its owner. */
export type Role = GroupRole | GrantRole;

/** An account's keys, as a history names them: identity key and fingerprint, 32 bytes each in base64url. */
export type Keys = { readonly identity: string; readonly fingerprint: string };

/** By which group an author has access, who was not let in by name. */
export type Through = Keys & { readonly group: string };

/** The settings in force: their number, and SHA-256 of their ciphertext. */
export type SettingsMark = { readonly number: number; readonly digest: string };

/** What an album may say of a photo besides the picture: the date, to the second where it is known, and the place. */
export const TELLINGS = ["taken_at", "place"] as const;
export type Telling = (typeof TELLINGS)[number];

type Happening =
  | ({ readonly event: "created"; readonly generation: number; readonly key_check: string } & Keys & SettingsMark)
  | ({ readonly event: "member-set"; readonly account: string; readonly role: Role } & Keys)
  | { readonly event: "group-set"; readonly group: string; readonly role: GrantRole }
  | { readonly event: "member-removed"; readonly account: string }
  | { readonly event: "group-removed"; readonly group: string }
  | { readonly event: "left" }
  | { readonly event: "stopped" }
  | { readonly event: "handed-over"; readonly account: string }
  | ({
      readonly event: "rotated";
      readonly generation: number;
      readonly key_check: string;
      readonly previous_key: string;
    } & SettingsMark)
  | ({ readonly event: "settings-set" } & SettingsMark)
  | { readonly event: "items-added"; readonly count: number; readonly root: string }
  | { readonly event: "items-removed"; readonly items: readonly string[] }
  /** The new commitments lie beside the entry, each in the place of the former one. */
  | { readonly event: "items-replaced"; readonly items: readonly string[]; readonly count: number; readonly root: string }
  /** What the author's own photos tell: 1 for what they do. It names nobody, because it speaks for nobody else. */
  | ({ readonly event: "telling-chosen" } & Readonly<Record<Telling, number>>)
  | { readonly event: "link-set"; readonly link: string }
  | { readonly event: "link-ended"; readonly link: string };

/** One event. */
export type HistoryEvent = Happening & { readonly through?: Through };

export type EventName = HistoryEvent["event"];

const ROLES = [...new Set([...GROUP_ROLES, ...GRANT_ROLES])];
/** The most items one entry adds, removes or replaces. */
export const MOST_ITEMS = 500;

const KEYS = { identity: digestIn, fingerprint: digestIn };
const number = (value: unknown) => countIn(value);
const SETTINGS = { number, digest: digestIn };
const ROTATION = { generation: number, key_check: digestIn, ...SETTINGS };

/** The members of each event, and what each has to be. */
const SHAPES: Readonly<Record<EventName, Readonly<Record<string, (value: unknown) => unknown>>>> = {
  "created": { ...ROTATION, ...KEYS },
  "member-set": { account: idIn, role: (value) => wordIn(value, ROLES), ...KEYS },
  "group-set": { group: idIn, role: (value) => wordIn(value, GRANT_ROLES) },
  "member-removed": { account: idIn },
  "group-removed": { group: idIn },
  "left": {},
  "stopped": {},
  "handed-over": { account: idIn },
  "rotated": { ...ROTATION, previous_key: digestIn },
  "settings-set": SETTINGS,
  "items-added": { count: itemCount, root: digestIn },
  "items-removed": { items: digestsIn },
  "items-replaced": { items: digestsIn, count: itemCount, root: digestIn },
  "telling-chosen": { taken_at: flagIn, place: flagIn },
  "link-set": { link: idIn },
  "link-ended": { link: idIn },
};

/** An event out of its text. @throws CryptoError "malformed". */
export function readEvent(text: string): HistoryEvent {
  const members = readCanonical(text);
  const name = wordIn(members["event"], Object.keys(SHAPES) as EventName[]);
  const shape = SHAPES[name];
  const through = Object.hasOwn(members, "through") ? ["through"] : [];
  exactly(members, ["event", ...Object.keys(shape), ...through]);
  for (const [member, check] of Object.entries(shape)) check(members[member]);
  if (through.length > 0) checkThrough(members["through"]);
  return members as Members & HistoryEvent;
}

function checkThrough(value: unknown): void {
  const members = exactly(value, ["fingerprint", "group", "identity"]);
  idIn(members["group"]);
  digestIn(members["identity"]);
  digestIn(members["fingerprint"]);
}

function itemCount(value: unknown): number {
  const count = countIn(value);
  if (count > MOST_ITEMS) throw tooMany();
  return count;
}

/** 0 or 1, so that every choice is as long as any other. */
function flagIn(value: unknown): number {
  const flag = countIn(value, 0);
  if (flag > 1) throw new CryptoError("malformed", "A choice is neither yes nor no.");
  return flag;
}

function digestsIn(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_ITEMS) {
    throw tooMany();
  }
  return value.map(digestIn);
}

function tooMany(): CryptoError {
  return new CryptoError("malformed", "An entry of a history names too many photos, or none.");
}
