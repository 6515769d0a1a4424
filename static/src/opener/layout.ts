/** What stands where in the plain tree: settled for all photos before the first is written. */
import { ACCOUNT, layOut, PHOTOS, RECEIPTS, SHARES, type Layout, type Place, type PlacedPhoto } from "../export/layout.ts";
import type { Entry } from "../vault/library/entry.ts";

export interface Album {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly cover: string | null;
  readonly sequence: readonly string[];
}

/** What is remembered of every photo while the tree is written: little, because there may be very many. */
export interface Placed extends PlacedPhoto {
  /** The path of its record. */
  readonly record: string;
}

export interface Plan {
  readonly photos: readonly Placed[];
  readonly albums: readonly Album[];
  readonly layout: Layout;
}

export function placedPhoto(entry: Entry, record: string): Placed {
  const captured = entry.corrections?.capturedAt ?? entry.metadata?.capturedAt?.local;
  const year = (captured ?? entry.storedAt).slice(0, 4);
  return { id: entry.id, name: entry.metadata?.name ?? "", albums: entry.albums, year, record };
}

export function planOf(photos: readonly Placed[], albums: readonly Album[]): Plan {
  return { photos, albums, layout: layOut(photos, albums, { byAlbum: true }) };
}

/** Where a photo stands. Every photo of a plan has a place. */
export function placeOf({ layout }: Plan, id: string): Place {
  const place = layout.places.get(id);
  if (place === undefined) throw new RangeError("This photo is not in the plan.");
  return place;
}

export const pathOfPhoto = ({ folder, name }: Place): string => `${PHOTOS}/${folder}/${name}`;

/** Of the archive and not of the person: what opens it, and what the tree says anew. */
const OF_THE_ARCHIVE: ReadonlySet<string> = new Set(["README.txt", "open-archive.html", "archive.json", "manifest-sha256.txt", "account/keys.json"]);
const OPENED: ReadonlySet<string> = new Set(["images", "albums"]);
const FOLDERS: Readonly<Record<string, string>> = { account: ACCOUNT, rights: ACCOUNT, sharing: SHARES, publications: `${SHARES}/publications`, receipts: RECEIPTS };

/** Where a document of the service goes, or null for what is of no use once all is opened. Nothing else is left behind. */
export function pathOfDocument(path: string): string | null {
  const [folder = "", ...rest] = path.split("/");
  if (OF_THE_ARCHIVE.has(path) || OPENED.has(folder)) return null;
  const target = rest.length === 0 ? undefined : FOLDERS[folder];
  return target === undefined ? `${ACCOUNT}/${path}` : `${target}/${rest.join("/")}`;
}

const RECEIPT = /^receipts\/receipt-.+\.json$/;

/** How many receipts an archive holds that prove something by themselves. */
export const receiptsAmong = (paths: Iterable<string>): number => [...paths].filter((path) => RECEIPT.test(path)).length;
