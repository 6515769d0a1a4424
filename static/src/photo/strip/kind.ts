/**
 * Which format a file really is, from its signature and first structures; never from its name.
 */

import { byteAt, spells, typeAt, uint16, uint32, uint32Little } from "./bytes.ts";
import { CannotStrip } from "./refusal.ts";

export type PhotoKind =
  | "jpeg" | "png" | "webp" | "gif" | "heic" | "avif" | "jxl" | "tiff" | "dng"
  | "raw-cr2" | "raw-cr3" | "raw-nef" | "raw-arw" | "raw-raf" | "raw-rw2" | "raw-orf" | "raw-other"
  | "unknown";

const MEDIA_TYPES: Readonly<Record<PhotoKind, string>> = {
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  gif: "image/gif",
  heic: "image/heic",
  avif: "image/avif",
  jxl: "image/jxl",
  tiff: "image/tiff",
  dng: "image/x-adobe-dng",
  "raw-cr2": "image/x-canon-cr2",
  "raw-cr3": "image/x-canon-cr3",
  "raw-nef": "image/x-nikon-nef",
  "raw-arw": "image/x-sony-arw",
  "raw-raf": "image/x-fuji-raf",
  "raw-rw2": "image/x-panasonic-rw2",
  "raw-orf": "image/x-olympus-orf",
  "raw-other": "image/x-raw",
  unknown: "application/octet-stream",
};

/** The media type to store beside the picture. */
export const mediaTypeOf = (kind: PhotoKind): string => MEDIA_TYPES[kind];

/** Whether a text names a format, as in a document that somebody else wrote. */
export const isPhotoKind = (text: string): text is PhotoKind => Object.hasOwn(MEDIA_TYPES, text);

/** True for camera RAW that cannot be cleaned without harm and is kept whole. DNG is not among them. */
export const isKeptWhole = (kind: PhotoKind): boolean => kind.startsWith("raw-");

const HEIF_BRANDS = new Set([
  "avif", "avis", "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1", "mif2", "miaf", "avci",
]);

function kindOfBoxes(bytes: Uint8Array): PhotoKind {
  const size = uint32(bytes, 0);
  if (size < 16 || size > bytes.length || size % 4 !== 0) return "unknown";
  const brands = new Set([typeAt(bytes, 8)]);
  for (let at = 16; at + 4 <= Math.min(size, 256); at += 4) brands.add(typeAt(bytes, at));
  if (brands.has("crx ")) return "raw-cr3";
  if (brands.has("avif") || brands.has("avis")) return "avif";
  return [...brands].some((brand) => HEIF_BRANDS.has(brand)) ? "heic" : "unknown";
}

/** The few TIFF entries that tell a RAW file from a plain TIFF. */
interface TiffSigns {
  isDng: boolean;
  isMosaic: boolean;
  make: string;
}

const DIRECTORY_LIMIT = 16;

