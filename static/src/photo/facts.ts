/**
 * What the private timeline wants to know about a photo, read from the original before
 * anything is stripped.
 *
 * The walkers that clean a file also hand over its metadata blocks, and the same bounded
 * reader that reports them reads the facts: one parser of hostile bytes, not two, and no
 * need for an XML parser, which a worker does not have.
 * Never throws for broken input: it returns what could be read.
 */

import { cr3ExifBlocks, largestPreview } from "./raw-preview.ts";
import {
  byteOrder, decodeText, decoderHints, type DirectoryName, type ExifEntry, numbersOf, placeOf, readExifBlock, textOf,
} from "./strip/exif-block.ts";
import { spells } from "./strip/bytes.ts";
import { Findings } from "./strip/findings.ts";
import { isKeptWhole, kindOf, type PhotoKind } from "./strip/kind.ts";
import { eachIptc } from "./strip/noted.ts";
import { CannotStrip } from "./strip/refusal.ts";
import { walk } from "./strip/strip.ts";
import { xmpOrientation, xmpText, xmpValues } from "./strip/xmp.ts";

export type TimeSource = "exif" | "xmp" | "gps" | "file" | "takeout";

export interface CaptureTime {
  /** ISO 8601: "2022-08-14T14:12:31", with the zone appended where it is known. */
  readonly at: string;
  /** "+03:00" or "Z"; null where the camera did not say, so that `at` is local time of an unknown place. */
  readonly zone: string | null;
  readonly source: TimeSource;
}

/** Degrees, WGS 84; north and east are positive. */
export interface Place {
  readonly lat: number;
  readonly lon: number;
}

export interface Facts {
  readonly capturedAt: CaptureTime | null;
  readonly place: Place | null;
  readonly make: string | null;
  readonly model: string | null;
  readonly lens: string | null;
  readonly exposureSeconds: number | null;
  /** The f-number. */
  readonly aperture: number | null;
  readonly iso: number | null;
  readonly focalLengthMm: number | null;
  /** Pixels before `orientation` is applied; for formats that turn themselves, as shown. */
  readonly width: number | null;
  readonly height: number | null;
  /** EXIF orientation 1 to 8; always 1 for formats that turn the picture themselves. */
  readonly orientation: number;
  readonly title: string | null;
  readonly description: string | null;
  readonly keywords: readonly string[];
  /** 0 to 5. */
  readonly rating: number | null;
}

const KEYWORD_LIMIT = 200;

/** Looks entries up by directory and tag. */
class ExifIndex {
  readonly #entries = new Map<string, ExifEntry>();
  readonly #little: boolean;
  readonly place: Place | null;
  readonly orientation: number;

