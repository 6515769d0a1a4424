/**
 * Reading the history of a group or shared album from the server, on from what this device saw last.
 *
 * Nothing that is not in the history is believed, and nothing older than what was seen.
 */
import type { SubjectKind } from "../../crypto/delivery.ts";
import type { Head, Subject } from "../../crypto/entry.ts";
import { readHistory, requireHead, type HistoryReader, type HistoryReading } from "../../crypto/history.ts";
import { HistoryError, type HistoryErrorCode } from "../../crypto/history-error.ts";
import { entriesAfter } from "./entries.ts";
import { isSameState, type States } from "./states.ts";

/** A chain on the server: where it is, and what the server says is its newest entry. */
export interface Chain<K extends SubjectKind> {
  readonly path: string;
  readonly subject: Subject & { readonly kind: K };
  readonly head: Head;
}

type Reader<K extends SubjectKind> = Pick<HistoryReader<K>, "keys" | "known" | "peopleOf" | "heirs">;

/** The state the chain leads to, remembered before it is answered. @throws HistoryError, CryptoError, Problem. */
export async function readChain<K extends SubjectKind>(
  { path, subject, head }: Chain<K>,
  reader: Reader<K>,
  states: States,
): Promise<HistoryReading<K>> {
  const remembered = await states.read(subject.id);
  // The newest entry that was seen comes along, so that another one in its place is noticed.
  const entries = await entriesAfter(path, Math.max(0, (remembered?.seq ?? 0) - 1));
  const reading = await readHistory(entries, { ...reader, subject, remembered });
  requireHead(reading.state, head);
  if (!isSameState(remembered, reading.state)) await states.write(subject.id, reading.state);
  return reading;
}

const ATTEMPTS = 3;
/** What an answer looks like that was overtaken by a change before its history was read. */
const OVERTAKEN: readonly HistoryErrorCode[] = ["rolled-back", "wrong-key", "unreadable"];

/**
 * Open what the server said of a group or album, and ask again when that seems older than its history: another tab,
 * or another question of this page, may have seen a change since. A service that keeps to something older is
 * told of all the same.
 */
export async function openNewest<Answer, Opened>(first: Answer, ask: () => Promise<Answer>, open: (answer: Answer) => Promise<Opened>): Promise<Opened> {
  let answer = first;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await open(answer);
    } catch (error) {
      if (!(error instanceof HistoryError) || !OVERTAKEN.includes(error.code) || attempt >= ATTEMPTS) throw error;
    }
    answer = await ask();
  }
}
