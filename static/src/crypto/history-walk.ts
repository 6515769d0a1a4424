/**
 * Going along a history, entry by entry: links, signatures, commitments, and who may do what.
 *
 * Everything is at hand already (history.ts opened it), so this is plain and synchronous.
 */
import { equalBytes, fromBase64Url, toBase64Url } from "./bytes.ts";
import { commitmentOf, rootOf, type Opening } from "./commitment.ts";
import { hashOfEntry, verifyEntry, type HistoryEntry, type Subject } from "./entry.ts";
import { readEvent, type HistoryEvent, type Keys, type Role } from "./event.ts";
import { HistoryError, type HistoryErrorCode } from "./history-error.ts";
import { introduce, meet, perform, roleOf, type Refuse } from "./history-rules.ts";
import { draftOf, emptyDraft, stateOf, type Draft, type HistoryState } from "./history-state.ts";
import { identityFromBytes } from "./signature.ts";

/** Somebody whose keys this device has pinned. */
export interface KnownPerson extends Keys {
  /** Fingerprints they had before, in base64url, whose change the owner has accepted. */
  readonly former?: readonly string[];
}

/** What the reader of a history knows beforehand. */
export interface Beforehand {
  readonly subject: Subject;
  /** Everyone whose keys are pinned, oneself among them, by account. */
  readonly known: ReadonlyMap<string, KnownPerson>;
  /** Everyone a group ever had, and their keys, as its own history says; undefined for a group one is not in. */
  readonly peopleOf?: (group: string) => Readonly<Record<string, Keys>> | undefined;
  /** Accounts whose word the person took that they inherited a group; see {@link HistoryErrorCode}. */
  readonly heirs?: ReadonlySet<string>;
  /** What this device saw last. */
  readonly remembered?: HistoryState | undefined;
}

/** An entry and what it says. */
export interface OpenedEntry {
  readonly entry: HistoryEntry;
  readonly opening: Opening;
}

/** Walk the entries that follow what is remembered. `keyChecks` by generation. @throws HistoryError. */
export function walk(
  opened: readonly OpenedEntry[],
  beforehand: Beforehand,
  keyChecks: ReadonlyMap<number, string>,
): HistoryState {
  const { remembered, known } = beforehand;
  const draft = remembered ? draftOf(remembered) : emptyDraft();
  for (const each of opened) step(draft, each, beforehand, keyChecks);
  // Who signs an entry has read all that went before: one known author vouches for the whole.
  if (!remembered && !opened.some(({ entry }) => known.has(entry.author))) throw new HistoryError("unknown-author");
  return stateOf(draft);
}

function step(
  draft: Draft,
  { entry, opening }: OpenedEntry,
  beforehand: Beforehand,
  keyChecks: ReadonlyMap<number, string>,
): void {
  const refuse: Refuse = (code) => fail(code, entry);
  const event = eventOf(opening, entry);
  const keys = keysOfAuthor(draft, entry, event, beforehand, refuse);
  const signer = identityFromBytes(fromBase64Url(keys.identity));
  insist(() => { verifyEntry(entry, beforehand.subject, signer); }, "wrong-signature", entry);
  if (!equalBytes(commitmentOf(opening), entry.commitment)) refuse("wrong-commitment");
  checkItems(entry, event, refuse);
  checkKeys(draft, entry, event, keyChecks, refuse);
  if (event.event === "member-set") checkKnown(event.account, event, beforehand, refuse);
  if (event.event === "created") create(draft, entry, event, beforehand, refuse);
  else act(draft, entry, event, beforehand, refuse);
  draft.seq = entry.seq;
  draft.hash = toBase64Url(hashOfEntry(entry, beforehand.subject));
}

function act(draft: Draft, entry: HistoryEntry, event: HistoryEvent, { subject, heirs }: Beforehand, refuse: Refuse): void {
  const { author } = entry;
  const role = roleOf(draft, author, event.through?.group) ?? refuse("unknown-author");
  if (event.through) introduce(draft, author, event.through, refuse);
  if (isClaim(event, author, role) && !heirs?.has(author)) refuse("claimed-inheritance");
  perform(draft, { kind: subject.kind, author, role, event, items: entry.items.map(toBase64Url) }, refuse);
}

