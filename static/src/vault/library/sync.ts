/**
 * Bringing the local index up to what the server's change feed says.
 */
import { Problem } from "../../api/problem.ts";
import type { AlbumEntry } from "./album-entry.ts";
import type { BlockIndex, IndexChange } from "./blocks.ts";
import type { Entry } from "./entry.ts";
import { albumEntryFrom, heldContentKey, openImage, type Keyring, type OpenedImage } from "./keyring.ts";
import { newestAlbum, newestEntry, toldOf, toldOfAlbum } from "./newest.ts";
import { isSameRestoration, type Restored } from "./restored.ts";
import { owedOf, type Occasion, type ProvenRestoration } from "./sightings.ts";
import type { WireChange, WirePage } from "./wire.ts";

/** Where changes come from. */
export interface Feed {
  page(cursor: string): Promise<WirePage>;
}

export interface SyncStep extends IndexChange {
  readonly albumsChanged: boolean;
  /** Something about what is shown to everyone. */
  readonly publicChanged: boolean;
  /** How many things were offered in an older state than the index has. */
  readonly rolledBack: number;
  /** How many were offered so that they do not open, while the index has them as they do. */
  readonly unreadable: number;
  /** How many things of the index a feed that began anew no longer has, though no restore explains it. */
  readonly unlisted: number;
  /** A proven restore was taken over, or more of it. */
  readonly restoredChanged: boolean;
}

/** Records opened at the same time: enough to keep the browser's crypto threads busy. */
const OPENED_AT_ONCE = 64;

async function inBatches<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += OPENED_AT_ONCE) {
    results.push(...(await Promise.all(items.slice(start, start + OPENED_AT_ONCE).map(work))));
  }
  return results;
}

/** Only the last change of each thing matters. */
function lastOfEach(changes: readonly WireChange[]): readonly WireChange[] {
  return [...new Map(changes.map((change) => [`${change.kind} ${change.id}`, change])).values()];
}

function mergeAlbums(
  albums: readonly AlbumEntry[], upserts: readonly AlbumEntry[], removals: ReadonlySet<string>,
): readonly AlbumEntry[] {
  const merged = new Map(albums.map((album) => [album.id, album]));
  for (const album of upserts) merged.set(album.id, album);
  for (const id of removals) merged.delete(id);
  return [...merged.values()];
}

interface Opened {
  readonly images: readonly OpenedImage[];
  readonly removals: readonly string[];
  readonly albums: readonly AlbumEntry[];
  readonly removedAlbums: ReadonlySet<string>;
}

async function openPage(page: WirePage, keyring: Keyring): Promise<Opened> {
  const changes = lastOfEach(page.changes);
  const images = changes.filter((change) => change.kind === "image");
  const albums = changes.filter((change) => change.kind === "album");
  const present = images.flatMap((change) => (change.isDeleted || change.image === null ? [] : [change.image]));
  const presentAlbums = albums.flatMap((change) => (change.isDeleted || change.album === null ? [] : [change.album]));
  return {
    images: await inBatches(present, (image) => openImage(image, keyring)),
    removals: images.filter((change) => change.isDeleted).map((change) => change.id),
    albums: await inBatches(presentAlbums, (album) => albumEntryFrom(album, keyring)),
    removedAlbums: new Set(albums.filter((change) => change.isDeleted).map((change) => change.id)),
  };
}

/** What a fresh start has seen, so that what it has not can be dropped at its end. */
interface FreshStart {
  readonly images: Set<string>;
  readonly albums: Set<string>;
}

/** The server forgot the cursor, or says that it never gave it: then only its beginning is sure. */
const isExpired = (error: unknown): boolean => error instanceof Problem && (error.status === 410 || error.code === "wrong_cursor");

/**
 * Pull pages until there are no more, yielding what each changed.
 *
 * When the server has forgotten our cursor the feed is read from the beginning, over the index we
 * have: photos stay visible meanwhile, and only those the server no longer lists go at the end.
 * Until then the stored cursor stays empty, so that an interrupted fresh start begins again.
 *
 * So it is read after a restore that the public log bears out: a restored feed counts on from an earlier
 * place, so that our cursor may point past changes that were never read.
 */
