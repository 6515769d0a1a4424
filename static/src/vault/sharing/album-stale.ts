/**
 * Whether a shared album still says of a photo what its owner would say now. The library's worker compares, because
 * the records lie there; see `album-renewing.ts`.
 */
import { TELLINGS, type Telling } from "../../crypto/event.ts";
import type { ItemFields } from "../../crypto/item.ts";
import type { Entry } from "../library/entry.ts";
import { fieldsOf } from "./album-sealing.ts";

/** What an item says. Digests and thumbhash are left out: another device may know more or fewer of them. */
export type Said = Pick<ItemFields, "image" | "version" | "source" | "title" | "taken_at" | "place">;

/** The same, and what is to be told of that photo. */
export interface SaidAndMeant extends Said {
  readonly tells: readonly Telling[];
}

/** What an item says, and what its photo is to tell by what its person chose; null when they never did. */
export function meantBy(fields: Said, chosen: readonly Telling[] | null): SaidAndMeant {
  const { image, version, source, title, taken_at: at, place } = fields;
  // Whoever never chose told what their photos tell by now: nothing is taken back, and by itself no device tells more.
  const tells = chosen ?? TELLINGS.filter((each) => fields[each] !== undefined);
  return { image, version, source, tells, ...(title !== undefined && { title }), ...(at !== undefined && { taken_at: at }), ...(place !== undefined && { place }) };
}

/** The photos of which something else is to be said. One that this device knows in an older version is none of them. */
export function staleAmong(said: readonly SaidAndMeant[], entries: readonly Entry[]): readonly string[] {
  const known = new Map(entries.map((entry) => [entry.id, entry]));
  return said.flatMap((each) => {
    const entry = known.get(each.image);
    if (entry === undefined || entry.metadata === null || entry.version < each.version) return [];
    return textOf(each) === textOf(saidNow(entry, each.tells)) ? [] : [each.image];
  });
}

function saidNow(entry: Entry, tells: readonly Telling[]): Said {
  return { ...fieldsOf(entry, "", null, tells), source: entry.metadata?.storedAs === "whole" ? "clean" : "content" };
}

const textOf = ({ version, source, title, taken_at: at, place }: Said): string =>
  JSON.stringify([version, source, title ?? null, at ?? null, place?.lat ?? null, place?.lon ?? null]);
