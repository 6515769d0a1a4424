/**
 * Whether a shared album still says of a photo what its owner would say now. The library's worker compares, because
 * the records lie there; see `album-renewing.ts`.
 */
import type { ItemFields } from "../../crypto/item.ts";
import type { Telling } from "../library/documents.ts";
import type { Entry } from "../library/entry.ts";
import { fieldsOf } from "./album-sealing.ts";

/** What an item says. Digests and thumbhash are left out: another device may know more or fewer of them. */
export type Said = Pick<ItemFields, "image" | "version" | "source" | "title" | "taken_at" | "place">;

export interface StaleJob {
  /** Whether this account's person just chose what is told, on this device. */
  readonly mayTellMore: boolean;
  readonly tells: readonly Telling[];
  readonly said: readonly Said[];
}

/** The photos of which something else is to be said. One that this device knows in an older version is none of them. */
export function staleAmong({ tells, said, mayTellMore }: StaleJob, entries: readonly Entry[]): readonly string[] {
  const known = new Map(entries.map((entry) => [entry.id, entry]));
  return said.flatMap((each) => {
    const entry = known.get(each.image);
    if (entry === undefined || entry.metadata === null || entry.version < each.version) return [];
    const now = saidNow(entry, tells);
    // What an album tells stands in settings that others may change: by itself a device tells no more than it did.
    if (!mayTellMore && tellsMore(each, now)) return [];
    return textOf(each) === textOf(now) ? [] : [each.image];
  });
}

function saidNow(entry: Entry, tells: readonly Telling[]): Said {
  return { ...fieldsOf(entry, "", null, tells), source: entry.metadata?.storedAs === "whole" ? "clean" : "content" };
}

const tellsMore = (before: Said, now: Said): boolean =>
  (before.taken_at === undefined && now.taken_at !== undefined) || (before.place === undefined && now.place !== undefined);

const textOf = ({ version, source, title, taken_at: at, place }: Said): string =>
  JSON.stringify([version, source, title ?? null, at ?? null, place?.lat ?? null, place?.lon ?? null]);
