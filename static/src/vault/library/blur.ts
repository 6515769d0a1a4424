/**
 * The blurred picture that a ThumbHash describes, as an uncompressed BMP: a grid asks for dozens before its first paint, and
 * on a phone the package's own way took a third of that.
 *
 * A ThumbHash holds a few cosine waves of three channels (lightness, yellow to blue, red to green). Waves along one side are
 * summed for each row before those along the other, and each cosine is computed once for all pictures of a size.
 */
const SIDE = 32;
/** Along one side at most. */
const MOST_WAVES = 7;
const HEADER_BYTES = 54;

/** Amplitudes by wave, `at[down * across + along]`; the first is the mean. */
interface Channel {
  readonly across: number;
  readonly down: number;
  readonly at: Float64Array;
}

/** As the hash says it, from its first byte on. */
interface Described {
  readonly width: number;
  readonly height: number;
  readonly channels: readonly [Channel, Channel, Channel];
}

const cosines = new Map<number, Float64Array>();

/** Whether the picture may be seen through, which no BMP can tell. */
export const isTransparent = (hash: Uint8Array): boolean => ((hash[2] ?? 0) & 0x80) !== 0;

/** The file of a hash that is not transparent. */
export function blurredBmp(hash: Uint8Array): Uint8Array {
  const { width, height, channels: [light, yellow, red] } = described(hash);
  const [l, p, q] = [plane(light, width, height), plane(yellow, width, height), plane(red, width, height)];
  const stride = Math.ceil((width * 3) / 4) * 4;
  const file = emptyBmp(width, height, stride);
  for (let y = 0; y < height; y += 1) {
    // The lowest row stands first.
    let at = HEADER_BYTES + (height - 1 - y) * stride;
    for (let x = 0, pixel = y * width; x < width; x += 1, pixel += 1) {
      const [lightness, toYellow] = [l[pixel] ?? 0, p[pixel] ?? 0];
      const blue = lightness - (2 / 3) * toYellow;
      const reddest = (3 * lightness - blue + (q[pixel] ?? 0)) / 2;
      file[at] = byte(blue);
      file[at + 1] = byte(reddest - (q[pixel] ?? 0));
      file[at + 2] = byte(reddest);
      at += 3;
    }
  }
  return file;
}

const byte = (share: number): number => Math.max(0, 255 * Math.min(1, share));

function described(hash: Uint8Array): Described {
  const at = (index: number): number => hash[index] ?? 0;
  const head = at(0) | (at(1) << 8) | (at(2) << 16);
  const tail = at(3) | (at(4) << 8);
  const isLandscape = tail >> 15 !== 0;
  const [along, above] = isLandscape ? [MOST_WAVES, tail & 7] : [tail & 7, MOST_WAVES];
  const ratio = along / above;
  let place = 10;
  const next = (): number => {
    const half = (at(place >> 1) >> ((place & 1) << 2)) & 15;
    place += 1;
    return half / 7.5 - 1;
  };
  const channel = (across: number, down: number, mean: number, scale: number): Channel => {
    const amplitudes = new Float64Array(across * down);
    amplitudes[0] = mean;
    for (let v = 0; v < down; v += 1) {
      for (let u = v === 0 ? 1 : 0; u * down < across * (down - v); u += 1) amplitudes[v * across + u] = 2 * scale * next();
    }
    return { across, down, at: amplitudes };
  };
  const light = channel(Math.max(3, along), Math.max(3, above), (head & 63) / 63, ((head >> 18) & 31) / 31);
  // Colours are a quarter stronger than they were written: few steps make them pale.
  const yellow = channel(3, 3, ((head >> 6) & 63) / 31.5 - 1, (1.25 * ((tail >> 3) & 63)) / 63);
  const red = channel(3, 3, ((head >> 12) & 63) / 31.5 - 1, (1.25 * ((tail >> 9) & 63)) / 63);
  const pixels = (share: number): number => Math.max(1, Math.round(SIDE * Math.min(1, share)));
  return { width: pixels(ratio), height: pixels(1 / ratio), channels: [light, yellow, red] };
}

/** `cosinesOf(size)[wave * size + place]`. */
function cosinesOf(size: number): Float64Array {
  const known = cosines.get(size);
  if (known !== undefined) return known;
  const made = Float64Array.from({ length: MOST_WAVES * size }, (_, index) => Math.cos((Math.PI / size) * ((index % size) + 0.5) * Math.floor(index / size)));
  cosines.set(size, made);
  return made;
}

function plane({ across, down, at }: Channel, width: number, height: number): Float64Array {
  const [alongX, alongY] = [cosinesOf(width), cosinesOf(height)];
  const values = new Float64Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let u = 0; u < across; u += 1) {
      let sum = 0;
      for (let v = 0; v < down; v += 1) sum += (at[v * across + u] ?? 0) * (alongY[v * height + y] ?? 0);
      for (let x = 0; x < width; x += 1) values[y * width + x] = (values[y * width + x] ?? 0) + sum * (alongX[u * width + x] ?? 0);
    }
  }
  return values;
}

function emptyBmp(width: number, height: number, stride: number): Uint8Array {
  const file = new Uint8Array(HEADER_BYTES + stride * height);
  const view = new DataView(file.buffer);
  view.setUint16(0, 0x424d);
  view.setUint32(2, file.length, true);
  view.setUint32(10, HEADER_BYTES, true);
  view.setUint32(14, HEADER_BYTES - 14, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  view.setUint32(34, stride * height, true);
  return file;
}
