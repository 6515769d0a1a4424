/**
 * Copies that open everywhere: JPEG and PNG stay as they are, everything else becomes one of them here on the device.
 * On request a copy carries what the person put right.
 */
import { owned, type Bytes } from "../../crypto/bytes.ts";
import { exifBlock } from "../../export/exif.ts";
import type { Place } from "../../export/layout.ts";
import { endedName, nameKey, splitName, type NameLimit } from "../../export/names.ts";
import type { ExportedPhoto } from "../../export/photo.ts";
import { xmpPacket } from "../../export/xmp.ts";
import type { DecodeRequest } from "../../photo/decode.ts";
import { readFacts } from "../../photo/facts.ts";
import { concat, fromLatin1, spells, toUint16, uint16 } from "../../photo/strip/bytes.ts";
import { decoderHints, byteOrder, readExifBlock } from "../../photo/strip/exif-block.ts";
import { Findings } from "../../photo/strip/findings.ts";
import { pngChunk } from "../../photo/strip/png.ts";
import { kindOf, strip, walk } from "../../photo/strip/strip.ts";
import { decodeRequestFor } from "../decode-plan.ts";
import type { CopyType, ExportChoices } from "./contract.ts";

export { COPIES } from "../../export/layout.ts";

export interface MadeCopy {
  readonly bytes: Bytes;
  readonly type: CopyType;
  /** How its pixels stand before the person's own turn, 1 to 8. */
  readonly orientation: number;
}

type Convert = (request: DecodeRequest, type: CopyType) => Promise<Blob>;

const XMP_NAME = "http://ns.adobe.com/xap/1.0/\0";
const EXIF_NAME = "Exif\0\0";
/** A segment of a JPEG has 16 bits for its length. */
const SEGMENT_BYTES = 65_500;
const PNG_HEAD = 8 + 25;

/** Gives copies their names: the original's own, with the ending that their bytes have. */
export class CopyNames {
  readonly #taken: Set<string>;
  readonly #limit: NameLimit;
  /** What is tried again keeps its name. */
  readonly #given = new Map<string, string>();

  /** `places` are those of all originals: a copy of "a.heic" must not take the name of a photo called "a.heic.jpg". */
  constructor(places: Iterable<Place>, limit: NameLimit) {
    this.#limit = limit;
    this.#taken = new Set([...places].map(({ folder, name }) => keyIn(folder, name)));
  }

  give({ folder, name }: Pick<Place, "folder" | "name">, type: CopyType): string {
    const [, extension] = splitName(name);
    const isRight = type === "image/png" ? /^\.png$/i.test(extension) : /^\.jpe?g$/i.test(extension);
    if (isRight) return name;
    const known = this.#given.get(keyIn(folder, name));
    if (known !== undefined) return known;
    // "a.heic" and "a.dng" may stand side by side, so the copy keeps both endings.
    const ending = type === "image/png" ? ".png" : ".jpg";
    for (let number = 1; ; number += 1) {
      const candidate = endedName(name, number === 1 ? ending : `~${number}${ending}`, this.#limit);
      if (this.#taken.has(keyIn(folder, candidate))) continue;
      this.#taken.add(keyIn(folder, candidate));
      this.#given.set(keyIn(folder, name), candidate);
      return candidate;
    }
  }
}

const keyIn = (folder: string, name: string): string => `${folder}/${nameKey(name)}`;

/** @throws NoPicture, CannotStrip where no copy can be made of it. */
export async function makeCopy(bytes: Bytes, photo: ExportedPhoto, choices: ExportChoices, convert: Convert): Promise<MadeCopy> {
  const { type, picture, orientation } = await pictureOf(bytes, choices.copies ?? "image/jpeg", convert);
  if (!choices.corrections) return { bytes: picture, type, orientation };
  const told = { ...photo, orientation };
  return { bytes: type === "image/jpeg" ? tellInJpeg(picture, told) : tellInPng(picture, told), type, orientation };
}

async function pictureOf(bytes: Bytes, wanted: CopyType, convert: Convert): Promise<{ type: CopyType; picture: Bytes; orientation: number }> {
  const kind = kindOf(bytes);
  const facts = readFacts(bytes, null);
  if (kind === "jpeg" || kind === "png") return { type: `image/${kind}`, picture: bytes, orientation: facts.orientation };
  const made = await convert(decodeRequestFor(new Blob([bytes]), bytes, kind, facts), wanted);
  const picture = new Uint8Array(await made.arrayBuffer());
  // What a browser cannot encode it answers in another format, without a word.
  return { type: kindOf(picture) === "png" ? "image/png" : "image/jpeg", picture, orientation: 1 };
}

/** A packet that a segment can hold; the longest text gives way, and stands in the sidecar in full. */
function packetFor(photo: ExportedPhoto): Uint8Array {
  const whole = new TextEncoder().encode(xmpPacket(photo));
  if (whole.length <= SEGMENT_BYTES - XMP_NAME.length) return whole;
  return new TextEncoder().encode(xmpPacket({ ...photo, description: photo.description.slice(0, 2000), altText: "", keywords: photo.keywords.slice(0, 50) }));
}

const segment = (payload: Uint8Array): Uint8Array => concat([Uint8Array.of(0xff, 0xe1), toUint16(payload.length + 2), payload]);

/** Not one pixel changes: what the camera wrote goes, what the person says comes. */
function tellInJpeg(jpeg: Bytes, photo: ExportedPhoto): Bytes {
  const clean = strip(jpeg).bytes;
  const findings = new Findings();
  walk(clean, "jpeg", findings);
  const { exif } = findings;
  const adobeRgb = exif === null ? 0 : decoderHints(readExifBlock(exif), byteOrder(exif) ?? false).adobeRgb;
  const block = exifBlock({ ...photo, description: photo.description.slice(0, 10_000) }, adobeRgb);
  const told = [segment(concat([fromLatin1(EXIF_NAME), block])), segment(concat([fromLatin1(XMP_NAME), packetFor(photo)]))];
  return owned(concat([clean.subarray(0, 2), ...told, withoutExif(clean)]));
}

/** What follows the start of a cleaned JPEG, without the one EXIF segment that it may have. */
function withoutExif(clean: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [];
  let at = 2;
  while (at + 4 < clean.length && clean[at] === 0xff && ((clean[at + 1] ?? 0) & 0xf0) === 0xe0) {
    const end = at + 2 + uint16(clean, at + 2);
    if (!(clean[at + 1] === 0xe1 && spells(clean, at + 4, EXIF_NAME))) kept.push(clean.subarray(at, end));
    at = end;
  }
  return concat([...kept, clean.subarray(at)]);
}

function tellInPng(png: Bytes, photo: ExportedPhoto): Bytes {
  const clean = strip(png).bytes;
  const packet = concat([fromLatin1("XML:com.adobe.xmp\0\0\0\0\0"), packetFor(photo)]);
  const told = [pngChunk("eXIf", exifBlock(photo)), pngChunk("iTXt", packet)];
  return owned(concat([clean.subarray(0, PNG_HEAD), ...told, withoutExifChunk(clean.subarray(PNG_HEAD))]));
}

function withoutExifChunk(chunks: Uint8Array): Uint8Array {
  const view = new DataView(chunks.buffer, chunks.byteOffset, chunks.length);
  const kept: Uint8Array[] = [];
  for (let at = 0; at + 12 <= chunks.length;) {
    const end = at + 12 + view.getUint32(at);
    if (!spells(chunks, at + 4, "eXIf")) kept.push(chunks.subarray(at, end));
    at = end;
  }
  return concat(kept);
}
