/** From the samples of a TIFF to RGBA. Source: TIFF 6.0. */
import { NoPicture } from "../no-picture.ts";

/** Numbers of PhotometricInterpretation. */
const [WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR] = [0, 1, 2, 3, 5, 6];

/** How the samples of one picture are to be read. */
export interface Colours {
  readonly photometric: number;
  /** Bits of each sample: 1, 2, 4, 8 or 16. */
  readonly bits: number;
  /** Samples that make a colour; one more where there is alpha. */
  readonly count: number;
  readonly alpha: "none" | "straight" | "premultiplied";
  /** Reds, then greens, then blues, 16 bits each. */
  readonly palette: Uint16Array | null;
}

/** How many samples make a colour. @throws NoPicture for colours that are not read, such as Lab and raw sensor data. */
export function samplesOf(photometric: number): number {
  if (photometric === RGB || photometric === YCBCR) return 3;
  if (photometric === CMYK) return 4;
  if (photometric === WHITE_IS_ZERO || photometric === BLACK_IS_ZERO || photometric === PALETTE) return 1;
  throw new NoPicture("no_decoder");
}

type Pixel = (samples: ArrayLike<number>, at: number, put: (red: number, green: number, blue: number) => void) => void;

function pixelReader({ photometric, bits, palette }: Colours): Pixel {
  const most = 2 ** bits - 1;
  // Signed numbers are read as if they were not: so every other program shows them.
  const level = (samples: ArrayLike<number>, at: number): number => (((samples[at] ?? 0) & most) * 255) / most;
  switch (photometric) {
    case PALETTE: {
      const colours = most + 1;
      if (palette === null || palette.length < colours * 3) throw new NoPicture("broken_picture");
      return (samples, at, put) => {
        const index = samples[at] ?? 0;
        put((palette[index] ?? 0) / 257, (palette[index + colours] ?? 0) / 257, (palette[index + 2 * colours] ?? 0) / 257);
      };
    }
    case RGB: return (samples, at, put) => { put(level(samples, at), level(samples, at + 1), level(samples, at + 2)); };
    case CMYK: return (samples, at, put) => {
      const light = (255 - level(samples, at + 3)) / 255;
      put((255 - level(samples, at)) * light, (255 - level(samples, at + 1)) * light, (255 - level(samples, at + 2)) * light);
    };
    case YCBCR: return (samples, at, put) => {
      const [y, blue, red] = [level(samples, at), level(samples, at + 1) - 128, level(samples, at + 2) - 128];
      put(y + 1.402 * red, y - 0.344136 * blue - 0.714136 * red, y + 1.772 * blue);
    };
    default: return (samples, at, put) => {
      const grey = photometric === WHITE_IS_ZERO ? 255 - level(samples, at) : level(samples, at);
      put(grey, grey, grey);
    };
  }
}

/** Writes the pixels of `samples` into `pixels`, four bytes each; both hold the same pixels in the same order. */
export function paint(samples: ArrayLike<number>, colours: Colours, pixels: Uint8ClampedArray): void {
  const read = pixelReader(colours);
  const most = 2 ** colours.bits - 1;
  const step = colours.count + (colours.alpha === "none" ? 0 : 1);
  let at = 0;
  let share = 1;
  const put = (red: number, green: number, blue: number): void => {
    pixels[at] = red * share;
    pixels[at + 1] = green * share;
    pixels[at + 2] = blue * share;
  };
  for (let from = 0; at < pixels.length; from += step, at += 4) {
    const alpha = colours.alpha === "none" ? 1 : (samples[from + colours.count] ?? 0) / most;
    share = colours.alpha === "premultiplied" && alpha > 0 ? 1 / alpha : 1;
    read(samples, from, put);
    pixels[at + 3] = alpha * 255;
  }
}
