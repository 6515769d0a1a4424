/** The picture of a file without anything else in it: the file itself cleaned, or of a RAW the picture its camera put inside. */
import { owned, type Bytes } from "../crypto/bytes.ts";
import type { DecodeRequest } from "../photo/decode.ts";
import { readFacts } from "../photo/facts.ts";
import { NoPicture } from "../photo/no-picture.ts";
import { largestPreview } from "../photo/raw-preview.ts";
import { isKeptWhole, kindOf, mediaTypeOf, strip } from "../photo/strip/strip.ts";
import type { Derived } from "../photo/thumbnails.ts";
import { decodeRequestFor } from "./decode-plan.ts";

export interface CleanPicture {
  /** Media type of `bytes`. */
  readonly type: string;
  readonly bytes: Bytes;
  /** Pixels, upright. */
  readonly width: number;
  readonly height: number;
  /** WebP; null where no picture could be made, or the original is no larger. */
  readonly preview: Blob | null;
  readonly thumbnail: Blob | null;
  /** Kinds of what was taken out. */
  readonly removed: readonly string[];
}

/** Nothing of a RAW file goes along but its picture, so all that it may hold is gone. */
const OF_A_RAW = ["place", "capture-time", "camera", "lens", "camera-settings", "serial-number", "maker-note", "preview"] as const;

/** A file without anything in it but its picture. */
export type CleanFile = Pick<CleanPicture, "bytes" | "removed">;

/** @throws CannotStrip, NoPicture. */
export async function cleanPicture(bytes: Bytes, derive: (request: DecodeRequest) => Promise<Derived>): Promise<CleanPicture> {
  const { bytes: clean, removed } = await cleanFile(bytes, derive);
  return { ...(await pictured(clean, derive)), removed };
}

/** The same without small pictures. @throws CannotStrip, NoPicture. */
export async function cleanFile(bytes: Bytes, derive: (request: DecodeRequest) => Promise<Derived>): Promise<CleanFile> {
  if (isKeptWhole(kindOf(bytes))) return { bytes: await insideRaw(bytes, derive), removed: OF_A_RAW };
  const { bytes: clean, removed } = strip(bytes);
  return { bytes: owned(clean), removed: removed.map((each) => each.kind) };
}

async function insideRaw(bytes: Bytes, derive: (request: DecodeRequest) => Promise<Derived>): Promise<Bytes> {
  const kind = kindOf(bytes);
  const facts = readFacts(bytes, null);
  const span = largestPreview(bytes, kind);
  const inside = span === null ? null : owned(bytes.subarray(span.start, span.end));
  // A picture that only the RAW around it says how to turn would lie on its side alone.
  if (inside !== null && (facts.orientation === 1 || readFacts(inside, null).orientation !== 1)) return owned(strip(inside).bytes);
  const derived = await derive(decodeRequestFor(new Blob([bytes]), bytes, kind, facts));
  return new Uint8Array(await (derived.preview ?? derived.thumbnail).arrayBuffer());
}

async function pictured(bytes: Bytes, derive: (request: DecodeRequest) => Promise<Derived>): Promise<Omit<CleanPicture, "removed">> {
  const kind = kindOf(bytes);
  const facts = readFacts(bytes, null);
  const file = new Blob([bytes], { type: mediaTypeOf(kind) });
  try {
    const { preview, thumbnail, width, height } = await derive(decodeRequestFor(file, bytes, kind, facts));
    return { type: mediaTypeOf(kind), bytes, width, height, preview, thumbnail };
  } catch (error) {
    // No small pictures are no reason not to share the photo.
    if (!(error instanceof NoPicture)) throw error;
    const [width, height] = [facts.width ?? 0, facts.height ?? 0];
    return { type: mediaTypeOf(kind), bytes, ...(facts.orientation >= 5 ? { width: height, height: width } : { width, height }), preview: null, thumbnail: null };
  }
}
