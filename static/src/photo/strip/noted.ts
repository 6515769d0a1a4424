/**
 * The metadata blocks every format may carry, noted in one place: EXIF, XMP, and the
 * Photoshop resources that hold IPTC.
 */

import { byteAt, spells, uint16, uint32 } from "./bytes.ts";
import { byteOrder, decodeText, decoderHints, minimalExif, readExifBlock, reportExif } from "./exif-block.ts";
import type { Findings, RemovedKind } from "./findings.ts";
import { reportXmp, xmpOrientation, xmpText } from "./xmp.ts";

/** More blocks of one kind than any photo has are dropped without being read. */
const PACKET_LIMIT = 16;
const IPTC_LIMIT = 1 << 18;

/** What the blocks said about turning the picture and its colours. */
export class Hints {
  #exifOrientation = 0;
  #xmpOrientation = 0;
  #adobeRgb = 0;
  #sawExif = false;
  #blocks = 0;
  #packets = 0;

  /** Note an EXIF block (starting at its byte-order mark). Decoders read the first one only, so do we. */
  noteExif(block: Uint8Array, findings: Findings): void {
    this.#blocks += 1;
    if (this.#blocks > PACKET_LIMIT) return;
    const little = byteOrder(block);
    const entries = readExifBlock(block);
    reportExif(entries, little ?? false, findings);
    if (little === null || this.#sawExif) {
      findings.remove("unknown-block", "EXIF");
      return;
    }
    this.#sawExif = true;
    findings.exif = block;
    const hints = decoderHints(entries, little);
    this.#exifOrientation = hints.orientation;
    this.#adobeRgb = hints.adobeRgb;
  }

  noteXmp(packet: Uint8Array, findings: Findings): void {
    this.#packets += 1;
    if (this.#packets > PACKET_LIMIT) return;
    findings.addXmp(packet);
    const text = xmpText(packet);
    reportXmp(text, findings);
    if (this.#xmpOrientation === 0) this.#xmpOrientation = xmpOrientation(text);
  }

  /** 1 to 8. EXIF decides; XMP is asked only when EXIF says nothing. */
  orientation(): number {
    return this.#exifOrientation || this.#xmpOrientation || 1;
  }

  /** The EXIF block to write, or null. A colour profile makes EXIF's ColorSpace needless. */
  exifToWrite(hasProfile: boolean): Uint8Array | null {
    return minimalExif({ orientation: this.orientation(), adobeRgb: hasProfile ? 0 : this.#adobeRgb });
  }
}

const IPTC_KINDS: Readonly<Record<number, RemovedKind>> = {
  5: "caption", 25: "keywords", 55: "capture-time", 60: "capture-time", 62: "capture-time", 63: "capture-time",
  65: "software", 70: "software", 80: "author", 85: "author", 90: "place", 92: "place", 95: "place", 100: "place",
  101: "place", 105: "caption", 110: "author", 115: "author", 116: "copyright", 118: "author", 120: "caption", 122: "author",
};

/** Call `visit` for every dataset of record 2; stops quietly at the first that makes no sense. */
export function eachIptc(block: Uint8Array, visit: (dataset: number, value: Uint8Array) => void): void {
  let at = 0;
  while (at + 5 <= block.length && byteAt(block, at) === 0x1c) {
    const length = uint16(block, at + 3);
    if (length > 0x7fff || at + 5 + length > block.length) return;
    if (byteAt(block, at + 1) === 2) visit(byteAt(block, at + 2), block.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
}

/** Note a bare IPTC-IIM block. */
export function noteIptc(block: Uint8Array, findings: Findings): void {
  if (findings.iptc.length >= PACKET_LIMIT) return;
  findings.addIptc(block);
  eachIptc(block.subarray(0, IPTC_LIMIT), (dataset, value) => {
    const kind = IPTC_KINDS[dataset];
    if (kind !== undefined) findings.remove(kind, decodeText(value.slice(0, 200)));
  });
}

/** Note Photoshop image resources ("8BIM" blocks), which hold IPTC, previews and paths. */
export function notePhotoshop(block: Uint8Array, findings: Findings): void {
  let at = 0;
  let known = false;
  while (at + 12 <= block.length && spells(block, at, "8BIM")) {
    const nameLength = byteAt(block, at + 6) + 1;
    const sizeAt = at + 6 + nameLength + (nameLength & 1);
    if (sizeAt + 4 > block.length) break;
    const size = uint32(block, sizeAt);
    const body = block.subarray(sizeAt + 4, sizeAt + 4 + size);
    const id = uint16(block, at + 4);
    known = true;
    if (id === 0x0404) noteIptc(body, findings);
    else if (id === 0x0409 || id === 0x040c) findings.remove("preview");
    at = sizeAt + 4 + size + (size & 1);
  }
  findings.remove(known ? "software" : "unknown-block", known ? "" : "Photoshop");
}
