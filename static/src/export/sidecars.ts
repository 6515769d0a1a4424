/**
 * `NAME.json`: what is known of a photo, under the keys that Google Takeout uses, so that importers of
 * Takeout read it, and in full under `pocketvault`. See docs/export.md.
 */
import { capturedMilliseconds, rightsStatement, type ExportedPhoto } from "./photo.ts";

interface Stamp {
  readonly timestamp: string;
  readonly formatted: string;
}

const SPOKEN = new Intl.DateTimeFormat("en-US", {
  timeZone: "UTC", year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "2-digit", second: "2-digit",
});

/** Seconds since 1970 as text. Takeout has 0 for a time that nobody knows, and readers of it look elsewhere then. */
function stampOf(milliseconds: number | null): Stamp {
  const known = milliseconds ?? 0;
  return { timestamp: String(Math.floor(known / 1000)), formatted: `${SPOKEN.format(known).replaceAll("\u202f", " ")} UTC` };
}

/** Takeout writes 0, 0 for "no place". */
function geoOf(place: ExportedPhoto["place"]): Record<string, number> {
  return { latitude: place?.lat ?? 0, longitude: place?.lon ?? 0, altitude: 0, latitudeSpan: 0, longitudeSpan: 0 };
}

/** The members that have no key in Takeout. Null says that nothing is known. */
function wholeOf(photo: ExportedPhoto, file: string): Record<string, unknown> {
  const { capturedLocal, zone, place, camera, lens, exposureSeconds, aperture, iso, focalLengthMm, width, height } = photo;
  return {
    format: 1,
    id: photo.id,
    file,
    originalName: photo.name,
    mediaType: photo.mediaType,
    bytes: photo.bytes,
    storedAt: photo.storedAt,
    captured: capturedLocal === null ? null : { local: capturedLocal, zone },
    place,
    title: photo.title,
    description: photo.description,
    altText: photo.altText,
    keywords: photo.keywords,
    rating: photo.rating === 0 ? null : photo.rating,
    rotation: photo.rotation,
    camera: { model: camera, lens, exposureSeconds, aperture, iso, focalLengthMm },
    pixels: width > 0 && height > 0 ? { width, height } : null,
    favourite: photo.isFavourite,
    archived: photo.isArchived,
    albums: photo.albums,
    sharedBy: photo.sharedBy === "" ? null : photo.sharedBy,
    rights: { creator: photo.creator, licence: photo.licence, statement: rightsStatement(photo), training: "prohibited" },
  };
}

/** The text of a photo's JSON sidecar. `file` is the name under which the photo stands beside it. */
export function jsonSidecar(photo: ExportedPhoto, file: string): string {
  const geo = geoOf(photo.place);
  const document = {
    title: photo.name,
    description: photo.description,
    imageViews: "0",
    creationTime: stampOf(Date.parse(photo.storedAt) || null),
    photoTakenTime: stampOf(capturedMilliseconds(photo)),
    geoData: geo,
    geoDataExif: geo,
    people: [],
    favorited: photo.isFavourite,
    archived: photo.isArchived,
    trashed: false,
    pocketvault: wholeOf(photo, file),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

export interface ExportedAlbum {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** The path of its cover inside the bag; null for none. */
  readonly cover: string | null;
  /** Paths inside the bag, in the album's own order. */
  readonly photos: readonly string[];
}

/** `metadata.json` in an album's folder, as Takeout has it: importers make the album from it. */
export function albumMetadata(album: ExportedAlbum): string {
  return `${JSON.stringify({ title: album.name, description: album.description, access: "protected", date: stampOf(null) }, null, 2)}\n`;
}

/** `data/albums/NAME.json`: an album whole, wherever its photos lie. */
export function albumDocument(album: ExportedAlbum): string {
  return `${JSON.stringify({ format: 1, ...album }, null, 2)}\n`;
}
