/**
 * What this device was told of one photo or album, and when: numbers that only rise.
 *
 * A restored service has forgotten the newest, and its public log says how far back it went. That explains what was told
 * between its backup and its restore and never since, and nothing else: such numbers may fall once, down to what was told before.
 */

/** A restoration that the public log bears out. Milliseconds since 1970; whole seconds, as the log says them. */
export interface ProvenRestoration {
  readonly restoredTo: number;
  readonly restoredAt: number;
}

/** The same numbers, as they were told for the first and for the last time: `[first, last, ...numbers]`, in milliseconds. */
export type Sighting = readonly [first: number, last: number, ...numbers: number[]];

/** All that counts, the newest last. */
export type Sightings = readonly Sighting[];

/** When something is told, and what is known of a restore. */
export interface Occasion {
  readonly now: number;
  readonly restoration: ProvenRestoration | null;
}

/** What is kept before there were sightings was told at some time: nothing explains that it is forgotten. */
export const toldSometime = (numbers: readonly number[]): Sightings => [[0, 0, ...numbers]];

const SECOND = 1000;
const DAY = 86_400 * SECOND;
/** No restoration goes back farther than 23 days, and none explains anything from longer ago. */
const KEPT = (23 + 7) * DAY;

const numbersIn = ([, , ...numbers]: Sighting): readonly number[] => numbers;

/** Whether numbers are of an older state than the last of these. */
export function isOlder(numbers: readonly number[], than: Sightings): boolean {
  const last = than.at(-1);
  return last !== undefined && numbersIn(last).some((number, at) => (numbers[at] ?? 0) < number);
}

/** What the service cannot have forgotten. Its backup may be of any moment of its second. */
export function owedOf(told: Sightings, restoration: ProvenRestoration | null): Sightings {
  if (restoration === null) return told;
  const { restoredTo, restoredAt } = restoration;
  return told.filter(([first, last]) => !(restoredTo + SECOND <= first && last < restoredAt));
}

/** These numbers are told now: what is remembered from here on. Older ones are asked about first. */
export function withTold(told: Sightings, numbers: readonly number[], now: number): Sightings {
  const last = told.at(-1);
  const isSame = last !== undefined && numbersIn(last).every((number, at) => numbers[at] === number);
  const all: Sighting[] = isSame ? [...told.slice(0, -1), [last[0], now, ...numbers]] : [...told, [now, now, ...numbers]];
  const firstKept = all.findIndex((_each, at) => (all[at + 1]?.[1] ?? Infinity) >= now - KEPT);
  return all.slice(firstKept);
}
