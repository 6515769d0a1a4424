/** What happened in a shared album, out of its history: every line of it is signed. */
import { openEntry } from "../../crypto/entry.ts";
import { readEvent, type HistoryEvent } from "../../crypto/event.ts";
import { HistoryError } from "../../crypto/history-error.ts";
import { deriveDocumentKey, type DocumentKey } from "../../crypto/record.ts";
import { subjectOf } from "./album-state.ts";
import type { PeopledAlbum } from "./received.ts";

/** Something somebody did. When is the server's word alone. */
export interface Deed {
  readonly seq: number;
  readonly authorId: string;
  readonly madeAt: string;
  readonly event: HistoryEvent;
}

/** Everything that happened, newest first. @throws HistoryError, CryptoError, Problem. */
export async function deedsIn(album: PeopledAlbum): Promise<readonly Deed[]> {
  const { entries, keys } = await album.whole();
  const documentKeys = new Map<number, DocumentKey>();
  for (const [generation, key] of keys) documentKeys.set(generation, await deriveDocumentKey(key));
  const deeds = await Promise.all(entries.map(async (entry): Promise<Deed> => {
    const key = documentKeys.get(entry.generation);
    if (key === undefined) throw new HistoryError("wrong-key", entry.seq, entry.author);
    const { text } = await openEntry(entry, subjectOf(album), key);
    return { seq: entry.seq, authorId: entry.author, madeAt: entry.madeAt, event: readEvent(text) };
  }));
  return deeds.reverse();
}