export async function* pullChanges(index: BlockIndex, feed: Feed, keyring: Keyring, restoration: ProvenRestoration | null = null): AsyncGenerator<SyncStep> {
  const isNew = restoration !== null && !isSameRestoration(restoration, index.restored);
  if (isNew) yield await beginAnew(index, restoration);
  let fresh: FreshStart | null = index.cursor === "" ? { images: new Set(), albums: new Set() } : null;
  let cursor = index.cursor;
  for (let hasMore = true; hasMore; ) {
    let page: WirePage;
    try {
      page = await feed.page(cursor);
    } catch (error) {
      if (!isExpired(error) || cursor === "") throw error;
      fresh = { images: new Set(), albums: new Set() };
      cursor = "";
      continue;
    }
    yield await applyPage(index, page, { keyring, fresh, occasion: { now: Date.now(), restoration } });
    hasMore = page.hasMore;
    cursor = page.cursor;
  }
  if (fresh !== null) yield await dropUnseen(index, fresh, cursor, restoration);
}

const NOTHING: SyncStep = { upserts: [], removals: [], albumsChanged: false, publicChanged: false, rolledBack: 0, unreadable: 0, unlisted: 0, restoredChanged: false };

async function beginAnew(index: BlockIndex, { restoredTo, restoredAt }: ProvenRestoration): Promise<SyncStep> {
  const restored = { restoredTo, restoredAt, older: 0, lost: 0 };
  await index.update({ upserts: [], removals: [], cursor: "", albums: index.albums, restored });
  return { ...NOTHING, restoredChanged: true };
}

const withMore = ({ older, lost, ...when }: Restored, moreOlder: number, moreLost: number): Restored => ({ ...when, older: older + moreOlder, lost: lost + moreLost });

/** A photo whose content key is another than it was: for a new version it has to be, and it opens. */
async function withContentKey(image: OpenedImage, known: Entry | undefined, keyring: Keyring): Promise<OpenedImage> {
  if (known === undefined || known.wrappedContentKey === image.entry.wrappedContentKey) return image;
  const opens = await heldContentKey(image.entry, keyring).then(() => true, () => false);
  return opens ? image : { ...image, closed: { ...image.closed, content: true } };
}

interface Reading {
  readonly keyring: Keyring;
  readonly fresh: FreshStart | null;
  readonly occasion: Occasion;
}

async function applyPage(index: BlockIndex, page: WirePage, { keyring, fresh, occasion }: Reading): Promise<SyncStep> {
  const { images, removals, albums: offeredAlbums, removedAlbums } = await openPage(page, keyring);
  const known = new Map((await index.entries(images.map(({ entry }) => entry.id))).map((entry) => [entry.id, entry]));
  const knownAlbums = new Map(index.albums.map((album) => [album.id, album]));
  const offered = await inBatches(images, (image) => withContentKey(image, known.get(image.entry.id), keyring));
  const newest = offered.map((image) => newestEntry(image, known.get(image.entry.id), occasion));
  const newestAlbums = offeredAlbums.map((album) => newestAlbum(album, knownAlbums.get(album.id), occasion));
  const [upserts, albums] = [newest.map(({ entry }) => entry), newestAlbums.map(({ entry }) => entry)];
  const all = [...newest, ...newestAlbums];
  const countOf = (kept: "older" | "closed"): number => all.filter((each) => each.kept === kept).length;
  const backCount = all.filter(({ isBack }) => isBack).length;
  for (const { id } of upserts) fresh?.images.add(id);
  for (const id of removals) fresh?.images.delete(id);
  for (const { id } of albums) fresh?.albums.add(id);
  const cursor = fresh === null ? page.cursor : "";
  const merged = mergeAlbums(index.albums, albums, removedAlbums);
  const albumsChanged = albums.length > 0 || removedAlbums.size > 0;
  if (upserts.length > 0 || removals.length > 0 || albumsChanged || cursor !== index.cursor) {
    await index.update({ upserts, removals, cursor, albums: merged, restored: withMore(index.restored, backCount, 0) });
  }
  const publicChanged = page.changes.some(({ kind }) => kind === "public");
  const counts = { rolledBack: countOf("older"), unreadable: countOf("closed"), unlisted: 0 };
  return { upserts, removals, albumsChanged, publicChanged, ...counts, restoredChanged: backCount > 0 };
}

async function dropUnseen(index: BlockIndex, fresh: FreshStart, cursor: string, restoration: ProvenRestoration | null): Promise<SyncStep> {
  const removals = index.ids().filter((id) => !fresh.images.has(id));
  const albums = index.albums.filter((album) => fresh.albums.has(album.id));
  const gone = [...(await index.entries(removals)).map(toldOf), ...index.albums.filter((album) => !fresh.albums.has(album.id)).map(toldOfAlbum)];
  const lost = gone.filter((told) => owedOf(told, restoration).length === 0).length;
  const albumsChanged = albums.length !== index.albums.length;
  await index.update({ upserts: [], removals, cursor, albums, restored: withMore(index.restored, 0, lost) });
  return { ...NOTHING, removals, albumsChanged, unlisted: gone.length - lost, restoredChanged: lost > 0 };
}