  /** `blocks` are one EXIF block, or the main, exposure and place blocks of a CR3, which share a byte order. */
  constructor(blocks: readonly Uint8Array[]) {
    const names: readonly DirectoryName[] = ["main", "exif", "gps"];
    const entries = blocks.flatMap((block, k) =>
      readExifBlock(block).map((entry) => (entry.directory === "main" ? { ...entry, directory: names[k] ?? "main" } : entry)),
    );
    this.#little = blocks.some((block) => byteOrder(block) === true);
    for (const entry of entries) {
      const key = `${entry.directory} ${entry.tag}`;
      if (!this.#entries.has(key)) this.#entries.set(key, entry);
    }
    this.place = placeOf(entries, this.#little);
    this.orientation = decoderHints(entries, this.#little).orientation;
  }

  text(directory: DirectoryName, tag: number): string | null {
    const entry = this.#entries.get(`${directory} ${tag}`);
    const text = entry === undefined ? "" : textOf(entry);
    return text === "" ? null : text;
  }

  numbers(directory: DirectoryName, tag: number): number[] {
    const entry = this.#entries.get(`${directory} ${tag}`);
    return entry === undefined ? [] : numbersOf(entry, this.#little);
  }

  number(directory: DirectoryName, tag: number): number | null {
    const [value] = this.numbers(directory, tag);
    return value !== undefined && Number.isFinite(value) && value > 0 ? value : null;
  }
}

const EXIF_TIME = /^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?/;
const ZONE = /(Z|[+-]\d\d:\d\d)$/;

/** True for a date that exists, between the first photograph and the far future. */
function isRealTime(local: string): boolean {
  const time = new Date(`${local}Z`);
  const year = Number(local.slice(0, 4));
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(local) && year >= 1826 && year < 2200;
}

function captureTime(text: string | null, zoneText: string | null, source: TimeSource): CaptureTime | null {
  const parts = text === null ? null : EXIF_TIME.exec(text.trim());
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second = "00"] = parts;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  if (!isRealTime(local)) return null;
  const zone = ZONE.exec(zoneText?.trim() ?? "")?.[1] ?? null;
  return { at: local + (zone ?? ""), zone, source };
}

function exifTime(exif: ExifIndex): CaptureTime | null {
  return (
    captureTime(exif.text("exif", 0x9003), exif.text("exif", 0x9011), "exif") ??
    captureTime(exif.text("exif", 0x9004), exif.text("exif", 0x9012), "exif")
  );
}

function gpsTime(exif: ExifIndex): CaptureTime | null {
  const day = exif.text("gps", 0x1d);
  const [hour, minute, second] = exif.numbers("gps", 7);
  if (day === null || hour === undefined || minute === undefined || second === undefined) return null;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return captureTime(`${day} ${two(hour)}:${two(minute)}:${two(second)}`, "Z", "gps");
}

function xmpTime(packets: readonly string[]): CaptureTime | null {
  for (const property of ["exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate"]) {
    for (const packet of packets) {
      const [text] = xmpValues(packet, property);
      const time = captureTime(text ?? null, text ?? null, "xmp");
      if (time !== null) return time;
    }
  }
  return null;
}

/** The file's own time, milliseconds since 1970 UTC: the last resort, and it says so. */
function fileTime(modifiedAt: number | null): CaptureTime | null {
  if (modifiedAt === null || !Number.isFinite(modifiedAt) || Math.abs(modifiedAt) > 8.64e15) return null;
  return captureTime(new Date(modifiedAt).toISOString(), "Z", "file");
}

/** "56,10.5N" or "56,10,30N" as XMP writes it, in degrees. */
function xmpDegrees(text: string | undefined): number | null {
  const parts = /^(\d{1,3}),(\d{1,2}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?([NSEW])$/.exec(text ?? "");
  if (parts === null) return null;
  const size = Number(parts[1]) + Number(parts[2]) / 60 + Number(parts[3] ?? 0) / 3600;
  return parts[4] === "S" || parts[4] === "W" ? -size : size;
}

function xmpPlace(packets: readonly string[]): Place | null {
  for (const packet of packets) {
    const lat = xmpDegrees(xmpValues(packet, "exif:GPSLatitude")[0]);
    const lon = xmpDegrees(xmpValues(packet, "exif:GPSLongitude")[0]);
    if (lat !== null && lon !== null && Math.abs(lat) <= 90 && Math.abs(lon) <= 180) return { lat, lon };
  }
  return null;
}

function firstXmp(packets: readonly string[], property: string): string | null {
  for (const packet of packets) {
    const [value] = xmpValues(packet, property);
    if (value !== undefined) return value;
  }
  return null;
}

/** Texts of one IPTC dataset, of every block. */
function iptcTexts(blocks: readonly Uint8Array[], wanted: number): string[] {
  const texts: string[] = [];
  for (const block of blocks) {
    eachIptc(block, (dataset, value) => {
      if (dataset === wanted && texts.length < KEYWORD_LIMIT) texts.push(decodeText(value.slice(0, 2000)));
    });
  }
  return texts;
}

function ratingOf(exif: ExifIndex, packets: readonly string[]): number | null {
  const text = firstXmp(packets, "xmp:Rating");
  const value = text === null ? exif.number("main", 0x4746) : Number(text);
  return value !== null && value >= 0 && value <= 5 ? value : null;
}

/** Cameras fill an unused description with their own name; that is no description. */
function describedBy(exif: ExifIndex): string | null {
  const text = exif.text("main", 0x010e);
  return text !== null && /^(OLYMPUS DIGITAL CAMERA|SONY DSC|DCF|Minolta DSC|Exif)/i.test(text) ? null : text;
}

/** Fill findings by the walker of a format; a RAW is a TIFF, or holds a JPEG that tells the same. */
function readFindings(bytes: Uint8Array, kind: PhotoKind): Findings {
  const findings = new Findings();
  const preview = kind === "raw-raf" ? largestPreview(bytes, kind) : null;
  if (isKeptWhole(kind) && kind !== "raw-raf") {
    // Of the RAW files we do not know by name, only those that are a TIFF are read as one.
    if (kind !== "raw-other" || spells(bytes, 0, "II*\0") || spells(bytes, 0, "MM\0*")) findings.exif = bytes;
    return findings;
  }
  try {
    if (preview === null) walk(bytes, kind, findings);
    else walk(bytes.subarray(preview.start, preview.end), "jpeg", findings);
  } catch (error) {
    if (!(error instanceof CannotStrip)) throw error;
  }
  return findings;
}

/** Read the facts from findings of a walk that was made anyway. `modifiedAt` is in milliseconds. */
export function factsOf(findings: Findings, kind: PhotoKind, modifiedAt: number | null): Facts {
  const block = findings.exif;
  const exif = new ExifIndex(block === null ? [] : kind === "raw-cr3" ? cr3ExifBlocks(block) : [block]);
  const packets = findings.xmp.map(xmpText);
  const turnsItself = kind === "heic" || kind === "avif" || kind === "jxl";
  const turn = exif.orientation || findings.orientation || packets.map(xmpOrientation).find((value) => value > 0) || 1;
  const keywords = packets.flatMap((packet) => xmpValues(packet, "dc:subject"));
  return {
    capturedAt: exifTime(exif) ?? xmpTime(packets) ?? gpsTime(exif) ?? fileTime(modifiedAt),
    place: exif.place ?? xmpPlace(packets),
    make: exif.text("main", 0x010f) ?? firstXmp(packets, "tiff:Make"),
    model: exif.text("main", 0x0110) ?? firstXmp(packets, "tiff:Model"),
    lens: exif.text("exif", 0xa434) ?? firstXmp(packets, "aux:Lens"),
    exposureSeconds: exif.number("exif", 0x829a),
    aperture: exif.number("exif", 0x829d),
    iso: exif.number("exif", 0x8827),
    focalLengthMm: exif.number("exif", 0x920a),
    width: (isKeptWhole(kind) ? null : findings.width) ?? exif.number("exif", 0xa002),
    height: (isKeptWhole(kind) ? null : findings.height) ?? exif.number("exif", 0xa003),
    orientation: turnsItself ? 1 : turn,
    title: firstXmp(packets, "dc:title") ?? iptcTexts(findings.iptc, 5)[0] ?? null,
    description: firstXmp(packets, "dc:description") ?? iptcTexts(findings.iptc, 120)[0] ?? describedBy(exif),
    keywords: [...new Set([...keywords, ...iptcTexts(findings.iptc, 25)])].slice(0, KEYWORD_LIMIT),
    rating: ratingOf(exif, packets),
  };
}

/** Read what is known about a photo. Never throws; `modifiedAt` is the file's time in milliseconds, or null. */
export function readFacts(bytes: Uint8Array, modifiedAt: number | null): Facts {
  const kind = kindOf(bytes);
  return factsOf(readFindings(bytes, kind), kind, modifiedAt);
}
