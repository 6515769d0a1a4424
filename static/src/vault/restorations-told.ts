/** A restoration that the service tells of, held against the public log. */
import { isProven, type ToldRestoration } from "../crypto/restoration.ts";
import { keep, knownRestorations, type Restoration, type Shelf } from "./restorations.ts";

/** What the service says, added to what this browser knows. What was proven once stays so, and is then told anew: more follows from it. */
export function remember(said: ToldRestoration | null, logKey: string | null, shelf: Shelf, now: Date): readonly Restoration[] {
  const known = knownRestorations(shelf);
  if (said === null) return known;
  const isBorneOut = logKey !== null && isProven(said, logKey);
  const isSaid = ({ restoredAt, restoredTo }: Restoration): boolean => restoredAt === said.restored_at && restoredTo === said.restored_to;
  if (known.some(isSaid)) return keep(known.map((each) => (isSaid(each) && isBorneOut && !each.isProven ? { ...each, isProven: true, isRead: false } : each)), shelf);
  return keep([...known, { restoredAt: said.restored_at, restoredTo: said.restored_to, seenAt: now.toISOString(), isRead: false, isProven: isBorneOut }], shelf);
}
