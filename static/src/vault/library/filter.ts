/** Which photos a view shows. */
import type { Place } from "./documents.ts";
import { fold, type Row } from "./entry.ts";

export interface Filter {
  /** "timeline" (the default) is what is neither archived nor in the bin; "kept" is all but the bin. */
  readonly place?: "timeline" | "archive" | "bin" | "kept" | "everything";
  readonly favourite?: boolean;
  readonly albumId?: string;
  /** Wall-clock milliseconds as if UTC, half-open. */
  readonly from?: number;
  readonly to?: number;
  readonly kinds?: readonly string[];
  readonly cameras?: readonly string[];
  readonly hasPlace?: boolean;
  readonly near?: Place & { readonly kilometres: number };
  /** Words, all of which must occur. */
  readonly text?: string;
  readonly notInAnyAlbum?: boolean;
  readonly cannotOpen?: boolean;
  readonly order?: "captured" | "added" | "custom";
}

type Test = (row: Row) => boolean;

const EARTH_RADIUS_KM = 6371;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance in kilometres (haversine). */
export function distance(from: Place, to: Place): number {
  const lat = Math.sin(radians(to.lat - from.lat) / 2) ** 2;
  const lon = Math.sin(radians(to.lon - from.lon) / 2) ** 2;
  const chord = lat + Math.cos(radians(from.lat)) * Math.cos(radians(to.lat)) * lon;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

const PLACES: Readonly<Record<NonNullable<Filter["place"]>, Test>> = {
  timeline: (row) => !row.isArchived && row.binnedAt === null,
  archive: (row) => row.isArchived && row.binnedAt === null,
  bin: (row) => row.binnedAt !== null,
  kept: (row) => row.binnedAt === null,
  everything: () => true,
};

/** An album and the favourites show archived photos too; only the bin hides. */
function placeTest({ place, albumId, favourite }: Filter): Test {
  if (place !== undefined) return PLACES[place];
  return albumId !== undefined || favourite !== undefined ? (row) => row.binnedAt === null : PLACES.timeline;
}

const MARKED: Readonly<Record<string, (filter: Filter) => Test>> = {
  favourite: ({ favourite }) => (row) => row.isFavourite === favourite,
  hasPlace: ({ hasPlace }) => (row) => (row.place !== null) === hasPlace,
  cannotOpen: ({ cannotOpen }) => (row) => (row.state === "cannot-open") === cannotOpen,
  notInAnyAlbum: ({ notInAnyAlbum }) => (row) => (row.albums.length === 0) === notInAnyAlbum,
};

function testsOf(filter: Filter): readonly Test[] {
  const { albumId, from, to, kinds, cameras, near, text } = filter;
  const tests: Test[] = [placeTest(filter)];
  for (const [name, make] of Object.entries(MARKED)) {
    if (filter[name as keyof Filter] !== undefined) tests.push(make(filter));
  }
  if (albumId !== undefined) tests.push((row) => row.albums.includes(albumId));
  if (from !== undefined) tests.push((row) => row.time >= from);
  if (to !== undefined) tests.push((row) => row.time < to);
  if (kinds !== undefined && kinds.length > 0) tests.push((row) => kinds.includes(row.kind));
  if (cameras !== undefined && cameras.length > 0) tests.push((row) => cameras.includes(row.camera));
  if (near !== undefined) tests.push((row) => row.place !== null && distance(row.place, near) <= near.kilometres);
  for (const word of fold(text ?? "").split(/\s+/).filter(Boolean)) tests.push((row) => row.words.includes(word));
  return tests;
}

/** Whether a photo belongs to what a filter asks for. */
export function matcher(filter: Filter): Test {
  const [first, ...others] = testsOf(filter);
  if (first === undefined || others.length === 0) return first ?? PLACES.everything;
  return (row) => first(row) && others.every((test) => test(row));
}
