/**
 * Who may do what, and what it changes (docs/sharing.md, "Who may do what").
 *
 * Every rule speaks about the state before the event; nothing here knows about bytes.
 */
import type { SubjectKind } from "./delivery.ts";
import { GRANT_ROLES, GROUP_ROLES, TELLINGS, type HistoryEvent, type Keys, type Role, type SettingsMark } from "./event.ts";
import type { HistoryErrorCode } from "./history-error.ts";
import type { Draft } from "./history-state.ts";

/** An event, by whom, with the role they had. */
export interface Deed {
  readonly kind: SubjectKind;
  readonly author: string;
  readonly role: Role;
  readonly event: HistoryEvent;
  /** Commitments beside the entry, base64url. */
  readonly items: readonly string[];
}

/** How {@link perform} says no. */
export type Refuse = (code: HistoryErrorCode) => never;

/** Change the draft as an event says, or refuse it. */
export function perform(draft: Draft, deed: Deed, refuse: Refuse): void {
  if (!isAllowed(draft, deed)) refuse("not-allowed");
  apply(draft, deed, refuse);
}

/** The role somebody has, by name or through the group they name; undefined for nobody. */
export function roleOf(draft: Draft, author: string, group: string | undefined): Role | undefined {
  return group === undefined ? draft.members.get(author) : draft.groups.get(group);
}

function isAllowed(draft: Draft, deed: Deed): boolean {
  return deed.kind === "group" ? isAllowedInGroup(draft, deed) : isAllowedInAlbum(draft, deed);
}

function isAllowedInGroup(draft: Draft, { author, role, event }: Deed): boolean {
  const manages = role === "owner" || role === "manager";
  switch (event.event) {
    case "member-set":
      return manages && event.role !== "owner" && isGroupRole(event.role) && !isOwner(draft, event.account);
    case "member-removed":
      return manages && event.account !== author && draft.members.has(event.account) && !isOwner(draft, event.account);
    case "left":
      return role !== "owner";
    case "handed-over":
      return draft.members.has(event.account) && (role === "owner") !== (event.account === author);
    case "rotated":
    case "settings-set":
      return manages;
    default:
      return false;
  }
}

function isAllowedInAlbum(draft: Draft, { author, role, event }: Deed): boolean {
  const owns = role === "owner";
  const manages = owns || role === "manager";
  switch (event.event) {
    case "member-set":
      return isGrantRole(event.role) && !isOwner(draft, event.account) &&
        mayGive(role, draft.members.get(event.account), event.role);
    case "group-set":
      return mayGive(role, draft.groups.get(event.group), event.role);
    case "member-removed":
      return draft.members.has(event.account) && !isOwner(draft, event.account) &&
        mayGive(role, draft.members.get(event.account), "viewer");
    case "group-removed":
      return draft.groups.has(event.group) && mayGive(role, draft.groups.get(event.group), "viewer");
    case "left":
      return !owns && draft.members.has(author);
    case "settings-set":
      return manages;
    case "items-added":
    case "telling-chosen":
      return manages || role === "contributor";
    case "items-removed":
      return manages || (role === "contributor" && event.items.every((item) => (draft.items.get(item) ?? author) === author));
    case "items-replaced":
      return (manages || role === "contributor") && event.items.every((item) => draft.items.get(item) === author);
    case "rotated":
    case "stopped":
    case "link-set":
      return owns;
    case "link-ended":
      return owns && draft.links.has(event.link);
    default:
      return false;
  }
}

/** Only the owner makes or unmakes managers; a manager gives and takes the rest. */
function mayGive(role: Role, before: Role | undefined, after: Role): boolean {
  if (role === "owner") return true;
  return role === "manager" && before !== "manager" && after !== "manager";
}

function apply(draft: Draft, deed: Deed, refuse: Refuse): void {
  const { author, event } = deed;
  switch (event.event) {
    case "member-set":
      meet(draft, event.account, event, refuse);
      draft.members.set(event.account, event.role);
      return;
    case "group-set":
      draft.groups.set(event.group, event.role);
      return;
    case "member-removed":
      draft.members.delete(event.account);
      return;
    case "group-removed":
      draft.groups.delete(event.group);
      return;
    case "left":
      draft.members.delete(author);
      keepItems(draft, (by) => by !== author);
      return;
    case "stopped":
      stop(draft);
      return;
    case "handed-over":
      handOver(draft, author, event.account);
      return;
    default:
      applyToThings(draft, deed, refuse);
  }
}

