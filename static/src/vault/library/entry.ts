/**
 * One photo of the local index: what the server keeps of it, and what its record says once opened.
 *
 * Entries are stored sealed and shown as rows. A record that does not open still has an entry,
 * so that one damaged photo never hides another and can still be downloaded or deleted.
 */
import { localMilliseconds, NO_MARKS, type CorrectionsDocument, type MarksDocument, type MetadataDocument, type Rotation } from "./documents.ts";
import type { Sightings } from "./sightings.ts";
import type { PartDigests, PartSizes } from "./wire.ts";

export interface Entry {
  readonly id: string;
  readonly storedAt: string;
  readonly verifiedAt: string | null;
  readonly binnedAt: string | null;
  readonly purgeAt: string | null;
  readonly version: number;
  readonly parts: PartSizes;
  readonly digests: PartDigests;
  readonly isDamaged: boolean;
  readonly wrappedContentKey: string;
  readonly wrappedRecordKey: string;
  readonly marksNumber: number;
  readonly marks: MarksDocument;
  readonly revision: number;
  readonly corrections: CorrectionsDocument | null;
  /** Null when the record could not be opened. */
  readonly metadata: MetadataDocument | null;
  readonly albums: readonly string[];
  /** When this device was told these numbers, and those before. Missing in what was kept before there were any. */
  readonly told?: Sightings;
}

/** "pending" is on its way up: this page alone knows of it. */
export type ItemState = "fine" | "cannot-open" | "damaged" | "pending";

/** What the page needs to show, sort and find a photo. Crosses from the worker by structured clone. */
export interface Row {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly altText: string;
  readonly kind: string;
  readonly mediaType: string;
  readonly camera: string;
  /** All words to search in, folded. */
  readonly words: string;
  /** Wall-clock milliseconds as if UTC. */
  readonly time: number;
  readonly isTimeKnown: boolean;
  readonly storedAt: number;
  readonly width: number;
  readonly height: number;
  readonly rotation: Rotation;
  readonly bytes: number;
  readonly thumbhash: string;
  /** The stored file still carries what its camera wrote: it is shared as a clean copy. */
  readonly isWhole: boolean;
  readonly place: { readonly lat: number; readonly lon: number } | null;
  readonly rating: number;
  readonly isFavourite: boolean;
  readonly isArchived: boolean;
  readonly binnedAt: number | null;
  readonly purgeAt: number | null;
  readonly albums: readonly string[];
  readonly state: ItemState;
  readonly version: number;
  readonly parts: PartSizes;
  readonly wrappedContentKey: string;
}

/** Text as it is compared: without case and without accents. */
export function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

const moment = (text: string | null): number | null => {
  const value = text === null ? NaN : Date.parse(text);
  return Number.isNaN(value) ? null : value;
};

/** A correction where there is one, else what the metadata says. Null counts as a correction. */
function corrected<T>(correction: T | undefined, original: T): T {
  return correction === undefined ? original : correction;
}

/** A moment as this device's wall clock shows it, as if UTC: the best guess for a photo without a time. */
const wallClock = (milliseconds: number): number => milliseconds - new Date(milliseconds).getTimezoneOffset() * 60_000;

interface CapturedAt {
  readonly time: number;
  readonly isTimeKnown: boolean;
}

function capturedAt(entry: Entry, storedAt: number): CapturedAt {
  const local = corrected(entry.corrections?.capturedAt, entry.metadata?.capturedAt?.local ?? null);
  const time = local === null ? null : localMilliseconds(local);
  return { time: time ?? wallClock(storedAt), isTimeKnown: time !== null };
}

function stateOf(entry: Entry): ItemState {
  if (entry.metadata === null) return "cannot-open";
  return entry.isDamaged ? "damaged" : "fine";
}

interface Texts {
  readonly name: string;
  readonly title: string;
  readonly altText: string;
  readonly camera: string;
  readonly words: string;
}

function textsOf({ metadata, corrections }: Entry): Texts {
  const title = corrected(corrections?.title, metadata?.title ?? "") ?? "";
  const description = corrected(corrections?.description, metadata?.description ?? "") ?? "";
  const keywords = corrected(corrections?.keywords, metadata?.keywords ?? []) ?? [];
  const altText = corrections?.altText ?? "";
  const name = metadata?.name ?? "";
  const camera = metadata?.camera ?? "";
  const words = fold([name, title, description, altText, camera, metadata?.lens ?? "", ...keywords].join(" "));
  return { name, title, altText, camera, words };
}

/** The row of an entry. */
export function rowOf(entry: Entry): Row {
  const { metadata, corrections } = entry;
  const storedAt = moment(entry.storedAt) ?? 0;
  const place = corrected(corrections?.place, metadata?.place ?? null);
  return {
    id: entry.id,
    ...textsOf(entry),
    kind: metadata?.kind ?? "unknown",
    mediaType: metadata?.mediaType ?? "application/octet-stream",
    ...capturedAt(entry, storedAt),
    storedAt,
    width: metadata?.width ?? 0,
    height: metadata?.height ?? 0,
    rotation: corrections?.rotation ?? 0,
    bytes: metadata?.size ?? entry.parts.original ?? 0,
    thumbhash: metadata?.thumbhash ?? "",
    isWhole: metadata?.storedAs === "whole",
    place,
    rating: corrected(corrections?.rating, metadata?.rating ?? null) ?? 0,
    isFavourite: entry.marks.favourite,
    isArchived: entry.marks.archived,
    binnedAt: moment(entry.binnedAt),
    purgeAt: moment(entry.purgeAt),
    albums: entry.albums,
    state: stateOf(entry),
    version: entry.version,
    parts: entry.parts,
    wrappedContentKey: entry.wrappedContentKey,
  };
}

/** An entry whose record nobody could open. */
export const CLOSED_RECORD = { marks: NO_MARKS, corrections: null, metadata: null } as const;
