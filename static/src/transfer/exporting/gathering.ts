/** From the library and the albums of others to what an export is to write. */
import type { Described, AlbumToExport, ExportChoices, PhotoToExport } from "./contract.ts";
import type { CorrectionsDocument, MetadataDocument } from "../../vault/library/documents.ts";
import type { Details } from "../../vault/library/contract.ts";
import type { Library } from "../../vault/library/library.ts";
import type { Item } from "../../vault/library/view.ts";
import { localTime } from "../../vault/library/documents.ts";
import { readPeople } from "../../vault/people/people.ts";
import { isOpened, readReceivedAlbums } from "../../vault/sharing/received.ts";
import { ReceivedPhotos } from "../../vault/sharing/received-photos.ts";
import type { Vault } from "../../vault/state.ts";

/** An album that moves on under our eyes is read again so often. */
const READINGS = 3;

export interface Gathered {
  readonly photos: readonly PhotoToExport[];
  readonly albums: readonly AlbumToExport[];
  readonly describe: (id: string) => Promise<Described | null>;
  /** Forget what was read for it. */
  readonly end: () => void;
}

/** A moment as the wall clock of this device shows it, as an item without a time has it, is no time that anybody took a photo at. */
const takenAt = ({ isTimeKnown, time }: Item): string | null => (isTimeKnown ? localTime(time) : null);

function photoFrom(item: Item, albums: readonly string[], sharedBy: string, request: PhotoToExport["request"]): PhotoToExport {
  const year = new Date(item.isTimeKnown ? item.time : item.storedAt).getUTCFullYear();
  return { id: item.id, name: item.name, albums, year: String(year).padStart(4, "0"), bytes: item.bytes, sharedBy, request };
}

const corrected = <T>(correction: T | undefined, original: T): T => (correction === undefined ? original : correction);

/** What the record says, with the corrections in it. */
export function describedBy(item: Item, details: Details | null): Described {
  const metadata: Partial<MetadataDocument> = details?.metadata ?? {};
  const corrections: Partial<CorrectionsDocument> = details?.corrections ?? {};
  const rights = corrections.rights ?? metadata.rights;
  return {
    id: item.id, name: item.name, mediaType: item.mediaType,
    capturedLocal: takenAt(item),
    zone: corrected(corrections.zone, metadata.capturedAt?.zone ?? null),
    place: item.place, title: item.title,
    description: corrected(corrections.description, metadata.description ?? "") ?? "",
    altText: item.altText,
    keywords: corrected(corrections.keywords, metadata.keywords ?? []) ?? [],
    rating: item.rating, rotation: item.rotation, camera: item.camera, lens: metadata.lens ?? "",
    exposureSeconds: metadata.exposureSeconds ?? null, aperture: metadata.aperture ?? null, iso: metadata.iso ?? null, focalLengthMm: metadata.focalLengthMm ?? null,
    width: item.width, height: item.height, isFavourite: item.isFavourite, isArchived: item.isArchived,
    storedAt: new Date(item.storedAt).toISOString(),
    creator: rights?.creator ?? "", licence: rights?.licence ?? "",
  };
}

function ownPhotos(library: Library, since: string | null): PhotoToExport[] {
  // Archived ones too; what is in the bin was thrown away.
  const view = library.view({ place: "kept" });
  const from = since === null ? -Infinity : Date.parse(since);
  return Array.from({ length: view.count }, (_, index) => view.itemAt(index)).flatMap((item) => {
    const request = library.mediaRequest(item.id, "original");
    return request === null || item.state === "pending" || item.storedAt < from ? [] : [photoFrom(item, item.albums, "", request)];
  });
}

/** In the album's own order; albums made only to share something are no albums of the person's. */
function ownAlbums(library: Library, photos: ReadonlySet<string>): AlbumToExport[] {
  return library.albums().filter(({ isDirect, state }) => !isDirect && state === "fine").map(({ id, name, description, cover, order }) => {
    const view = library.view({ albumId: id, order });
    const ids = Array.from({ length: view.count }, (_, index) => view.idAt(index)).filter((photo) => photos.has(photo));
    return { id, name, description, cover, photos: ids };
  });
}

interface Received {
  readonly photos: PhotoToExport[];
  readonly album: AlbumToExport;
  readonly source: ReceivedPhotos;
}

/** Albums of others, as far as whoever shares them lets them be saved. One that cannot be read hinders no other. */
async function receivedAlbums(vault: Vault): Promise<Received[]> {
  const albums = await readReceivedAlbums({ vault, contacts: (await readPeople(vault)).contacts });
  const read: Received[] = [];
  for (const album of albums) {
    if (!isOpened(album) || !album.wire.canDownload) continue;
    const source = new ReceivedPhotos();
    for (let reading = 0; reading < READINGS && !(await source.load(album)); reading += 1);
    const rows = source.rowsOfOthers();
    const sharedBy = album.people.get(album.ownerId)?.email ?? "";
    const photos = rows.flatMap(({ id }) => {
      const [item, request] = [source.byId(id), source.mediaRequest(id, "original")];
      return item === null || request === null ? [] : [photoFrom(item, [album.wire.id], sharedBy === "" ? album.ownerId : sharedBy, request)];
    });
    read.push({ source, photos, album: { id: album.wire.id, name: album.settings.name, description: album.settings.description, cover: null, photos: photos.map(({ id }) => id) } });
  }
  return read;
}

/** Everything that the choices ask for. @throws Problem, HistoryError while the albums of others are read. */
export async function gatherPhotos(vault: Vault, library: Library, choices: ExportChoices): Promise<Gathered> {
  const own = ownPhotos(library, choices.since);
  const ids = new Set(own.map(({ id }) => id));
  const received = choices.received ? await receivedAlbums(vault) : [];
  const others = new Map<string, ReceivedPhotos>();
  const photos = [...own];
  for (const { photos: theirs, source } of received) {
    for (const photo of theirs) {
      if (ids.has(photo.id) || others.has(photo.id)) continue;
      others.set(photo.id, source);
      photos.push(photo);
    }
  }
  const describe = async (id: string): Promise<Described | null> => {
    const source = others.get(id);
    const item = source === undefined ? library.byId(id) : source.byId(id);
    if (item === null) return null;
    return describedBy(item, source === undefined ? await library.details(id) : null);
  };
  return { photos, albums: [...ownAlbums(library, ids), ...received.map(({ album }) => album)], describe, end: () => { for (const { source } of received) source.close(); } };
}