function applyToThings(draft: Draft, { author, event, items }: Deed, refuse: Refuse): void {
  switch (event.event) {
    case "rotated":
      if (event.generation !== draft.generation + 1) refuse("not-allowed");
      draft.generation = event.generation;
      draft.keyCheck = event.key_check;
      setSettings(draft, event, draft.settings.number, refuse);
      return;
    case "settings-set":
      setSettings(draft, event, draft.settings.number + 1, refuse);
      return;
    case "items-added":
      addItems(draft, author, items, refuse);
      return;
    case "items-removed":
      for (const item of event.items) draft.items.delete(item);
      return;
    case "items-replaced":
      replaceItems(draft, author, event.items, items, refuse);
      return;
    case "telling-chosen":
      draft.tells.set(author, TELLINGS.filter((each) => event[each] === 1));
      return;
    case "link-set":
      draft.links.add(event.link);
      return;
    case "link-ended":
      draft.links.delete(event.link);
      return;
    default:
      refuse("not-allowed");
  }
}

/** Take note of somebody's keys. They stand for as long as that person is in. */
export function meet(draft: Draft, account: string, keys: Keys, refuse: Refuse): void {
  if (draft.members.has(account) && !isSame(draft.people.get(account), keys)) refuse("changed-identity");
  draft.people.set(account, { identity: keys.identity, fingerprint: keys.fingerprint });
}

/** Somebody says who they are. Only others, who may, can say that they have other keys now. */
export function introduce(draft: Draft, account: string, keys: Keys, refuse: Refuse): void {
  if (draft.people.has(account) && !isSame(draft.people.get(account), keys)) refuse("changed-identity");
  draft.people.set(account, { identity: keys.identity, fingerprint: keys.fingerprint });
}

function isSame(before: Keys | undefined, after: Keys): boolean {
  return before?.identity === after.identity && before.fingerprint === after.fingerprint;
}

/** Who owned it stays as a manager; whoever inherited it takes the place of an account that is gone. */
function handOver(draft: Draft, author: string, heir: string): void {
  for (const account of [...draft.members.keys()]) {
    if (!isOwner(draft, account)) continue;
    if (account === author) draft.members.set(account, "manager");
    else draft.members.delete(account);
  }
  draft.members.set(heir, "owner");
}

function keepItems(draft: Draft, isKept: (by: string) => boolean): void {
  for (const [item, by] of draft.items) if (!isKept(by)) draft.items.delete(item);
}

/** Only the owner and what is theirs stays. */
function stop(draft: Draft): void {
  for (const account of [...draft.members.keys()]) if (!isOwner(draft, account)) draft.members.delete(account);
  keepItems(draft, (by) => isOwner(draft, by));
  draft.groups.clear();
  draft.links.clear();
}

function setSettings(draft: Draft, mark: SettingsMark, least: number, refuse: Refuse): void {
  if (mark.number < least) refuse("rolled-back");
  draft.settings = { number: mark.number, digest: mark.digest };
}

function addItems(draft: Draft, author: string, items: readonly string[], refuse: Refuse): void {
  for (const item of items) {
    if (draft.items.has(item)) refuse("not-allowed");
    draft.items.set(item, author);
  }
}

/** Each new one stands in the place of a former one. None of them was there before, and none goes twice. */
function replaceItems(draft: Draft, author: string, former: readonly string[], items: readonly string[], refuse: Refuse): void {
  if (items.some((item) => draft.items.has(item))) refuse("not-allowed");
  for (const item of former) if (!draft.items.delete(item)) refuse("not-allowed");
  addItems(draft, author, items, refuse);
}

function isOwner(draft: Draft, account: string): boolean {
  return draft.members.get(account) === "owner";
}

function isGroupRole(role: Role): boolean {
  return GROUP_ROLES.some((each) => each === role);
}

function isGrantRole(role: Role): boolean {
  return GRANT_ROLES.some((each) => each === role);
}
