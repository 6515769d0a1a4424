/** A cleaned file, turned as its owner turned the photo in the vault: what everyone sees stands as the owner sees it. */
import { owned, type Bytes } from "../crypto/bytes.ts";
import { turnedOrientation } from "../export/photo.ts";
import type { DecodeRequest } from "../photo/decode.ts";
import { readFacts } from "../photo/facts.ts";
import { concat, fromLatin1, toUint16 } from "../photo/strip/bytes.ts";
import { byteOrder, decoderHints, minimalExif, readExifBlock } from "../photo/strip/exif-block.ts";
import { Findings } from "../photo/strip/findings.ts";
import { kindOf, strip, walk } from "../photo/strip/strip.ts";
import type { Derived } from "../photo/thumbnails.ts";
import type { Rotation } from "../vault/library/documents.ts";
import { decodeRequestFor } from "./decode-plan.ts";

const START = 2;
/** Where {@link minimalExif} writes the orientation. */
const ORIENTATION_AT = 19;

/** @throws CannotStrip, NoPicture. */
export async function turnedFile(clean: Bytes, rotation: Rotation, derive: (request: DecodeRequest) => Promise<Derived>): Promise<Bytes> {
  if (rotation === 0) return clean;
  const kind = kindOf(clean);
  if (kind === "jpeg") return turnedJpeg(clean, rotation);
  const request = decodeRequestFor(new Blob([clean]), clean, kind, readFacts(clean, null));
  const { preview, thumbnail } = await derive({ ...request, orientation: turnedOrientation(request.orientation, rotation) });
  return new Uint8Array(await (preview ?? thumbnail).arrayBuffer());
}

/** Not one pixel changes: the first EXIF block of a JPEG says how it stands, and cleaning leaves no other. */
function turnedJpeg(clean: Bytes, rotation: Rotation): Bytes {
  const findings = new Findings();
  walk(clean, "jpeg", findings);
  const { exif } = findings;
  const { orientation, adobeRgb } = exif === null ? { orientation: 1, adobeRgb: 0 } : decoderHints(readExifBlock(exif), byteOrder(exif) ?? false);
  const block = minimalExif({ orientation: 2, adobeRgb }) ?? new Uint8Array();
  block[ORIENTATION_AT] = turnedOrientation(orientation || 1, rotation);
  const payload = concat([fromLatin1("Exif\0\0"), block]);
  const segment = concat([Uint8Array.of(0xff, 0xe1), toUint16(payload.length + 2), payload]);
  return owned(strip(concat([clean.subarray(0, START), segment, clean.subarray(START)])).bytes);
}
