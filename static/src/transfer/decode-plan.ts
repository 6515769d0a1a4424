/** Which picture to decode for the thumbnails of a file, if any. Measures before anything is decoded. */
import { owned } from "../crypto/bytes.ts";
import type { DecodeRequest } from "../photo/decode.ts";
import { readFacts, type Facts } from "../photo/facts.ts";
import { isDecodable, NoPicture } from "../photo/no-picture.ts";
import { firstPageSize, largestPreview } from "../photo/raw-preview.ts";
import type { PhotoKind } from "../photo/strip/kind.ts";

/** Cameras also keep stamps of a few pixels, which would only look broken. */
const SMALLEST_PREVIEW = 120;

const isRaw = (kind: PhotoKind): boolean => kind === "dng" || kind.startsWith("raw-");

/** Some programs put a picture without compression into a DNG, where a TIFF has its first page. */
function plainPictureOf(file: Blob, bytes: Uint8Array, kind: PhotoKind, facts: Facts): DecodeRequest {
  const size = kind === "dng" ? firstPageSize(bytes) : null;
  if (size === null || Math.max(size.width, size.height) < SMALLEST_PREVIEW) throw new NoPicture("no_decoder");
  isDecodable("tiff", size.width, size.height);
  return { source: file, kind: "tiff", orientation: facts.orientation };
}

/** A RAW file is shown by the JPEG its camera put inside, turned as the RAW says unless that JPEG knows itself. */
function previewOfRaw(file: Blob, bytes: Uint8Array, kind: PhotoKind, facts: Facts): DecodeRequest {
  const span = largestPreview(bytes, kind);
  if (span === null) return plainPictureOf(file, bytes, kind, facts);
  const preview = owned(bytes.subarray(span.start, span.end));
  const { width, height, orientation } = readFacts(preview, null);
  isDecodable("jpeg", width, height);
  if (Math.max(width ?? 0, height ?? 0) < SMALLEST_PREVIEW) throw new NoPicture("no_decoder");
  return { source: new Blob([preview], { type: "image/jpeg" }), kind: "jpeg", orientation: orientation === 1 ? facts.orientation : 1 };
}

/**
 * What to decode. `file` is handed over by reference, so a large one is not copied.
 *
 * @throws NoPicture where there is nothing that could, or should, be decoded.
 */
export function decodeRequestFor(file: Blob, bytes: Uint8Array, kind: PhotoKind, facts: Facts): DecodeRequest {
  if (isRaw(kind)) return previewOfRaw(file, bytes, kind, facts);
  isDecodable(kind, facts.width, facts.height);
  return { source: file, kind, orientation: kind === "tiff" ? facts.orientation : 1 };
}
