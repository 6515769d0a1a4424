/**
 * Reading a history: from nothing, or on from what this device saw last.
 *
 * It ends in the state the history says, or with a {@link HistoryError} that names what is wrong.
 * Linear in entries and items: 10,000 photos are twenty entries, and a digest over their commitments.
 */
import { equalBytes, fromBase64Url, toBase64Url } from "./bytes.ts";
import { keyCheckOf, type KeyOfSubject, type SubjectKind } from "./delivery.ts";
import { hashOfEntry, openEntry, START, type Head, type HistoryEntry, type Subject } from "./entry.ts";
import { readEvent } from "./event.ts";
import { HistoryError } from "./history-error.ts";
import { headOf, type HistoryState } from "./history-state.ts";
import { walk, type Beforehand, type OpenedEntry } from "./history-walk.ts";
import { keyFromBytes } from "./keys.ts";
import { deriveDocumentKey, type DocumentKey } from "./record.ts";

type KeysByGeneration<K extends SubjectKind> = ReadonlyMap<number, KeyOfSubject[K]>;

/** What is known beforehand, and the keys that were delivered: the newest at least. */
export interface HistoryReader<K extends SubjectKind = SubjectKind> extends Beforehand {
  readonly subject: Subject & { readonly kind: K };
  readonly keys: KeysByGeneration<K>;
}

/** What a history leads to. */
export interface HistoryReading<K extends SubjectKind = SubjectKind> {
  readonly state: HistoryState;
  /** The keys delivered, and those before them that rotations handed down. */
  readonly keys: KeysByGeneration<K>;
}

/** Read the entries of a history, oldest first. @throws HistoryError. */
export async function readHistory<K extends SubjectKind>(
  entries: readonly HistoryEntry[],
  reader: HistoryReader<K>,
): Promise<HistoryReading<K>> {
  const { subject, remembered } = reader;
  const fresh = notSeenBefore(entries, subject, remembered);
  checkLinks(fresh, subject, remembered);
  // Somebody gave us a key whose rotation we are not shown.
  const newest = fresh.at(-1)?.generation ?? remembered?.generation ?? 0;
  if (Math.max(...reader.keys.keys()) > newest) throw new HistoryError("rolled-back");
  const keys = await keysDown(fresh, reader);
  await checkRememberedKey(keys, remembered);
  const state = walk(await openAll(fresh, subject, keys), reader, await checksOf(keys));
  return { state, keys };
}

/** Insist that what was read is what the server says is newest. @throws HistoryError. */
export function requireHead(state: HistoryState, head: Head): void {
  if (head.seq < state.seq) throw new HistoryError("rolled-back");
  if (head.seq > state.seq) throw new HistoryError("broken-link");
  if (!equalBytes(head.hash, headOf(state).hash)) throw new HistoryError("forked", head.seq);
}

/** The entries after the newest one seen, which has to be the one that was seen. */
function notSeenBefore(
  entries: readonly HistoryEntry[],
  subject: Subject,
  remembered: HistoryState | undefined,
): readonly HistoryEntry[] {
  if (remembered === undefined) {
    if (entries.length === 0) throw new HistoryError("broken-link");
    return entries;
  }
  const seen = entries.find(({ seq }) => seq === remembered.seq);
  if (seen && !equalBytes(hashOfEntry(seen, subject), headOf(remembered).hash)) {
    throw new HistoryError("forked", seen.seq);
  }
  if (!seen && entries.some(({ seq }) => seq < remembered.seq)) throw new HistoryError("rolled-back");
  return entries.filter(({ seq }) => seq > remembered.seq);
}

function checkLinks(entries: readonly HistoryEntry[], subject: Subject, remembered: HistoryState | undefined): void {
  let head = remembered ? headOf(remembered) : START;
  for (const entry of entries) {
    if (entry.seq !== head.seq + 1) throw new HistoryError("broken-link", entry.seq, entry.author);
    if (!equalBytes(entry.previous, head.hash)) {
      throw new HistoryError(entry === entries[0] && remembered ? "forked" : "broken-link", entry.seq, entry.author);
    }
    head = { seq: entry.seq, hash: hashOfEntry(entry, subject) };
  }
}

/** From the newest key down: the first entry of a generation is the rotation that began it. */
async function keysDown<K extends SubjectKind>(
  entries: readonly HistoryEntry[],
  { subject, keys, remembered }: HistoryReader<K>,
): Promise<KeysByGeneration<K>> {
  const found = new Map(keys);
  const least = remembered?.generation ?? entries[0]?.generation ?? 1;
  for (let generation = Math.max(...keys.keys()); generation > least; generation -= 1) {
    const key = found.get(generation);
    const first = entries.find((entry) => entry.generation === generation);
    if (key === undefined || first === undefined) continue;
    const { opening } = await opened(first, subject, await deriveDocumentKey(key));
    const before = keyBefore(opening.text, subject.kind, first);
    const given = found.get(generation - 1);
    if (given && !equalBytes(given, before)) throw new HistoryError("wrong-key", first.seq, first.author);
    found.set(generation - 1, before);
  }
  return found;
}

function keyBefore<K extends SubjectKind>(text: string, kind: K, { seq, author }: HistoryEntry): KeyOfSubject[K] {
  try {
    const event = readEvent(text);
    if (event.event !== "rotated") throw new HistoryError("wrong-key", seq, author);
    const bytes = fromBase64Url(event.previous_key);
    const key = kind === "group" ? keyFromBytes("group-key", bytes) : keyFromBytes("album-key", bytes);
    return key as KeyOfSubject[K];
  } catch (error) {
    throw error instanceof HistoryError ? error : new HistoryError("unreadable", seq, author);
  }
}

async function openAll<K extends SubjectKind>(
  entries: readonly HistoryEntry[],
  subject: Subject,
  keys: KeysByGeneration<K>,
): Promise<OpenedEntry[]> {
  const documentKeys = new Map<number, DocumentKey>();
  for (const [generation, key] of keys) documentKeys.set(generation, await deriveDocumentKey(key));
  return await Promise.all(entries.map((entry) => opened(entry, subject, documentKeys.get(entry.generation))));
}

async function opened(entry: HistoryEntry, subject: Subject, key: DocumentKey | undefined): Promise<OpenedEntry> {
  const { seq, author } = entry;
  if (key === undefined) throw new HistoryError("wrong-key", seq, author);
  try {
    return { entry, opening: await openEntry(entry, subject, key) };
  } catch {
    throw new HistoryError("unreadable", seq, author);
  }
}

async function checksOf<K extends SubjectKind>(keys: KeysByGeneration<K>): Promise<Map<number, string>> {
  const checks = new Map<number, string>();
  for (const [generation, key] of keys) checks.set(generation, toBase64Url(await keyCheckOf(key)));
  return checks;
}

async function checkRememberedKey<K extends SubjectKind>(
  keys: KeysByGeneration<K>,
  remembered: HistoryState | undefined,
): Promise<void> {
  const key = remembered && keys.get(remembered.generation);
  if (!key) return;
  if (toBase64Url(await keyCheckOf(key)) !== remembered.keyCheck) throw new HistoryError("wrong-key", remembered.seq);
}
