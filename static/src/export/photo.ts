/** What an export says about a photo: its record with the person's corrections in it. Pure data, so that an offline opener can fill it too. */

/** Degrees, WGS 84. */
export interface ExportedPlace {
  readonly lat: number;
  readonly lon: number;
}

export interface ExportedPhoto {
  /** The image's id: by it a later import or export finds the same photo. */
  readonly id: string;
  /** The name in full, as the photo came. */
  readonly name: string;
  readonly mediaType: string;
  /** Wall-clock time where it was taken, "2026-11-15T11:42:00"; null when nobody knows. */
  readonly capturedLocal: string | null;
  /** "+03:00" or "Z"; null when it is not known. */
  readonly zone: string | null;
  readonly place: ExportedPlace | null;
  readonly title: string;
  readonly description: string;
  readonly altText: string;
  readonly keywords: readonly string[];
  /** 1 to 5; 0 for none. */
  readonly rating: number;
  /** By how much the person turned it, clockwise, on top of what the file itself says. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** EXIF orientation of the file, 1 to 8, before `rotation`; 1 for formats that turn themselves. */
  readonly orientation: number;
  readonly camera: string;
  readonly lens: string;
  readonly exposureSeconds: number | null;
  readonly aperture: number | null;
  readonly iso: number | null;
  readonly focalLengthMm: number | null;
  /** Pixels as shown before `rotation`; 0 when unknown. */
  readonly width: number;
  readonly height: number;
  /** Bytes of the original as it is stored. */
  readonly bytes: number;
  readonly isFavourite: boolean;
  readonly isArchived: boolean;
  /** When it came into the vault, ISO 8601 UTC. */
  readonly storedAt: string;
  readonly creator: string;
  readonly licence: string;
  /** Whose it is, where it is somebody else's who shared it; "" for one's own. */
  readonly sharedBy: string;
  readonly albums: readonly string[];
}

const CLOCKWISE = [1, 6, 3, 8] as const;
const MIRRORED = [2, 7, 4, 5] as const;

/** The EXIF orientation of a file of `orientation` that is shown turned clockwise by `rotation` degrees on top. */
export function turnedOrientation(orientation: number, rotation: number): number {
  const steps = rotation / 90;
  for (const circle of [CLOCKWISE, MIRRORED]) {
    const at = (circle as readonly number[]).indexOf(orientation);
    if (at >= 0) return circle[(at + steps) % 4] ?? 1;
  }
  return CLOCKWISE[steps % 4] ?? 1;
}

/** Milliseconds since 1970 UTC, as far as known: without a zone the wall clock is taken for UTC, as Google Takeout does. */
export function capturedMilliseconds({ capturedLocal, zone }: Pick<ExportedPhoto, "capturedLocal" | "zone">): number | null {
  if (capturedLocal === null) return null;
  const inZone = Date.parse(`${capturedLocal}${zone ?? "Z"}`);
  const value = Number.isNaN(inZone) ? Date.parse(`${capturedLocal}Z`) : inZone;
  return Number.isNaN(value) ? null : value;
}

/** What everyone's photos say of themselves; see docs/export.md. */
export function rightsStatement({ creator, licence }: Pick<ExportedPhoto, "creator" | "licence">): string {
  const terms = licence === "" ? "All rights reserved" : licence;
  return creator === "" ? terms : `${creator}. ${terms}`;
}
