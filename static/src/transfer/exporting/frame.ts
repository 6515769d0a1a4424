/** What stands around the photos: albums, the account, pages to look at them, and the bag itself. */
import { BAG_DECLARATION, BAG_INFO, bagInfo, DECLARATION, MANIFEST, manifestPieces, TAG_MANIFEST } from "../../export/bag.ts";
import { ALBUM_METADATA, ALBUMS, PHOTOS, type Layout } from "../../export/layout.ts";
import { FolderNames } from "../../export/names.ts";
import type { ExportedPhoto } from "../../export/photo.ts";
import { albumDocument, albumMetadata, type ExportedAlbum } from "../../export/sidecars.ts";
import { isShownByBrowsers, viewerPages, type ViewerPhoto, type ViewerSection, type ViewerWords } from "../../export/viewer.ts";
import type { AlbumToExport, ExportJob } from "./contract.ts";
import type { Ledger } from "./ledger.ts";

const DATA = "data/";
const SOFTWARE = "PocketVault browser export 1";

/** A photo that stands, with what the pages say of it: of fifty thousand no more is kept. Paths are inside the bag. */
export interface Finished {
  readonly id: string;
  readonly photo: Pick<ExportedPhoto, "mediaType" | "capturedLocal" | "storedAt" | "title" | "name" | "altText">;
  readonly path: string | null;
  readonly copy: string | null;
}

export interface AccountFile {
  /** Inside the bag. */
  readonly path: string;
  /** Its text, asked for when its turn comes; null for what cannot be had any more. */
  readonly read: (signal: AbortSignal) => Promise<string | null>;
  /** Files that its text names: they come after it. */
  readonly named?: (text: string) => readonly AccountFile[];
}

export interface TreePorts {
  readonly job: ExportJob;
  readonly layout: Layout;
  readonly finished: readonly Finished[];
  readonly ledger: Ledger;
  readonly files: readonly AccountFile[];
  readonly patiently: <T>(act: () => Promise<T>) => Promise<T>;
  readonly failed: (path: string, error: unknown) => void;
  readonly signal: AbortSignal;
}

export async function writeTree(ports: TreePorts): Promise<void> {
  const { job, finished, ledger } = ports;
  const standing = new Map(finished.map((each) => [each.id, each]));
  await writeAlbums(ports, standing);
  await writeAccount(ports, ports.files);
  for await (const { path, text } of viewerPages(sectionsOf(job, finished, standing), wordsOf(job))) await ledger.writeText(DATA + path, text);
  await ledger.adopt("data", (path) => /^data\/viewer\/\d{4}-\d+\.html$/.test(path));
}

async function writeAccount(ports: TreePorts, files: readonly AccountFile[]): Promise<void> {
  for (const { path, read, named } of files) {
    try {
      const text = await ports.patiently(() => read(ports.signal));
      if (text === null) continue;
      await ports.ledger.writeText(path, text);
      await writeAccount(ports, named?.(text) ?? []);
    } catch (error) {
      ports.signal.throwIfAborted();
      ports.failed(path, error);
    }
  }
}

async function writeAlbums({ job, layout, ledger }: TreePorts, standing: ReadonlyMap<string, Finished>): Promise<void> {
  const names = new FolderNames().give(job.albums, (id) => `album-${id.slice(-6)}`);
  for (const album of job.albums) {
    const document = albumOf(album, standing);
    if (document.photos.length === 0 && album.photos.length > 0) continue;
    await ledger.writeText(`${ALBUMS}/${names.get(album.id)?.json ?? `${album.id}.json`}`, albumDocument(document));
    const folder = layout.folders.get(album.id);
    const isThere = folder !== undefined && document.photos.some((path) => path.startsWith(`${PHOTOS}/${folder}/`));
    if (isThere) await ledger.writeText(`${PHOTOS}/${folder}/${ALBUM_METADATA}`, albumMetadata(document));
  }
}

