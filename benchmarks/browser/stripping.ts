/** Stripping a JPEG of a given size, beside copying its bytes once. */
import { plantedJpeg, SCAN } from "../../static/src/photo/fixtures.ts";
import { strip } from "../../static/src/photo/strip/strip.ts";
import { interleaved, noise, type Samples } from "./rounds.ts";

export interface Options {
  readonly size: number;
  readonly rounds: number;
}

/** A planted JPEG whose picture is `size` bytes of entropy-coded noise. */
function photo(size: number): Uint8Array {
  const frame = plantedJpeg();
  const at = frame.findIndex((_, start) => SCAN.every((byte, step) => frame[start + step] === byte));
  if (at < 0) throw new Error("the planted JPEG has no scan");
  // In a scan 0xff is followed by 0x00; one byte in 256 is, as in real photos.
  const scan = noise(size);
  for (let index = 0; index < size; index += 1) if (scan[index] === 0xff) scan[index + 1 < size ? (index += 1) : index] = 0;
  const whole = new Uint8Array(frame.length - SCAN.length + size);
  whole.set(frame.subarray(0, at));
  whole.set(scan, at);
  whole.set(frame.subarray(at + SCAN.length), at + size);
  return whole;
}

/** Milliseconds a round. */
export async function measureStripping({ size, rounds }: Options): Promise<Samples> {
  const bytes = photo(size);
  return await interleaved(rounds, {
    vault: () => {
      const { bytes: clean, removed } = strip(bytes);
      if (removed.length === 0 || clean.length < size) throw new Error("nothing was stripped, or too much");
    },
    copy: () => {
      if (bytes.slice().length !== bytes.length) throw new Error("not copied");
    },
  });
}
