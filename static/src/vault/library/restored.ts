/** What a restore of the service, borne out by its public log, made of the index of this device. */
import { isRecord, numberOr } from "../../api/shape.ts";
import type { ProvenRestoration } from "./sightings.ts";

export interface Restored extends ProvenRestoration {
  /** How many photos and albums are as they were before. */
  readonly older: number;
  /** How many of them the service does not have any more. */
  readonly lost: number;
}

/** No restore is from so long ago. */
export const NEVER_RESTORED: Restored = { restoredTo: 0, restoredAt: 0, older: 0, lost: 0 };

export const isSameRestoration = (one: ProvenRestoration, other: ProvenRestoration): boolean =>
  one.restoredAt === other.restoredAt && one.restoredTo === other.restoredTo;

/** What is kept of it; nothing, of an index from before it was. */
export function readRestored(value: unknown): Restored {
  if (!isRecord(value)) return NEVER_RESTORED;
  const number = (name: keyof Restored): number => numberOr(value[name], 0);
  return { restoredTo: number("restoredTo"), restoredAt: number("restoredAt"), older: number("older"), lost: number("lost") };
}