const pathOf = (finished: Finished | undefined): string | null => finished?.path ?? finished?.copy ?? null;

function albumOf({ id, name, description, cover, photos }: AlbumToExport, standing: ReadonlyMap<string, Finished>): ExportedAlbum {
  const paths = photos.flatMap((photo) => pathOf(standing.get(photo)) ?? []);
  return { id, name, description, cover: cover === null ? null : pathOf(standing.get(cover)), photos: paths };
}

function spoken(taken: string, days: Intl.DateTimeFormat): string {
  const moment = new Date(`${taken}Z`);
  return Number.isNaN(moment.getTime()) ? "" : days.format(moment);
}

function shownPhoto({ photo, path, copy }: Finished, days: Intl.DateTimeFormat): ViewerPhoto[] {
  const file = path ?? copy;
  if (file === null) return [];
  const picture = copy ?? (isShownByBrowsers(photo.mediaType) ? path : null);
  const { capturedLocal: taken, title, name, altText } = photo;
  const day = taken === null ? "" : spoken(taken, days);
  const inData = (whole: string): string => whole.slice(DATA.length);
  return [{ path: inData(file), picture: picture === null ? null : inData(picture), caption: title === "" ? name : title, altText, day }];
}

/** Albums as the person has them, then what is in none, by year, the newest first. */
function sectionsOf(job: ExportJob, finished: readonly Finished[], standing: ReadonlyMap<string, Finished>): ViewerSection[] {
  // One for all of them: each has thirty kilobytes.
  const days = new Intl.DateTimeFormat(job.words.language, { timeZone: "UTC", dateStyle: "long" });
  const inAlbums = new Set<string>();
  const albums = job.albums.map(({ name, description, photos }) => {
    for (const id of photos) inAlbums.add(id);
    return { name, description, photos: photos.flatMap((id) => { const each = standing.get(id); return each === undefined ? [] : shownPhoto(each, days); }) };
  });
  const years = new Map<string, Finished[]>();
  for (const each of finished) {
    if (inAlbums.has(each.id)) continue;
    const year = (each.photo.capturedLocal ?? each.photo.storedAt).slice(0, 4);
    const there = years.get(year);
    if (there === undefined) years.set(year, [each]);
    else there.push(each);
  }
  const momentOf = ({ photo }: Finished): string => photo.capturedLocal ?? photo.storedAt;
  // Of one moment by id: which was written first says nothing, and every run makes the same pages.
  const keyOf = (each: Finished): string => `${momentOf(each)} ${each.id}`;
  const others = [...years].sort(([left], [right]) => (left > right ? -1 : 1)).map(([year, photos]) => ({
    name: year, description: "",
    photos: photos.sort((left, right) => (keyOf(left) > keyOf(right) ? -1 : 1)).flatMap((each) => shownPhoto(each, days)),
  }));
  return [...albums.filter(({ photos }) => photos.length > 0), ...others];
}

function wordsOf({ words }: ExportJob): ViewerWords {
  return { ...words, count: (photos) => (photos === 1 ? words.one : words.many).replace("{n}", photos.toLocaleString(words.language)) };
}

/** The files that make the tree a bag. They come last: they speak of everything else. */
export async function writeFrame(job: ExportJob, ledger: Ledger, photos: number): Promise<{ readonly files: number; readonly bytes: number }> {
  const payload = ledger.all();
  const { since } = job.choices;
  const description = `${photos} photos with what is known of them, albums and account, from PocketVault`;
  await ledger.writeTag(DECLARATION, [BAG_DECLARATION]);
  await ledger.writeTag(BAG_INFO, [bagInfo(payload, { madeAt: job.begunAt, software: SOFTWARE, description, since })]);
  await ledger.writeTag(MANIFEST, manifestPieces(payload));
  await ledger.writeTag(TAG_MANIFEST, manifestPieces(ledger.tags()));
  const everything = ledger.everything();
  return { files: everything.length, bytes: everything.reduce((sum, { bytes }) => sum + bytes, 0) };
}
