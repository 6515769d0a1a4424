/** What may be decoded, and why there may be no picture of a photo. */
import type { PhotoKind } from "./strip/kind.ts";

/** Why there is no picture. Stable codes; the original is kept whatever they say. */
export type NoPictureCode = "too_many_pixels" | "unknown_size" | "no_decoder" | "broken_picture" | "too_slow" | "canvas_noise";

const SENTENCES: Readonly<Record<NoPictureCode, string>> = {
  too_many_pixels: "This picture has more pixels than can be shown safely. The original is kept.",
  unknown_size: "The size of this picture could not be read. The original is kept.",
  no_decoder: "This browser cannot show this format. The original is kept.",
  broken_picture: "This picture is broken and cannot be shown. The original is kept.",
  too_slow: "This picture took too long to open. The original is kept.",
  canvas_noise: "This browser alters the pictures it draws, so no thumbnail was made. The original is kept.",
};

export class NoPicture extends Error {
  override readonly name = "NoPicture";

  constructor(readonly code: NoPictureCode) {
    super(SENTENCES[code]);
  }
}

/** 400 MB of pixels, more than any camera but a few makes. */
export const MOST_PIXELS = 100_000_000;
/** What no canvas or texture takes. */
const LONGEST_SIDE = 32_767;

/** Kinds that this browser or a decoder we ship may know. */
const DECODED: ReadonlySet<PhotoKind> = new Set(["jpeg", "png", "webp", "gif", "avif", "heic", "jxl", "tiff"]);

/** @throws NoPicture unless a picture of this size may be decoded. */
export function isDecodable(kind: PhotoKind, width: number | null, height: number | null): void {
  if (!DECODED.has(kind)) throw new NoPicture("no_decoder");
  if (width === null || height === null || width < 1 || height < 1) throw new NoPicture("unknown_size");
  if (width * height > MOST_PIXELS || Math.max(width, height) > LONGEST_SIDE) throw new NoPicture("too_many_pixels");
}
