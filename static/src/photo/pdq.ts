/**
 * PDQ: a perceptual hash of 256 bits by which two renderings of one picture are known. Made here so that a picture that must
 * not leave a device is compared without leaving it. Specified in "The TMK+PDQF video-hashing algorithm and the PDQ
 * image-hashing algorithm" (Facebook, 2019); `sharing/pdq.py` is the same in Python, and `tests/vectors/pdq.json` holds both.
 */

/** RGBA, as a canvas gives it. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

export interface PdqHash {
  readonly hash: Uint8Array<ArrayBuffer>;
  /** 0 to 100; below 50 there is too little in a picture to know it by. */
  readonly quality: number;
}

const SIDE = 64;
const KEPT = 16;
const LEAST_SIDE = 5;
const PASSES = 2;

/** The hash (32 bytes) and the quality of a picture. */
export function pdqOf(pixels: Pixels): PdqHash {
  const { width, height } = pixels;
  if (Math.min(width, height) < LEAST_SIDE) return { hash: new Uint8Array(32), quality: 0 };
  const luma = lumaOf(pixels);
  const small = width === SIDE && height === SIDE ? luma : decimated(blurred(luma, width, height), width, height);
  const spectrum = transformed(small);
  const middle = [...spectrum].sort((a, b) => a - b)[KEPT * KEPT / 2 - 1] ?? 0;
  const hash = new Uint8Array(32);
  // The first frequency is the last bit.
  for (const [place, value] of spectrum.entries()) {
    if (value > middle) hash[31 - (place >> 3)] = (hash[31 - (place >> 3)] ?? 0) | (1 << (place & 7));
  }
  return { hash, quality: qualityOf(small) };
}

function lumaOf({ width, height, data }: Pixels): Float32Array {
  const luma = new Float32Array(width * height);
  for (let place = 0; place < luma.length; place += 1) {
    luma[place] = (data[place * 4] ?? 0) * 0.299 + (data[place * 4 + 1] ?? 0) * 0.587 + (data[place * 4 + 2] ?? 0) * 0.114;
  }
  return luma;
}

function blurred(luma: Float32Array, width: number, height: number): Float32Array {
  let plane = luma;
  for (let pass = 0; pass < PASSES; pass += 1) {
    plane = boxed(plane, { lines: height, length: width, lineStep: width, step: 1 });
    plane = boxed(plane, { lines: width, length: height, lineStep: 1, step: width });
  }
  return plane;
}

interface Lines {
  readonly lines: number;
  readonly length: number;
  readonly lineStep: number;
  readonly step: number;
}

/** The mean of a window around each sample of each line; cut off at the ends, an even window reaching one further on. */
function boxed(plane: Float32Array, { lines, length, lineStep, step }: Lines): Float32Array {
  const window = Math.floor((length + 2 * SIDE - 1) / (2 * SIDE));
  const before = Math.floor((window + 2) / 2) - 1;
  const after = window - before - 1;
  const out = new Float32Array(plane.length);
  const sums = new Float64Array(length + 1);
  for (let line = 0; line < lines; line += 1) {
    for (let place = 0; place < length; place += 1) sums[place + 1] = (sums[place] ?? 0) + (plane[line * lineStep + place * step] ?? 0);
    for (let place = 0; place < length; place += 1) {
      const first = Math.max(place - after, 0);
      const last = Math.min(place + before + 1, length);
      out[line * lineStep + place * step] = ((sums[last] ?? 0) - (sums[first] ?? 0)) / (last - first);
    }
  }
  return out;
}

function decimated(plane: Float32Array, width: number, height: number): Float32Array {
  const small = new Float32Array(SIDE * SIDE);
  for (let row = 0; row < SIDE; row += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      const from = Math.floor(((row + 0.5) * height) / SIDE) * width + Math.floor(((column + 0.5) * width) / SIDE);
      small[row * SIDE + column] = plane[from] ?? 0;
    }
  }
  return small;
}

/** The sixteen lowest frequencies of each axis, without the constant one. */
function transformed(small: Float32Array): Float64Array {
  const scale = Math.sqrt(2 / SIDE);
  const wave = (frequency: number, place: number): number => scale * Math.cos((Math.PI / (2 * SIDE)) * frequency * (2 * place + 1));
  const across = new Float64Array(KEPT * SIDE);
  const out = new Float64Array(KEPT * KEPT);
  for (let i = 0; i < KEPT; i += 1) {
    for (let k = 0; k < SIDE; k += 1) {
      const factor = wave(i + 1, k);
      for (let column = 0; column < SIDE; column += 1) {
        across[i * SIDE + column] = (across[i * SIDE + column] ?? 0) + factor * (small[k * SIDE + column] ?? 0);
      }
    }
  }
  for (let i = 0; i < KEPT; i += 1) {
    for (let j = 0; j < KEPT; j += 1) {
      let sum = 0;
      for (let k = 0; k < SIDE; k += 1) sum += (across[i * SIDE + k] ?? 0) * wave(j + 1, k);
      out[i * KEPT + j] = sum;
    }
  }
  return out;
}

/** How much there is to see: steps between neighbours, in whole percents. */
function qualityOf(small: Float32Array): number {
  let sum = 0;
  for (let row = 0; row < SIDE; row += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      const here = small[row * SIDE + column] ?? 0;
      if (row + 1 < SIDE) sum += percents(here - (small[(row + 1) * SIDE + column] ?? 0));
      if (column + 1 < SIDE) sum += percents(here - (small[row * SIDE + column + 1] ?? 0));
    }
  }
  return Math.min(100, Math.floor(sum / 90));
}

function percents(step: number): number {
  return Math.abs(Math.trunc(Math.fround(Math.fround(Math.fround(step) * 100) / 255)));
}

/** In how many of 256 bits two hashes differ: at most 31 between renderings of one picture. */
export function pdqDistance(first: Uint8Array, second: Uint8Array): number {
  let differing = 0;
  for (const [place, byte] of first.entries()) {
    for (let bits = byte ^ (second[place] ?? 0); bits !== 0; bits &= bits - 1) differing += 1;
  }
  return differing;
}
