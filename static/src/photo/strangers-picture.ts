/**
 * Pictures that somebody nobody vouches for made, before this device shows them.
 *
 * What such a file says of itself counts for nothing: its format is that of its signature, and its size in pixels is
 * read from its header before any decoder sees it, within what a picture of its kind needs.
 */
import { readFacts } from "./facts.ts";
import { isDecodable, MOST_PIXELS, NoPicture } from "./no-picture.ts";
import { kindOf, mediaTypeOf, type PhotoKind } from "./strip/kind.ts";

/** Formats every browser shows by itself; none of them can hold a script, as SVG could. */
const SHOWN: ReadonlySet<PhotoKind> = new Set(["jpeg", "png", "webp", "gif", "avif"]);

type Bounds = Readonly<Record<"bytes" | "pixels", number>>;

/** Our devices make 320 and 1600 pixels a side; other clients may make somewhat more. Many small ones are shown at once. */
export const BOUNDS: Readonly<Record<"original" | "preview" | "thumbnail", Bounds>> = {
  thumbnail: { bytes: 1_000_000, pixels: 1_000_000 },
  preview: { bytes: 12_000_000, pixels: 12_000_000 },
  original: { bytes: 60_000_000, pixels: MOST_PIXELS },
};

/** The same bytes, typed as what they are. @throws NoPicture unless they may be decoded to be shown as this part. */
export async function strangersPicture(file: Blob, part: keyof typeof BOUNDS): Promise<Blob> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const kind = kindOf(bytes);
  if (!SHOWN.has(kind)) throw new NoPicture("no_decoder");
  const { width, height } = readFacts(bytes, null);
  isDecodable(kind, width, height);
  if ((width ?? 0) * (height ?? 0) > BOUNDS[part].pixels) throw new NoPicture("too_many_pixels");
  return new Blob([bytes], { type: mediaTypeOf(kind) });
}
