/** Entries of a history on the wire: as they are appended, and as they are read. */
import { call, type CallOptions } from "../../api/client.ts";
import { isRecord, list, numberOr, record, text, texts } from "../../api/shape.ts";
import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import type { Head, HistoryEntry } from "../../crypto/entry.ts";

/** What a request that changes a group or an album carries. */
export interface EntryBody {
  readonly seq: number;
  readonly previous: string;
  readonly commitment: string;
  readonly signature: string;
  readonly generation: number;
  readonly opening: string;
  readonly items?: readonly string[];
}

export function entryBody(entry: HistoryEntry): EntryBody {
  const { seq, generation, items } = entry;
  return {
    seq,
    generation,
    previous: toBase64Url(entry.previous),
    commitment: toBase64Url(entry.commitment),
    signature: toBase64Url(entry.signature),
    opening: toBase64Url(entry.opening),
    ...(items.length > 0 && { items: items.map(toBase64Url) }),
  };
}

/** @throws CryptoError "malformed". */
export function readHead(value: unknown): Head {
  const head = record(value);
  return { seq: numberOr(head["seq"], 0), hash: fromBase64Url(text(head["hash"])) };
}

/** An entry as the server keeps it, with the moment at which it says that it came. */
export interface StoredEntry extends HistoryEntry {
  readonly madeAt: string;
}

/** @throws CryptoError "malformed". */
export function readEntry(value: unknown): StoredEntry {
  const row = record(value);
  return {
    seq: numberOr(row["seq"], 0),
    author: text(row["author_id"]),
    generation: numberOr(row["generation"], 0),
    previous: fromBase64Url(text(row["previous"])),
    commitment: fromBase64Url(text(row["commitment"])),
    signature: fromBase64Url(text(row["signature"])),
    opening: fromBase64Url(text(row["opening"])),
    items: texts(row["items"]).map(fromBase64Url),
    madeAt: text(row["made_at"]),
  };
}

/** How somebody without an account asks: with a token instead of a cookie. */
export type Asking = Pick<CallOptions, "headers" | "isAnonymous">;

/** Every entry after `seq`, oldest first. `path` is that of the group or album. @throws Problem, CryptoError. */
export async function entriesAfter(path: string, seq: number, asking: Asking = {}): Promise<readonly StoredEntry[]> {
  const found: StoredEntry[] = [];
  for (let after = seq; ;) {
    const page = record(await call<unknown>("GET", `${path}/history`, { ...asking, query: { after } }));
    const entries = list(page["items"]).filter(isRecord).map(readEntry);
    found.push(...entries);
    const last = entries.at(-1);
    if (page["has_more"] !== true || last === undefined) return found;
    after = last.seq;
  }
}
