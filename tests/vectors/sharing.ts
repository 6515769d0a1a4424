/** What the vectors of sharing hold, as the browser's code takes it. Node only, tests only. */
import { fromBase64Url, toBase64Url } from "../../static/src/crypto/bytes.ts";
import type { HistoryEntry, Subject } from "../../static/src/crypto/entry.ts";
import type { HistoryReader } from "../../static/src/crypto/history.ts";
import type { HistoryState } from "../../static/src/crypto/history-state.ts";
import type { KnownPerson } from "../../static/src/crypto/history-walk.ts";
import { keyFromBytes } from "../../static/src/crypto/keys.ts";

/** An entry, its bytes as text. */
export interface EntryVector {
  readonly seq: number;
  readonly author: string;
  readonly previous: string;
  readonly commitment: string;
  readonly signature: string;
  readonly generation: number;
  readonly opening: string;
  readonly items: readonly string[];
}

/** What somebody who reads a history knows beforehand. */
export interface ReaderVector {
  readonly subject: Subject;
  readonly keys: Readonly<Record<string, string>>;
  readonly known: Readonly<Record<string, KnownPerson>>;
}

/** A sound history, and ways to forge it; a number stands for the sound entry in that place. */
export interface HistoryVector extends ReaderVector {
  readonly entries: readonly EntryVector[];
  readonly state: HistoryState;
  readonly allKeys: Readonly<Record<string, string>>;
  readonly refused: readonly {
    readonly name: string;
    readonly code: string;
    readonly entries: readonly (number | EntryVector)[];
    /** What was delivered. */
    readonly keys: Readonly<Record<string, string>>;
  }[];
}

/** An entry out of its vector. */
export function entryOf(vector: EntryVector): HistoryEntry {
  return {
    ...vector,
    previous: fromBase64Url(vector.previous),
    commitment: fromBase64Url(vector.commitment),
    signature: fromBase64Url(vector.signature),
    opening: fromBase64Url(vector.opening),
    items: vector.items.map(fromBase64Url),
  };
}

/** An entry as text. */
export function vectorOf(entry: HistoryEntry): EntryVector {
  return {
    ...entry,
    previous: toBase64Url(entry.previous),
    commitment: toBase64Url(entry.commitment),
    signature: toBase64Url(entry.signature),
    opening: toBase64Url(entry.opening),
    items: entry.items.map(toBase64Url),
  };
}

/** A reader out of its vector. */
export function readerOf({ subject, keys, known }: ReaderVector): HistoryReader {
  const purpose = `${subject.kind}-key` as const;
  const byGeneration = Object.entries(keys).map(
    ([generation, key]) => [Number(generation), keyFromBytes(purpose, fromBase64Url(key))] as const,
  );
  return { subject, keys: new Map(byGeneration), known: new Map(Object.entries(known)) };
}
