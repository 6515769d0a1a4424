/**
 * PNG and animated PNG: keeps the chunks that make up the picture, and of the image data
 * only what belongs to its zlib stream.
 *
 * Source: PNG specification, third edition.
 */

import { byteAt, concat, fromLatin1, spells, toUint32, typeAt, uint32 } from "./bytes.ts";
import { DamagedStream, packStored, unpack, UnfinishedStream, zlibLength } from "./deflate.ts";
import type { Findings } from "./findings.ts";
import { cleanProfile } from "./icc.ts";
import { Hints } from "./noted.ts";
import { PixelLayout } from "./png-size.ts";
import { CannotStrip } from "./refusal.ts";

const SIGNATURE = 8;
const CHUNK_LIMIT = 200_000;
const PROFILE_LIMIT = 1 << 23;
const TEXT_LIMIT = 1 << 20;
/** All frames together, unpacked: what takes longer than this to walk is no photo. */
const PICTURE_LIMIT = 2 ** 32;
const FRAME_CONTROL_SIZE = 26;

/** The most bytes each kept chunk may hold; a longer one is hiding something. */
const LARGEST: Readonly<Record<string, number>> = {
  IHDR: 13, PLTE: 768, tRNS: 256, cHRM: 32, gAMA: 4, sBIT: 4, sRGB: 1, cICP: 4, mDCV: 24, cLLI: 8,
  bKGD: 6, hIST: 512, pHYs: 9, acTL: 8, fcTL: FRAME_CONTROL_SIZE,
};

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, start) => {
  let value = start;
  for (let k = 0; k < 8; k += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (CRC_TABLE[(value ^ byte) & 255] ?? 0) ^ (value >>> 8);
  return ~value >>> 0;
}

/** A whole chunk with its length and checksum. */
export function pngChunk(type: string, payload: Uint8Array): Uint8Array {
  const body = concat([fromLatin1(type), payload]);
  return concat([toUint32(payload.length), body, toUint32(crc32(body))]);
}

/** One piece of a frame's image data, and where it stands in the output. */
interface Piece {
  readonly type: string;
  readonly place: number;
  readonly payload: Uint8Array;
}

class PngWalk {
  readonly #bytes: Uint8Array;
  readonly #findings: Findings;
  readonly #hints = new Hints();
  readonly #output: Uint8Array[] = [];
  readonly #seen = new Set<string>();
  #frame: Piece[] = [];
  #layout: PixelLayout | null = null;
  #frameSize: readonly [width: number, height: number] | null = null;
  #unpacked = 0;
  #exifPlace = 0;
  #hasProfile = false;

  constructor(bytes: Uint8Array, findings: Findings) {
    this.#bytes = bytes;
    this.#findings = findings;
  }

  run(): Uint8Array {
    if (!spells(this.#bytes, 12, "IHDR") || uint32(this.#bytes, 8) !== 13) throw new CannotStrip("broken_structure", "IHDR");
    this.#layout = new PixelLayout(this.#bytes, 16);
    this.#findings.setSize(this.#layout.width, this.#layout.height);
    let at = SIGNATURE;
    let chunks = 0;
    while (at >= 0 && at + 12 <= this.#bytes.length) {
      chunks += 1;
      if (chunks > CHUNK_LIMIT) throw new CannotStrip("too_complex", "chunks");
      at = this.#step(at);
    }
    if (!this.#seen.has("IDAT")) throw new CannotStrip("no_picture", "no IDAT");
    this.#endFrame();
    return this.#written();
  }

  #step(at: number): number {
    const bytes = this.#bytes;
    const length = uint32(bytes, at);
    const type = typeAt(bytes, at + 4);
    const end = at + 12 + length;
    if (end > bytes.length) {
      if (type === "IDAT") this.#piece(type, bytes.subarray(at + 8), null);
      return -1;
    }
    if (type === "IEND") {
      if (end < bytes.length) this.#findings.remove("hidden-tail");
      return -1;
    }
    const payload = bytes.subarray(at + 8, end - 4);
    if (type === "IDAT" || type === "fdAT") this.#piece(type, payload, bytes.subarray(at, end));
    else if (LARGEST[type] !== undefined) this.#small(type, payload, bytes.subarray(at, end));
    else if (type === "iCCP") this.#profile(payload);
    else if ((byteAt(bytes, at + 4) & 32) === 0) throw new CannotStrip("unsupported_variant", `chunk ${type}`);
    else this.#dropped(type, payload);
    return end;
  }

  #small(type: string, payload: Uint8Array, whole: Uint8Array): void {
    const isRepeatable = type === "fcTL";
    if (payload.length > (LARGEST[type] ?? 0) || (this.#seen.has(type) && !isRepeatable)) {
      if ((byteAt(whole, 4) & 32) === 0) throw new CannotStrip("broken_structure", `chunk ${type}`);
      this.#findings.remove("unknown-block", type);
      return;
    }
    if (type === "fcTL") this.#control(payload);
    this.#seen.add(type);
    this.#output.push(whole);
    if (type === "IHDR") this.#exifPlace = this.#output.length;
  }

  #control(payload: Uint8Array): void {
    if (payload.length !== FRAME_CONTROL_SIZE) throw new CannotStrip("broken_structure", "frame control");
    this.#endFrame();
    this.#frameSize = [uint32(payload, 4), uint32(payload, 8)];
  }

  /** What the frame that begins with this piece may unpack to; a still picture has the header's size. */
  #frameLimit(type: string): number {
    if (this.#layout === null) return 0;
    const [width, height] = (type === "IDAT" ? null : this.#frameSize) ?? [this.#layout.width, this.#layout.height];
    const limit = this.#layout.unpackedSize(width, height);
    this.#unpacked += limit;
    if (this.#unpacked > PICTURE_LIMIT) throw new CannotStrip("too_complex", "pixels");
    return limit;
  }

  #profile(payload: Uint8Array): void {
    const nameEnd = payload.indexOf(0);
    if (this.#seen.has("iCCP") || nameEnd < 1 || nameEnd > 79 || payload[nameEnd + 1] !== 0) {
      this.#findings.remove("unknown-block", "colour profile");
      return;
    }
    this.#seen.add("iCCP");
    const raw = unpack(payload.subarray(nameEnd + 2), PROFILE_LIMIT);
    const profile = raw === null ? null : cleanProfile(raw, this.#findings);
    if (profile === null) return;
    this.#hasProfile = true;
    this.#output.push(pngChunk("iCCP", concat([fromLatin1("ICC\0\0"), packStored(profile)])));
  }

  #piece(type: string, payload: Uint8Array, whole: Uint8Array | null): void {
    if (this.#frame.length > 0 && this.#frame[0]?.type !== type) this.#endFrame();
    this.#seen.add(type);
    this.#frame.push({ type, place: this.#output.length, payload });
    this.#output.push(whole ?? pngChunk(type, payload));
  }

  /** Cut whatever follows the zlib stream of the frame just read. */
  #endFrame(): void {
    const frame = this.#frame;
    this.#frame = [];
    const [first] = frame;
    if (first === undefined) return;
    const skip = first.type === "fdAT" ? 4 : 0;
    let left = streamLength(concat(frame.map((piece) => piece.payload.subarray(skip))), this.#frameLimit(first.type));
    for (const piece of frame) {
      const size = Math.max(0, piece.payload.length - skip);
      const kept = Math.min(size, left);
      left -= kept;
      if (kept === size) continue;
      this.#findings.remove("hidden-tail");
      const rest = piece.payload.subarray(0, skip + kept);
      this.#output[piece.place] = rest.length === 0 ? rest : pngChunk(piece.type, rest);
    }
  }

  #dropped(type: string, payload: Uint8Array): void {
    if (type === "eXIf") this.#hints.noteExif(payload, this.#findings);
    else if (type === "tIME") this.#findings.remove("capture-time");
    else if (type === "tEXt" || type === "zTXt" || type === "iTXt") this.#text(type, payload);
    else if (type === "caBX") this.#findings.remove("content-credentials");
    else this.#findings.remove("unknown-block", type);
  }

  #text(type: string, payload: Uint8Array): void {
    const split = payload.indexOf(0);
    const keyword = String.fromCharCode(...payload.subarray(0, split < 0 ? 0 : Math.min(split, 80)));
    if (keyword === "XML:com.adobe.xmp" && type === "iTXt") {
      const body = this.#seen.has(keyword) ? null : textOfItxt(payload, split);
      this.#seen.add(keyword);
      if (body === null) this.#findings.remove("unknown-block", "XMP");
      else this.#hints.noteXmp(body, this.#findings);
      return;
    }
    if (keyword === "Author" || keyword === "Copyright" || keyword === "Software") {
      const kind = keyword.toLowerCase() as "author" | "copyright" | "software";
      this.#findings.remove(kind, type === "tEXt" ? new TextDecoder("latin1").decode(payload.slice(split + 1, split + 200)) : "");
    } else if (keyword === "Creation Time") this.#findings.remove("capture-time");
    else if (/^(Title|Description|Comment)$/.test(keyword)) this.#findings.remove("caption");
    else this.#findings.remove("unknown-block", keyword);
  }

  #written(): Uint8Array {
    const exif = this.#hints.exifToWrite(this.#hasProfile);
    const parts = [...this.#output];
    if (exif !== null) parts.splice(this.#exifPlace, 0, pngChunk("eXIf", exif));
    return concat([this.#bytes.subarray(0, SIGNATURE), ...parts, pngChunk("IEND", new Uint8Array(0))]);
  }
}

function streamLength(stream: Uint8Array, limit: number): number {
  try {
    return zlibLength(stream, limit);
  } catch (error) {
    if (error instanceof UnfinishedStream) return stream.length;
    if (error instanceof DamagedStream) throw new CannotStrip("broken_structure", "image data");
    throw error;
  }
}

function textOfItxt(payload: Uint8Array, keywordEnd: number): Uint8Array | null {
  const isPacked = payload[keywordEnd + 1] === 1;
  const languageEnd = payload.indexOf(0, keywordEnd + 3);
  const translatedEnd = languageEnd < 0 ? -1 : payload.indexOf(0, languageEnd + 1);
  if (translatedEnd < 0) return null;
  const body = payload.subarray(translatedEnd + 1);
  return isPacked ? unpack(body, TEXT_LIMIT) : body;
}

/** The same picture or animation without anything a decoder does not need. */
export function stripPng(bytes: Uint8Array, findings: Findings): Uint8Array {
  return new PngWalk(bytes, findings).run();
}
