/**
 * That the service came out of a backup, as it says itself, and what this browser was told of it before.
 *
 * A restored service has forgotten the newest, as a hostile one would pretend to. So its word explains nothing silently: each
 * restoration is shown with its days until somebody read it, and is remembered here for good, also if the service says nothing of it
 * any more. Whether everybody was told the same is looked up in the public log, under the key by which this browser knows it; only
 * of one that stands there is an older state taken over, and no older than it says (`library/sightings.ts`).
 */
import { isRecord } from "../api/shape.ts";
import type { ProvenRestoration } from "./library/sightings.ts";
import { isLogKnown, knownLogKey } from "./receipts/log-key.ts";
import type * as Told from "./restorations-told.ts";
import { readServer, readServerAtOpening } from "./server.ts";

/** One restoration. Moments are ISO 8601; between `restoredTo` and `restoredAt` the service may have forgotten anything. */
export interface Restoration {
  readonly restoredAt: string;
  readonly restoredTo: string;
  /** When this browser was told of it first. */
  readonly seenAt: string;
  readonly isRead: boolean;
  /** That the public log says the same. Within a minute of a restore it does not yet. */
  readonly isProven: boolean;
}

/** What is kept where: the browser's own store, or one of a test. */
export type Shelf = Pick<Storage, "getItem" | "setItem">;

const PLACE = "pv-restorations";

let bring: () => Promise<typeof Told> = () => Promise.reject(new TypeError("Nothing brings what looks at proofs."));

/** Say how the code comes that holds a restoration against the log: a service that was never restored needs none of it. */
export function lookThrough(load: typeof bring): void {
  bring = load;
}

/** Ask the service and its log, and remember what they say. Answers every one this browser knows, the newest first. @throws Problem. */
async function learnRestorations(asked: typeof readServer): Promise<readonly Restoration[]> {
  const { restoration } = await asked();
  // Known early, so that whoever makes up a restore one day would have needed another log from the first day on.
  const key = restoration === null && isLogKnown() ? null : (await knownLogKey()).pinned;
  if (restoration === null) return knownRestorations();
  const { remember } = await bring();
  return remember(restoration, key, localStorage, new Date());
}

/** The same; what this browser knows already, if there is no answer. */
export async function toldRestorations(): Promise<readonly Restoration[]> {
  return await learnRestorations(readServer).catch(() => knownRestorations());
}

/** The same, as the service said when the vault was opened. */
export async function restorationsAtOpening(): Promise<readonly Restoration[]> {
  return await learnRestorations(readServerAtOpening).catch(() => knownRestorations());
}

/** Let the library take over what the newest proven one explains. Whether that was new to it. */
export async function believeNewest(library: { believe(restoration: ProvenRestoration): Promise<boolean> }, all: readonly Restoration[]): Promise<boolean> {
  const newest = all.find(({ isProven }) => isProven);
  return newest !== undefined && (await library.believe(inSeconds(newest)));
}

/** In milliseconds since 1970. */
export const second = (moment: string): number => Math.floor(Date.parse(moment) / 1000) * 1000;

/** As the log says it: in whole seconds. */
export function inSeconds({ restoredAt, restoredTo }: Restoration): ProvenRestoration {
  return { restoredAt: second(restoredAt), restoredTo: second(restoredTo) };
}

/** The newest first; of one second, which is as fine as the log says it, what the log bears out, so that no mere word hides it. */
function newestFirst(one: Restoration, other: Restoration): number {
  return second(other.restoredAt) - second(one.restoredAt) || Number(other.isProven) - Number(one.isProven) || Date.parse(other.restoredAt) - Date.parse(one.restoredAt);
}

/** Every restoration this browser was ever told of, the newest first, and of one second what its log bears out. */
export function knownRestorations(shelf: Shelf = localStorage): readonly Restoration[] {
  const kept: unknown = parsed(shelf.getItem(PLACE));
  if (!Array.isArray(kept)) return [];
  // Put in order here too: what an older release kept has another.
  return kept.filter(isRestoration).map((each) => ({ ...each, isProven: "isProven" in each && each.isProven === true })).sort(newestFirst);
}

/** The newest that somebody with an account from before it has not read yet. */
export function unreadRestoration(all: readonly Restoration[], accountMadeAt: string): Restoration | null {
  return all.find(({ isRead, restoredAt }) => !isRead && Date.parse(restoredAt) > Date.parse(accountMadeAt)) ?? null;
}

/** Somebody read it here. It stays in the list. */
export function markRead({ restoredAt, restoredTo }: Restoration, shelf: Shelf = localStorage): void {
  keep(knownRestorations(shelf).map((each) => (each.restoredAt === restoredAt && each.restoredTo === restoredTo ? { ...each, isRead: true } : each)), shelf);
}

/** Keep these for good, in their order. */
export function keep(all: readonly Restoration[], shelf: Shelf): readonly Restoration[] {
  const sorted = [...all].sort(newestFirst);
  shelf.setItem(PLACE, JSON.stringify(sorted));
  return sorted;
}

/** What was kept before proofs were looked at has no word of one. */
function isRestoration(value: unknown): value is Omit<Restoration, "isProven"> {
  if (!isRecord(value) || typeof value["isRead"] !== "boolean") return false;
  return ["restoredAt", "restoredTo", "seenAt"].every((name) => typeof value[name] === "string" && !Number.isNaN(Date.parse(value[name])));
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
