/**
 * Rewriting colour profiles so that they say what the colours are and nothing about who
 * made them.
 *
 * A profile made by calibrating somebody's screen names the person, the display and its
 * serial number. Only the tags that colour management reads are written again; the
 * description stays only where it is the name of a well-known standard.
 * Source: ICC.1:2022, sections 7 to 10.
 */

import { concat, fromLatin1, spells, toLatin1, toUint32, typeAt, uint16, uint32 } from "./bytes.ts";
import type { Findings } from "./findings.ts";

const TAG_LIMIT = 200;
const HEADER = 128;

const COLOUR_TAGS = new Set([
  "A2B0", "A2B1", "A2B2", "A2B3", "B2A0", "B2A1", "B2A2", "B2A3", "D2B0", "D2B1", "D2B2", "D2B3",
  "B2D0", "B2D1", "B2D2", "B2D3", "A2M0", "M2A0", "pre0", "pre1", "pre2", "gamt",
  "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC", "kTRC", "wtpt", "bkpt", "chad", "lumi", "cicp", "chrm",
  "aarg", "aagg", "aabg", "hdgm", "HDGM",
]);
const TEXT_TAGS = new Set(["desc", "cprt"]);

const STANDARD_NAMES = new Set([
  "sRGB IEC61966-2.1", "sRGB IEC61966-2-1 black scaled", "sRGB built-in", "sRGB", "c2", "Display P3",
  "Display P3 Gamut with sRGB Transfer", "sRGB Gamut with sRGB Transfer", "DCI-P3 D65 Gamut with sRGB Transfer",
  "Adobe RGB (1998)", "ProPhoto RGB", "ROMM RGB", "Apple RGB", "ColorMatch RGB", "Apple Wide Color Sharing Profile",
  "Generic RGB Profile", "Generic Gray Profile", "Generic CMYK Profile", "Generic Gray Gamma 2.2 Profile",
  "Dot Gain 10%", "Dot Gain 15%", "Dot Gain 20%", "Dot Gain 25%", "Dot Gain 30%", "Gray Gamma 1.8", "Gray Gamma 2.2",
  "U.S. Web Coated (SWOP) v2", "Coated FOGRA39 (ISO 12647-2:2004)", "Japan Color 2001 Coated",
  "ITU-R BT.709-5", "ITU-R BT. 709 Reference Display", "ITU-R BT. 2020 Reference Display", "Rec. 2020", "Rec2020",
]);

interface Tag {
  readonly name: string;
  readonly data: Uint8Array;
  readonly place: string;
}

function descriptionOf(data: Uint8Array): string {
  if (spells(data, 0, "desc") && data.length >= 12) {
    const text = toLatin1(data, 12, Math.min(uint32(data, 8), 200));
    return text.split("\0")[0] ?? "";
  }
  if (spells(data, 0, "text")) return toLatin1(data, 8, 200).split("\0")[0] ?? "";
  if (!spells(data, 0, "mluc") || data.length < 28) return "";
  const length = Math.min(uint32(data, 20), 400);
  const start = uint32(data, 24);
  if (start + length > data.length) return "";
  let text = "";
  for (let at = start; at + 1 < start + length; at += 2) text += String.fromCharCode(uint16(data, at));
  return text.split("\0")[0] ?? "";
}

/** The same type of text tag, holding `name` (which may be empty) and nothing else. */
function textTag(original: Uint8Array, name: string): Uint8Array {
  const plain = fromLatin1(name);
  if (spells(original, 0, "mluc")) {
    const wide = concat([...plain].map((code) => Uint8Array.of(0, code)));
    const record = concat([fromLatin1("enUS"), toUint32(wide.length), toUint32(28)]);
    return concat([fromLatin1("mluc\0\0\0\0"), toUint32(1), toUint32(12), record, wide]);
  }
  if (spells(original, 0, "desc")) {
    const counted = [toUint32(plain.length + 1), plain, new Uint8Array(1 + 4 + 4 + 2 + 1 + 67)];
    return concat([fromLatin1("desc\0\0\0\0"), ...counted]);
  }
  return concat([fromLatin1("text\0\0\0\0"), plain, new Uint8Array(1)]);
}

function readTags(profile: Uint8Array): Tag[] | null {
  if (profile.length < HEADER + 4 || !spells(profile, 36, "acsp")) return null;
  const count = uint32(profile, HEADER);
  if (count > TAG_LIMIT || HEADER + 4 + 12 * count > profile.length) return null;
  const tags: Tag[] = [];
  for (let k = 0; k < count; k += 1) {
    const at = HEADER + 4 + 12 * k;
    const start = uint32(profile, at + 4);
    const size = uint32(profile, at + 8);
    if (start < HEADER || size < 8 || start + size > profile.length) return null;
    const data = profile.subarray(start, start + size);
    tags.push({ name: typeAt(profile, at), data, place: `${start}+${size}` });
  }
  return tags;
}

function cleanHeader(profile: Uint8Array, size: number): Uint8Array {
  const header = profile.slice(0, HEADER);
  header.set(toUint32(size), 0);
  header.fill(0, 4, 8); // preferred colour engine
  header.set([0x07, 0xd0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0], 24); // 1 January 2000: a date is required, the true one is not
  header.fill(0, 40, 44); // platform
  header.fill(0, 48, 56); // device maker and model
  header.fill(0, 80, HEADER); // creator, identifier, reserved
  return header;
}

/** The tags to write: colour as it is, a text only where it names a standard. */
function keptTags(tags: readonly Tag[]): Tag[] {
  return tags.flatMap((tag): Tag[] => {
    if (COLOUR_TAGS.has(tag.name)) return [tag];
    if (!TEXT_TAGS.has(tag.name)) return [];
    const name = tag.name === "desc" ? descriptionOf(tag.data) : "";
    const data = textTag(tag.data, STANDARD_NAMES.has(name) ? name : "");
    return [{ name: tag.name, data, place: `text ${tag.name}` }];
  });
}

/** True for a text that will not be written again. */
function saysSomething(tag: Tag): boolean {
  if (!TEXT_TAGS.has(tag.name)) return false;
  const text = descriptionOf(tag.data);
  return text !== "" && (tag.name === "cprt" || !STANDARD_NAMES.has(text));
}

/**
 * A profile with the same colours and no other content; null when it cannot be walked,
 * which is also when decoders ignore it.
 */
export function cleanProfile(profile: Uint8Array, findings: Findings): Uint8Array | null {
  const tags = readTags(profile);
  const kept = tags === null ? [] : keptTags(tags);
  if (tags === null || !kept.some((tag) => COLOUR_TAGS.has(tag.name))) {
    findings.remove("unknown-block", "colour profile");
    return null;
  }
  const placed = new Map<string, number>();
  const table: Uint8Array[] = [toUint32(kept.length)];
  const bodies: Uint8Array[] = [];
  let at = HEADER + 4 + 12 * kept.length;
  for (const tag of kept) {
    const shared = placed.get(tag.place);
    table.push(fromLatin1(tag.name), toUint32(shared ?? at), toUint32(tag.data.length));
    if (shared !== undefined) continue;
    placed.set(tag.place, at);
    const padding = (4 - (tag.data.length & 3)) & 3;
    bodies.push(tag.data, new Uint8Array(padding));
    at += tag.data.length + padding;
  }
  if (at > profile.length + 256) return null;
  if (tags.length !== kept.length || tags.some(saysSomething)) findings.remove("colour-profile-text");
  return concat([cleanHeader(profile, at), ...table, ...bodies]);
}
