/**
 * The plaintext documents of a photo and of an album, and how they are read.
 *
 * A document may have been written by an older or newer client, so reading takes what it
 * understands and never throws.
 */
import { isRecord, isTrue, list, numberOr, record, text, textOrNull, texts } from "../../api/shape.ts";

/** Degrees, WGS 84. */
export interface Place {
  readonly lat: number;
  readonly lon: number;
}

/** When a photo was taken: wall-clock time where it was taken, "2026-11-15T11:42:00", and the zone if known. */
export interface CaptureTime {
  readonly local: string;
  readonly zone: string | null;
  readonly source: string;
}

export interface Rights {
  readonly creator: string;
  readonly licence: string;
}

export interface MetadataDocument {
  readonly name: string;
  readonly kind: string;
  readonly mediaType: string;
  /** Bytes of the original as it is stored. */
  readonly size: number;
  /** Pixels after turning; 0 when unknown. */
  readonly width: number;
  readonly height: number;
  /** base64url; "" when there is none. */
  readonly thumbhash: string;
  readonly capturedAt: CaptureTime | null;
  readonly place: Place | null;
  readonly camera: string;
  readonly lens: string;
  readonly exposureSeconds: number | null;
  readonly aperture: number | null;
  readonly iso: number | null;
  readonly focalLengthMm: number | null;
  readonly title: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly rating: number | null;
  readonly storedAs: "stripped" | "empty" | "whole";
  readonly removed: readonly string[];
  readonly rights: Rights;
}

export type Rotation = 0 | 90 | 180 | 270;

/** What a person put right. A member that is absent leaves the metadata as it is; null says "none". */
export interface CorrectionsDocument {
  readonly capturedAt?: string | null;
  readonly zone?: string | null;
  readonly place?: Place | null;
  readonly title?: string | null;
  readonly description?: string | null;
  readonly keywords?: readonly string[] | null;
  readonly rating?: number | null;
  readonly rotation?: Rotation | null;
  readonly rights?: Rights | null;
  readonly altText?: string | null;
  readonly by: "person" | "takeout";
}

export interface MarksDocument {
  readonly favourite: boolean;
  readonly archived: boolean;
}

export type AlbumOrder = "captured" | "added" | "custom";

export interface AlbumDocument {
  readonly name: string;
  readonly description: string;
  readonly cover: string | null;
  readonly order: AlbumOrder;
  /** Image ids in the order a person laid them, for the order "custom". */
  readonly sequence: readonly string[];
  /** Made to share a photo or a selection, not as an album of the person's own. */
  readonly direct: boolean;
}

export const NO_MARKS: MarksDocument = { favourite: false, archived: false };
export const DEFAULT_RIGHTS: Rights = { creator: "", licence: "All rights reserved" };

const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/;

/** Milliseconds of a wall-clock time, as if it were UTC; null when it is no such time. */
export function localMilliseconds(local: string): number | null {
  if (!LOCAL_TIME.test(local)) return null;
  const value = Date.parse(`${local}Z`);
  return Number.isNaN(value) ? null : value;
}

/** The inverse of {@link localMilliseconds}. */
export function localTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19);
}

export function readPlace(value: unknown): Place | null {
  const { lat, lon } = record(value);
  if (typeof lat !== "number" || typeof lon !== "number") return null;
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

function readCaptureTime(value: unknown): CaptureTime | null {
  const { local, zone, source } = record(value);
  if (typeof local !== "string" || localMilliseconds(local) === null) return null;
  return { local, zone: textOrNull(zone), source: text(source) };
}

function readRights(value: unknown): Rights {
  const { creator, licence } = record(value);
  return { creator: text(creator), licence: text(licence, DEFAULT_RIGHTS.licence) };
}

const numberOrNull = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);

function storedAs(value: unknown): MetadataDocument["storedAs"] {
  return value === "empty" || value === "whole" ? value : "stripped";
}

/** Null when it is no document at all. */
export function readMetadata(value: unknown): MetadataDocument | null {
  if (!isRecord(value)) return null;
  return {
    name: text(value["name"]),
    kind: text(value["kind"], "unknown"),
    mediaType: text(value["mediaType"], "application/octet-stream"),
    size: numberOr(value["size"], 0),
    width: numberOr(value["width"], 0),
    height: numberOr(value["height"], 0),
    thumbhash: text(value["thumbhash"]),
    capturedAt: readCaptureTime(value["capturedAt"]),
    place: readPlace(value["place"]),
    camera: text(value["camera"]),
    lens: text(value["lens"]),
    exposureSeconds: numberOrNull(value["exposureSeconds"]),
    aperture: numberOrNull(value["aperture"]),
    iso: numberOrNull(value["iso"]),
    focalLengthMm: numberOrNull(value["focalLengthMm"]),
    title: text(value["title"]),
    description: text(value["description"]),
    keywords: texts(value["keywords"]),
    rating: numberOrNull(value["rating"]),
    storedAs: storedAs(value["storedAs"]),
    removed: texts(value["removed"]),
    rights: readRights(value["rights"]),
  };
}

function readRotation(value: unknown): Rotation | null {
  return value === 0 || value === 90 || value === 180 || value === 270 ? value : null;
}

const CORRECTION_READERS: Readonly<Record<Exclude<keyof CorrectionsDocument, "by">, (value: unknown) => unknown>> = {
  capturedAt: (value) => (typeof value === "string" && localMilliseconds(value) !== null ? value : null),
  zone: textOrNull,
  place: readPlace,
  title: textOrNull,
  description: textOrNull,
  keywords: (value) => (Array.isArray(value) ? texts(value) : null),
  rating: numberOrNull,
  rotation: readRotation,
  rights: (value) => (isRecord(value) ? readRights(value) : null),
  altText: textOrNull,
};

/** Null when it is no document at all. */
export function readCorrections(value: unknown): CorrectionsDocument | null {
  if (!isRecord(value)) return null;
  const known = Object.entries(CORRECTION_READERS).filter(([name]) => value[name] !== undefined);
  const members = Object.fromEntries(known.map(([name, read]) => [name, read(value[name])]));
  return { ...members, by: value["by"] === "takeout" ? "takeout" : "person" };
}

export function readMarks(value: unknown): MarksDocument | null {
  return isRecord(value) ? { favourite: isTrue(value["favourite"]), archived: isTrue(value["archived"]) } : null;
}

export function readAlbum(value: unknown): AlbumDocument | null {
  if (!isRecord(value)) return null;
  const order = value["order"];
  return {
    name: text(value["name"]),
    description: text(value["description"]),
    cover: textOrNull(value["cover"]),
    order: order === "added" || order === "custom" ? order : "captured",
    sequence: list(value["sequence"]).filter((each) => typeof each === "string"),
    direct: isTrue(value["direct"]),
  };
}
