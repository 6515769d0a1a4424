/** Contenders take turns, so that whatever disturbs the machine disturbs all of them. */

export type Contender = () => void | Promise<void>;
/** Milliseconds by contender, round by round. */
export type Samples = Record<string, number[]>;

/** Everyone once unmeasured, then `rounds` times in turn, from the other end every second time. */
export async function interleaved(rounds: number, contenders: Readonly<Record<string, Contender>>): Promise<Samples> {
  const names = Object.keys(contenders);
  const found: Samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const started = performance.now();
      await contenders[name]?.();
      if (round >= 0) found[name]?.push(performance.now() - started);
    }
  }
  return found;
}

/** So many random bytes; more than the browser gives in one call. */
export function noise(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}
