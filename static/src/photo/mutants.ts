/**
 * Hostile files for tests: every truncation and seeded random damage of a sample.
 */

import { CannotStrip, strip } from "./strip/strip.ts";

/** A small repeatable random source (xorshift). Returns whole numbers below `limit`. */
export function randomSource(seed: number): (limit: number) => number {
  let state = seed | 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(1, limit);
  };
}

/** One damaged copy: bytes changed, lengths made extreme, pieces cut out or doubled. */
export function mutant(sample: Uint8Array, random: (limit: number) => number): Uint8Array {
  const copy = sample.slice();
  const times = 1 + random(6);
  for (let k = 0; k < times; k += 1) {
    const at = random(copy.length);
    const how = random(6);
    if (how === 0) copy[at] = random(256);
    else if (how === 1) copy[at] = (copy[at] ?? 0) ^ (1 << random(8));
    else if (how === 2) copy.fill(0xff, at, at + 1 + random(8));
    else if (how === 3) copy.fill(0, at, at + 1 + random(8));
    else if (how === 4) copy.copyWithin(at, random(copy.length), random(copy.length));
    else copy.set([0, 0, 0, random(32)].slice(0, copy.length - at), at);
  }
  return random(8) === 0 ? copy.subarray(0, random(copy.length)) : copy;
}

/** Strip, and let only a plain refusal pass. Returns null when refused. */
export function stripOrRefuse(bytes: Uint8Array): Uint8Array | null {
  try {
    return strip(bytes).bytes;
  } catch (error) {
    if (error instanceof CannotStrip) return null;
    throw error;
  }
}
