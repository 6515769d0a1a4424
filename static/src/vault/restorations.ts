/**
 * That the service came out of a backup, as it says itself, and what this browser was told of it before.
 *
 * A restored service has forgotten the newest, as a hostile one would pretend to. So its word explains nothing silently: each
 * restoration is shown with its days until somebody read it, is remembered here for good, also if the service says nothing of it
 * any more, and takes no older state over. Whether others were told the same, `/drills` and the public log say.
 */
import { call } from "../api/client.ts";
import { isRecord } from "../api/shape.ts";
import type { ServerFacts } from "../api/types.ts";

/** One restoration. Moments are ISO 8601; between `restoredTo` and `restoredAt` the service may have forgotten anything. */
export interface Restoration {
  readonly restoredAt: string;
  readonly restoredTo: string;
  /** When this browser was told of it first. */
  readonly seenAt: string;
  readonly isRead: boolean;
}

/** What is kept where: the browser's own store, or one of a test. */
export type Shelf = Pick<Storage, "getItem" | "setItem">;

const PLACE = "pv-restorations";

/** Ask the service, and remember what it says. Answers every one this browser knows, the newest first. @throws Problem. */
export async function learnRestorations(shelf: Shelf = localStorage, now: () => Date = () => new Date()): Promise<readonly Restoration[]> {
  const { restoration } = await call<ServerFacts>("GET", "/server");
  return remember(restoration, shelf, now());
}

/** What the service says, added to what this browser knows. */
export function remember(said: ServerFacts["restoration"], shelf: Shelf, now: Date): readonly Restoration[] {
  const known = knownRestorations(shelf);
  if (said === null || known.some(({ restoredAt }) => restoredAt === said.restored_at)) return known;
  const all = [...known, { restoredAt: said.restored_at, restoredTo: said.restored_to, seenAt: now.toISOString(), isRead: false }];
  return keep(all, shelf);
}

/** Every restoration this browser was ever told of, the newest first. */
export function knownRestorations(shelf: Shelf = localStorage): readonly Restoration[] {
  const kept: unknown = parsed(shelf.getItem(PLACE));
  return Array.isArray(kept) ? kept.filter(isRestoration) : [];
}

/** The newest that somebody with an account from before it has not read yet. */
export function unreadRestoration(all: readonly Restoration[], accountMadeAt: string): Restoration | null {
  return all.find(({ isRead, restoredAt }) => !isRead && Date.parse(restoredAt) > Date.parse(accountMadeAt)) ?? null;
}

/** Somebody read it here. It stays in the list. */
export function markRead({ restoredAt }: Restoration, shelf: Shelf = localStorage): void {
  keep(knownRestorations(shelf).map((each) => (each.restoredAt === restoredAt ? { ...each, isRead: true } : each)), shelf);
}

function keep(all: readonly Restoration[], shelf: Shelf): readonly Restoration[] {
  const sorted = [...all].sort((left, right) => Date.parse(right.restoredAt) - Date.parse(left.restoredAt));
  shelf.setItem(PLACE, JSON.stringify(sorted));
  return sorted;
}

function isRestoration(value: unknown): value is Restoration {
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
