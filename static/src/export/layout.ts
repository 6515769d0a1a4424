/**
 * Where everything of an export stands. Shared by the export in the browser and by the offline opener of
 * an encrypted archive, so that both make the same tree of the same vault.
 */
import { ANYWHERE, FolderNames, type GivenNames, type NameLimit } from "./names.ts";

export const PHOTOS = "data/photos";
export const COPIES = "data/copies";
export const ALBUMS = "data/albums";
export const ACCOUNT = "data/account";
export const SHARES = "data/shares";
export const RECEIPTS = "data/receipts";
export const ALBUM_METADATA = "metadata.json";

export interface PlacedPhoto {
  readonly id: string;
  readonly name: string;
  /** Ids of its albums; it stands in the folder of the first by name, and every album lists it. */
  readonly albums: readonly string[];
  /** Four digits: the year it was taken in, or else came in. */
  readonly year: string;
}

export interface PlacedAlbum {
  readonly id: string;
  readonly name: string;
}

export interface Layout {
  /** Folder of an album inside {@link PHOTOS}, by id; only albums that have one. */
  readonly folders: ReadonlyMap<string, string>;
  readonly places: ReadonlyMap<string, Place>;
}

export interface Place extends GivenNames {
  /** The folder's name, inside {@link PHOTOS}. */
  readonly folder: string;
}

/** Importers of Google Takeout know by these words that a folder is no album. */
export const yearFolder = (year: string): string => `Photos from ${year}`;

/** Stands in where a photo has no name at all; the end of the id is what differs. */
export const namelessPhoto = (id: string): string => `photo-${id.replace(/[^0-9a-z]/gi, "").slice(-12)}`;

/** The album in whose folder a photo stands: the first by name, then by id, so that it stays the same. */
function homeOf({ albums }: PlacedPhoto, known: ReadonlyMap<string, PlacedAlbum>): PlacedAlbum | undefined {
  const candidates = albums.flatMap((id) => known.get(id) ?? []);
  return candidates.sort((left, right) => (left.name === right.name ? (left.id < right.id ? -1 : 1) : left.name < right.name ? -1 : 1))[0];
}

export interface LayoutChoices {
  readonly byAlbum: boolean;
  readonly limit?: NameLimit;
  /** "FOLDER/NAME" by id, from an earlier run into the same place: what stands there keeps its name. */
  readonly kept?: ReadonlyMap<string, string>;
}

/** A place for every photo, the same for the same library in every run. */
export function layOut(photos: readonly PlacedPhoto[], albums: readonly PlacedAlbum[], choices: LayoutChoices): Layout {
  const { byAlbum, limit = ANYWHERE, kept = new Map<string, string>() } = choices;
  const known = new Map(byAlbum ? albums.map((album) => [album.id, album]) : []);
  const homes = new Map(photos.map((photo) => [photo.id, homeOf(photo, known)]));
  const years = new Set(photos.map((photo) => yearFolder(photo.year)));
  const used = [...new Set(homes.values())].filter((album) => album !== undefined);
  const names = new FolderNames(limit, { reserved: [...years] }).give(used, (id) => `album-${id.slice(-6)}`);
  const folders = new Map([...names].map(([id, { name }]) => [id, name]));
  const byFolder = new Map<string, PlacedPhoto[]>();
  for (const photo of photos) {
    const home = homes.get(photo.id);
    const folder = (home === undefined ? undefined : folders.get(home.id)) ?? yearFolder(photo.year);
    const there = byFolder.get(folder);
    if (there === undefined) byFolder.set(folder, [photo]);
    else there.push(photo);
  }
  const places = new Map<string, Place>();
  for (const [folder, inside] of byFolder) {
    const reserved = { kept: keptIn(folder, inside, kept), reserved: [ALBUM_METADATA] };
    for (const [id, given] of new FolderNames(limit, reserved).give(inside, namelessPhoto)) places.set(id, { folder, ...given });
  }
  return { folders, places };
}

function keptIn(folder: string, photos: readonly PlacedPhoto[], kept: ReadonlyMap<string, string>): Map<string, string> {
  const start = `${folder}/`;
  return new Map(photos.flatMap(({ id }) => {
    const path = kept.get(id);
    return path?.startsWith(start) === true ? [[id, path.slice(start.length)]] : [];
  }));
}