class TiffScan {
  readonly #view: DataView;
  readonly #little: boolean;
  readonly #bytes: Uint8Array;
  readonly signs: TiffSigns = { isDng: false, isMosaic: false, make: "" };
  #directories = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#little = bytes[0] === 0x49;
  }

  /** Read one directory and those nested under it; false where it does not fit in the file. */
  directory(offset: number, depth: number): boolean {
    this.#directories += 1;
    if (this.#directories > DIRECTORY_LIMIT) return true;
    if (offset < 8 || offset + 2 > this.#bytes.length) return false;
    const count = this.#view.getUint16(offset, this.#little);
    if (count === 0 || offset + 2 + 12 * count > this.#bytes.length) return false;
    for (let k = 0; k < count; k += 1) this.#entry(offset + 2 + 12 * k, depth);
    return true;
  }

  #entry(at: number, depth: number): void {
    const tag = this.#view.getUint16(at, this.#little);
    const type = this.#view.getUint16(at + 2, this.#little);
    const count = this.#view.getUint32(at + 4, this.#little);
    const value = type === 3 ? this.#view.getUint16(at + 8, this.#little) : this.#view.getUint32(at + 8, this.#little);
    if (tag === 0xc612) this.signs.isDng = true;
    if (tag === 0x0106 && (value === 32803 || value === 34892)) this.signs.isMosaic = true;
    if (tag === 0x0103 && (value === 34713 || value === 32767)) this.signs.isMosaic = true;
    if (tag === 0x010f && count > 4 && value + 5 <= this.#bytes.length && this.signs.make === "") {
      this.signs.make = String.fromCharCode(...this.#bytes.subarray(value, value + 5)).toUpperCase();
    }
    if (tag !== 0x014a || depth > 1) return;
    for (let k = 0; k < Math.min(count, 8); k += 1) {
      const place = count === 1 ? at + 8 : value + 4 * k;
      if (place + 4 <= this.#bytes.length) this.directory(this.#view.getUint32(place, this.#little), depth + 1);
    }
  }
}

function kindOfTiff(bytes: Uint8Array): PhotoKind {
  const little = bytes[0] === 0x49;
  const version = little ? byteAt(bytes, 2) | (byteAt(bytes, 3) << 8) : uint16(bytes, 2);
  if (version === 43) return "tiff";
  if (little && (version === 0x4f52 || version === 0x5352)) return "raw-orf";
  if (!little && version === 0x4f52) return "raw-orf";
  if (little && version === 0x55) return "raw-rw2";
  if (version !== 42) return "unknown";
  if (spells(bytes, 8, "CR\x02")) return "raw-cr2";
  const scan = new TiffScan(bytes);
  if (!scan.directory(little ? uint32Little(bytes, 4) : uint32(bytes, 4), 0)) return "unknown";
  if (scan.signs.isDng) return "dng";
  if (!scan.signs.isMosaic) return "tiff";
  if (scan.signs.make === "NIKON") return "raw-nef";
  if (scan.signs.make.startsWith("SONY")) return "raw-arw";
  // A sensor's mosaic by whatever maker: Pentax, Samsung, Hasselblad, Leaf and the rest.
  return scan.signs.make.startsWith("OLYM") ? "raw-orf" : "raw-other";
}

/** Canon's first RAW, Sigma's and Minolta's, which are no TIFF. */
const isOtherRaw = (bytes: Uint8Array): boolean =>
  (spells(bytes, 0, "II") && spells(bytes, 6, "HEAPCCDR")) || spells(bytes, 0, "FOVb") || spells(bytes, 0, "\0MRM");

function signedKind(bytes: Uint8Array): PhotoKind {
  if (spells(bytes, 0, "\xff\xd8\xff")) return byteAt(bytes, 3) >= 0xc0 ? "jpeg" : "unknown";
  if (spells(bytes, 0, "\x89PNG\r\n\x1a\n")) return spells(bytes, 8, "\0\0\0\rIHDR") ? "png" : "unknown";
  if (spells(bytes, 0, "RIFF") && spells(bytes, 8, "WEBP")) return spells(bytes, 12, "VP8") ? "webp" : "unknown";
  if (spells(bytes, 0, "GIF87a") || spells(bytes, 0, "GIF89a")) return bytes.length > 13 ? "gif" : "unknown";
  if (spells(bytes, 0, "\xff\x0a") || spells(bytes, 0, "\0\0\0\x0cJXL \r\n\x87\n")) return "jxl";
  if (spells(bytes, 4, "ftyp")) return kindOfBoxes(bytes);
  if (spells(bytes, 0, "FUJIFILMCCD-RAW ")) return "raw-raf";
  if (isOtherRaw(bytes)) return "raw-other";
  return spells(bytes, 0, "II") || spells(bytes, 0, "MM") ? kindOfTiff(bytes) : "unknown";
}

/** The format of these bytes; "unknown" for anything else, and never an error. */
export function kindOf(bytes: Uint8Array): PhotoKind {
  try {
    return signedKind(bytes);
  } catch (error) {
    if (error instanceof CannotStrip) return "unknown";
    throw error;
  }
}
