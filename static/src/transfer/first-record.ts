/** The record a photo gets when it is uploaded: its metadata, and what a Takeout sidecar puts right. */
import { toBase64Url } from "../crypto/bytes.ts";
import type { Prepared } from "../photo/choices.ts";
import type { MetadataChoice } from "../photo/metadata-choice.ts";
import type { CaptureTime as FoundTime, Facts } from "../photo/facts.ts";
import type { Correction } from "../photo/takeout.ts";
import type { Derived } from "../photo/thumbnails.ts";
import { distance } from "../vault/library/filter.ts";
import {
  localMilliseconds, localTime, type CaptureTime, type CorrectionsDocument, type MarksDocument, type MetadataDocument, type Rights,
} from "../vault/library/documents.ts";
import type { Told } from "./told.ts";

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
/** No two clocks on Earth differ by more. */
const WIDEST_ZONE = 26 * 60 * MINUTE;
/** Places nearer than this are the same, written with fewer digits. */
const SAME_PLACE_KM = 0.2;

function zoneText(minutes: number): string {
  const size = Math.abs(minutes);
  const digits = (value: number): string => String(value).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${digits(Math.floor(size / 60))}:${digits(size % 60)}`;
}

/** A moment as this device's clock showed it, `offset` minutes ahead of UTC. */
function onThisClock(utc: number, offset: number): Pick<CaptureTime, "local" | "zone"> {
  return { local: localTime(utc + offset * MINUTE), zone: zoneText(offset) };
}

/** Minutes this device's clock was ahead of UTC at a moment. */
export type OffsetAt = (milliseconds: number) => number;

export const deviceOffset: OffsetAt = (milliseconds) => -new Date(milliseconds).getTimezoneOffset();

/**
 * A found time as the wall clock showed it.
 *
 * Satellites, file systems and Takeout speak UTC and know no place; the clock of this device is
 * then the best guess.
 */
export function captureTime(found: FoundTime | null, offsetAt: OffsetAt): CaptureTime | null {
  if (found === null) return null;
  const local = found.at.slice(0, 19);
  const milliseconds = localMilliseconds(local);
  if (milliseconds === null) return null;
  const isUtcOfNowhere = found.zone === "Z" && (found.source === "gps" || found.source === "file" || found.source === "takeout");
  if (isUtcOfNowhere) return { ...onThisClock(milliseconds, offsetAt(milliseconds)), source: found.source };
  return { local, zone: found.zone, source: found.source };
}

/** "Canon" and "Canon EOS R5" together are "Canon EOS R5". */
export function cameraName(make: string | null, model: string | null): string {
  const [first, second] = [(make ?? "").trim(), (model ?? "").trim()];
  if (second === "") return first;
  const brand = first.split(" ")[0] ?? "";
  return brand === "" || second.toLowerCase().startsWith(brand.toLowerCase()) ? second : `${first} ${second}`;
}

export interface RecordSource {
  readonly name: string;
  readonly prepared: Prepared;
  /** Read from the file whatever may be remembered: only its pixels are used without leave. */
  readonly measured: Facts;
  readonly derived: Derived | null;
  readonly choice: MetadataChoice;
  readonly rights: Rights;
  readonly offsetAt: OffsetAt;
}

function storedAs({ prepared, choice }: RecordSource): MetadataDocument["storedAs"] {
  if (prepared.keptWhole || choice === "keep") return "whole";
  return choice === "remove" ? "empty" : "stripped";
}

function uprightSize({ measured, derived }: RecordSource): { width: number; height: number } {
  const [width, height] = [measured.width ?? 0, measured.height ?? 0];
  const isTurned = measured.orientation >= 5;
  // A RAW file's preview is smaller than its picture, but shows which way up it is.
  if (derived === null || width * height > derived.width * derived.height) {
    return isTurned ? { width: height, height: width } : { width, height };
  }
  return { width: derived.width, height: derived.height };
}

/** The metadata document of a photo. */
export function metadataDocument(source: RecordSource): MetadataDocument {
  const { name, prepared, derived, rights, offsetAt } = source;
  const facts = prepared.facts;
  return {
    name,
    kind: prepared.kind,
    mediaType: prepared.mediaType,
    size: prepared.bytes.length,
    ...uprightSize(source),
    thumbhash: derived === null ? "" : toBase64Url(derived.thumbhash),
    capturedAt: captureTime(facts?.capturedAt ?? null, offsetAt),
    place: facts?.place ?? null,
    camera: cameraName(facts?.make ?? null, facts?.model ?? null),
    lens: facts?.lens ?? "",
    exposureSeconds: facts?.exposureSeconds ?? null,
    aperture: facts?.aperture ?? null,
    iso: facts?.iso ?? null,
    focalLengthMm: facts?.focalLengthMm ?? null,
    title: facts?.title ?? "",
    description: facts?.description ?? "",
    keywords: facts?.keywords ?? [],
    rating: facts?.rating ?? null,
    storedAs: storedAs(source),
    removed: prepared.removed.map((each) => each.kind),
    rights,
  };
}

/**
 * The document of a kept copy: title and date are those that its sharer told. When the file came here says nothing
 * about the photo, and who wants nothing remembered gets no date.
 */
export function withTold(found: MetadataDocument, { title, capturedAt }: Told, choice: MetadataChoice): MetadataDocument {
  const own = found.capturedAt?.source === "file" ? null : found.capturedAt;
  const told = capturedAt === null || choice === "remove" ? null : { local: capturedAt, zone: null, source: "shared" };
  return { ...found, title: title || found.title, capturedAt: told ?? own };
}

/** Whether two clocks may have shown the same moment, one of them in an unknown zone. */
function mayBeSameMoment(local: number, utc: number): boolean {
  const apart = local - utc;
  const rest = Math.abs(apart - Math.round(apart / QUARTER) * QUARTER);
  return Math.abs(apart) <= WIDEST_ZONE && rest <= 2000;
}

/** The sidecar's time where the photo's own is missing or says something else. */
function correctedTime(sidecar: Correction, metadata: MetadataDocument, offsetAt: OffsetAt): Pick<CorrectionsDocument, "capturedAt" | "zone"> {
  const utc = sidecar.capturedAt === null ? null : localMilliseconds(sidecar.capturedAt.at.slice(0, 19));
  if (utc === null) return {};
  const own = metadata.capturedAt;
  const ownTime = own === null || own.source === "file" ? null : localMilliseconds(own.local);
  if (ownTime !== null && mayBeSameMoment(ownTime, utc)) return {};
  const { local, zone } = onThisClock(utc, offsetAt(utc));
  return { capturedAt: local, zone };
}

function correctedPlace({ place }: Correction, metadata: MetadataDocument): Pick<CorrectionsDocument, "place"> {
  if (place === null) return {};
  return metadata.place !== null && distance(place, metadata.place) < SAME_PLACE_KM ? {} : { place };
}

/** What a Takeout sidecar puts right; null when it says nothing new, or nothing may be remembered. */
export function correctionsFrom(
  sidecar: Correction | null, metadata: MetadataDocument, choice: MetadataChoice, offsetAt: OffsetAt,
): CorrectionsDocument | null {
  if (sidecar === null) return null;
  const { description } = sidecar;
  const facts = choice === "remove" ? {} : { ...correctedTime(sidecar, metadata, offsetAt), ...correctedPlace(sidecar, metadata) };
  const words = description === null || description === "" || description === metadata.description ? {} : { description };
  const document = { ...facts, ...words };
  return Object.keys(document).length === 0 ? null : { ...document, by: "takeout" };
}

/** The marks a sidecar brings; null when there are none. */
export function marksFrom(sidecar: Correction | null): MarksDocument | null {
  if (sidecar === null || (!sidecar.isFavourite && !sidecar.isArchived)) return null;
  return { favourite: sidecar.isFavourite, archived: sidecar.isArchived };
}