/** That somebody says the service made them the owner, because the account that was it is gone. */
function isClaim(event: HistoryEvent, author: string, role: Role): boolean {
  return event.event === "handed-over" && event.account === author && role !== "owner";
}

function create(
  draft: Draft,
  entry: HistoryEntry,
  event: HistoryEvent & { event: "created" },
  { subject }: Beforehand,
  refuse: Refuse,
): void {
  if (entry.seq !== 1 || event.through) refuse("not-allowed");
  if (entry.author !== subject.owner) refuse("unknown-author");
  if (subject.kind === "group" && event.generation !== 1) refuse("not-allowed");
  draft.generation = event.generation;
  draft.keyCheck = event.key_check;
  draft.settings = { number: event.number, digest: event.digest };
  meet(draft, entry.author, event, refuse);
  draft.members.set(entry.author, "owner");
}

/** By which keys an entry has to be signed. */
function keysOfAuthor(
  draft: Draft,
  entry: HistoryEntry,
  event: HistoryEvent,
  beforehand: Beforehand,
  refuse: Refuse,
): Keys {
  const { author } = entry;
  const claimed = event.event === "created" ? event : event.through;
  if ((draft.seq === 0) !== (event.event === "created")) refuse("not-allowed");
  if (!claimed) return (draft.members.has(author) ? draft.people.get(author) : undefined) ?? refuse("unknown-author");
  checkKnown(author, claimed, beforehand, refuse);
  if (event.through) checkGroup(author, event.through.group, claimed, beforehand, refuse);
  return claimed;
}

function checkGroup(author: string, group: string, claimed: Keys, { peopleOf }: Beforehand, refuse: Refuse): void {
  const people = peopleOf?.(group);
  if (people === undefined) return;
  const found = people[author] ?? refuse("unknown-author");
  if (found.identity !== claimed.identity) refuse("changed-identity");
}

function checkKnown(account: string, keys: Keys, { known }: Beforehand, refuse: Refuse): void {
  const person = known.get(account);
  if (person === undefined || person.former?.includes(keys.fingerprint)) return;
  if (person.fingerprint !== keys.fingerprint || person.identity !== keys.identity) refuse("changed-identity");
}

function checkItems(entry: HistoryEntry, event: HistoryEvent, refuse: Refuse): void {
  if (event.event !== "items-added" && event.event !== "items-replaced") {
    if (entry.items.length > 0) refuse("wrong-commitment");
    return;
  }
  if (event.event === "items-replaced" && event.items.length !== event.count) refuse("wrong-commitment");
  if (entry.items.length !== event.count || toBase64Url(rootOf(entry.items)) !== event.root) refuse("wrong-commitment");
}

/** An entry is sealed with the key in force; one that brings a key, with the key it brings. */
function checkKeys(
  draft: Draft,
  entry: HistoryEntry,
  event: HistoryEvent,
  keyChecks: ReadonlyMap<number, string>,
  refuse: Refuse,
): void {
  if (event.event === "created" || event.event === "rotated") {
    if (event.generation !== entry.generation) refuse("wrong-key");
    if (keyChecks.get(event.generation) !== event.key_check) refuse("wrong-key");
  } else if (entry.generation !== draft.generation) {
    refuse("wrong-key");
  }
}

function eventOf(opening: Opening, entry: HistoryEntry): HistoryEvent {
  return insist(() => readEvent(opening.text), "unreadable", entry);
}

function insist<T>(act: () => T, code: HistoryErrorCode, entry: HistoryEntry): T {
  try {
    return act();
  } catch {
    return fail(code, entry);
  }
}

function fail(code: HistoryErrorCode, { seq, author }: HistoryEntry): never {
  throw new HistoryError(code, seq, author);
}
