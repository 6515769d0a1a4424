/**
 * Photos of this account in its shared albums: put in, wrapped again under a new key, and taken out.
 *
 * What is still to do is always worked out from what the server has, so a closed tab costs nothing: a photo that
 * stands in the album and is not shared yet is to be added, an item of an older generation is to be wrapped again.
 */
import { call } from "../../api/client.ts";
import { toBase64Url } from "../../crypto/bytes.ts";
import { rootOf } from "../../crypto/commitment.ts";
import { MOST_ITEMS } from "../../crypto/event.ts";
import type { SealedItem } from "../../crypto/rewrap.ts";
import { wrappedKeyFromBytes } from "../../crypto/wrap.ts";
import { refusalOf } from "../library/bridge.ts";
import type { AlbumSealer, ItemFailure, Outcome } from "../library/contract.ts";
import type { WrappedContent } from "../library/keyring.ts";
import type { Library } from "../library/library.ts";
import { chunks } from "../library/writing.ts";
import type { Vault } from "../state.ts";
import { changeAlbum, nextEntry, standingOf, type Standing } from "./album-change.ts";
import type { CleanCopy, PhotoToShare } from "./album-sealing.ts";
import { albumPath, groupIn, placeOf, sharedItems, type AlbumCircle, type SharedAlbum } from "./album-state.ts";
import { chosenBy } from "./album-telling.ts";
import type { WireSharedItem } from "./album-wire.ts";
import { entryBody } from "./entries.ts";
import { isReadable } from "./groups.ts";

/** What the work with photos needs besides the vault. */
export interface PhotoPorts {
  readonly vault: Vault;
  readonly library: Library;
  readonly sealer: AlbumSealer;
  /** The clean copy of a photo whose file still carries what its camera wrote, made if there is none. */
  readonly cleanCopy: (photo: WrappedContent) => Promise<CleanCopy>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: SharingProgress) => void;
}

/** How far the work on one album is. */
export interface SharingProgress {
  readonly kind: "preparing" | "rewrapping" | "renewing";
  readonly done: number;
  readonly total: number;
}

/** After so many clean copies what is ready goes to the server: less is done twice when a tab is closed. */
const CLEAN_BATCH = 10;

/** Photos that stand in the album and are not shared yet, in the order of the library. */
export function waitingPhotos(id: string, items: readonly WireSharedItem[], library: Library): readonly string[] {
  const shared = new Set(items.map(({ imageId }) => imageId));
  return idsIn(id, library).filter((each) => !shared.has(each));
}

/** Everything that is in the album, the recycle bins of its owners left out. @throws Problem, CryptoError. */
export async function listedItems(id: string): Promise<readonly WireSharedItem[]> {
  const items: WireSharedItem[] = [];
  for await (const item of sharedItems(id)) items.push(item);
  return items;
}

/** Share photos of the library in an album. One that fails does not stop the others. @throws as `changeAlbum`; AbortError. */
export async function addPhotos(id: string, ids: readonly string[], ports: PhotoPorts): Promise<Outcome> {
  return await inBatches(ids, "preparing", ports, (batch, done, failed) => sendBatch(id, batch, ports, done, failed));
}

/** Sends what is ready; notes of each photo whether it went. */
type Send = (batch: readonly PhotoToShare[], done: string[], failed: ItemFailure[]) => Promise<void>;

/** Get photos ready, their clean copies made where they need one, and send them as they are. @throws what `send` throws; AbortError. */
export async function inBatches(ids: readonly string[], kind: SharingProgress["kind"], ports: PhotoPorts, sendReady: Send): Promise<Outcome> {
  const [done, failed]: [string[], ItemFailure[]] = [[], []];
  let ready: PhotoToShare[] = [];
  let clean = 0;
  const tell = (): void => { ports.onProgress({ kind, done: done.length + ready.length + failed.length, total: ids.length }); };
  const send = async (): Promise<void> => {
    const batch = ready;
    ready = [];
    clean = 0;
    if (batch.length > 0) await sendReady(batch, done, failed);
  };
  for (const photoId of new Set(ids)) {
    ports.signal.throwIfAborted();
    tell();
    const photo = await preparedPhoto(photoId, ports, failed);
    if (photo === null) continue;
    ready.push(photo);
    if (photo.clean !== null) clean += 1;
    if (ready.length >= MOST_ITEMS || clean >= CLEAN_BATCH) await send();
  }
  await send();
  tell();
  return { done, failed };
}

const NOT_SHARED_YET = { code: "still_running", sentence: "This photo is still being prepared for sharing. Take it out once it is done." } as const;

/** Take photos out of a shared album, each with the history told of it. */
export async function removePhotos(id: string, ids: readonly string[], vault: Vault): Promise<Outcome> {
  const done = new Set<string>();
  for (const chunk of chunks([...new Set(ids)], MOST_ITEMS)) {
    await changeAlbum(vault, id, async (standing) => {
      const wanted = new Set(chunk);
      const items = (await listedItems(id)).filter(({ imageId, commitment }) => wanted.has(imageId) && Object.hasOwn(standing.album.state.items, commitment));
      if (items.length === 0) return null;
      const entry = await nextEntry(standing, { event: "items-removed", items: items.map(({ commitment }) => commitment) });
      for (const { imageId } of items) done.add(imageId);
      return { method: "POST", path: "/items/remove", body: { image_ids: items.map(({ imageId }) => imageId), entry: entryBody(entry) } };
    });
  }
  return { done: [...done], failed: [...new Set(ids)].filter((each) => !done.has(each)).map((each) => ({ id: each, ...NOT_SHARED_YET })) };
}

/**
 * Wrap those of the items that are of older generations under the key in force, a batch while the one before is
 * on its way. @throws as `changeAlbum`.
 */
export async function rewrapOld(id: string, listed: readonly WireSharedItem[], { vault, sealer, signal, onProgress }: Pick<PhotoPorts, "vault" | "sealer" | "signal" | "onProgress">): Promise<void> {
  const { album } = await standingOf(vault, id);
  const to = { generation: album.state.generation, key: album.key };
  const items = listed.flatMap((item) => olderItem(item, album));
  const from = [...album.keys].map(([generation, key]) => ({ generation, key })).filter(({ generation }) => generation < to.generation);
  let done = 0;
  let sent: Promise<void> = Promise.resolve();
  for (const chunk of chunks(items, MOST_ITEMS)) {
    const rewrapped = await sealer.rewrap({ place: placeOf(album), items: chunk, from, to });
    await sent;
    signal.throwIfAborted();
    onProgress({ kind: "rewrapping", done, total: items.length });
    sent = call("POST", `${albumPath(id)}/items/rewrap`, { body: { generation: to.generation, items: rewrapped.map(rewrappedBody) } });
    // Its failure is heard of once the next batch is ready.
    sent.catch(() => undefined);
    done += chunk.length;
  }
  await sent;
}

/**
 * Tell the history of photos that the server no longer has: this account's own that were purged, and those of
 * somebody who has no access any more. What lies in a recycle bin is not gone.
 */
export async function signLosses(id: string, { vault, library }: Pick<PhotoPorts, "vault" | "library">): Promise<boolean> {
  await library.sync();
  const bin = library.view({ place: "bin" });
  const hasBinned = Array.from({ length: bin.count }, (_, index) => bin.itemAt(index)).some(({ albums }) => albums.includes(id));
  return await changeAlbum(vault, id, async (standing) => {
    const present = new Set((await listedItems(id)).map(({ commitment }) => commitment));
    const lost = lostItems(standing, present, hasBinned);
    if (lost.length === 0) return null;
    const entry = await nextEntry(standing, { event: "items-removed", items: lost.slice(0, MOST_ITEMS) });
    return { method: "POST", path: "/items/remove", body: { image_ids: [], entry: entryBody(entry) } };
  });
}

/** Commitments without a photo behind them of which this account may say that they are gone. */
export function lostItems({ album: { state }, circle }: Pick<Standing, "album" | "circle">, present: ReadonlySet<string>, hasBinned: boolean): readonly string[] {
  const own = circle.vault.accountId;
  return Object.entries(state.items).flatMap(([commitment, by]) => {
    if (present.has(commitment)) return [];
    return (by === own ? !hasBinned : !hasAccess(by, state, circle)) ? [commitment] : [];
  });
}

function hasAccess(account: string, { members, groups }: SharedAlbum["state"], circle: AlbumCircle): boolean {
  if (Object.hasOwn(members, account)) return true;
  return Object.keys(groups).some((id) => {
    const group = groupIn(circle, id);
    // Of a group that cannot be read nobody knows who is in it.
    return group === undefined || !isReadable(group) || Object.hasOwn(group.state.members, account);
  });
}

/** Photos of this account in the album, those on their way up and in the bin left out. */
function idsIn(id: string, library: Library): readonly string[] {
  const view = library.view({ albumId: id, place: "kept" });
  return Array.from({ length: view.count }, (_, index) => view.idAt(index)).filter((each) => !library.isPending(each));
}

async function preparedPhoto(id: string, { library, cleanCopy }: PhotoPorts, failed: ItemFailure[]): Promise<PhotoToShare | null> {
  const photo = library.mediaRequest(id, "original");
  if (photo === null || library.byId(id)?.isWhole !== true) return { id, clean: null };
  try {
    return { id, clean: await cleanCopy(photo) };
  } catch (error) {
    failed.push({ id, ...refusalOf(error) });
    return null;
  }
}

async function sendBatch(id: string, batch: readonly PhotoToShare[], { vault, sealer }: PhotoPorts, done: string[], failed: ItemFailure[]): Promise<void> {
  let left = batch;
  let isFirst = true;
  await changeAlbum(vault, id, async (standing) => {
    if (!isFirst) left = await notThereYet(id, batch);
    isFirst = false;
    if (left.length === 0) return null;
    const { album } = standing;
    const generation = album.state.generation;
    const tells = chosenBy(vault.accountId, album) ?? [];
    const sealed = await sealer.sealPhotos({ place: placeOf(album), generation, key: album.key, photos: left.map((each) => ({ ...each, tells })) });
    failed.push(...sealed.failed.filter((each) => !failed.some((known) => known.id === each.id)));
    if (sealed.items.length === 0) return null;
    const commitments = sealed.items.map(({ commitment }) => commitment);
    const entry = await nextEntry(standing, { event: "items-added", count: commitments.length, root: toBase64Url(rootOf(commitments)) }, commitments);
    return { method: "POST", path: "/items", body: { generation, items: sealed.items.map(({ body }) => body), entry: entryBody(entry) } };
  });
  const unsent = new Set(failed.map((each) => each.id));
  done.push(...batch.flatMap((each) => (unsent.has(each.id) ? [] : [each.id])));
}

/** Another device was quicker with some of them. */
async function notThereYet(id: string, batch: readonly PhotoToShare[]): Promise<readonly PhotoToShare[]> {
  const there = new Set((await listedItems(id)).map(({ imageId }) => imageId));
  return batch.filter((each) => !there.has(each.id));
}

/** Only what the history vouches for is handed on. */
function olderItem({ imageId, version, source, generation, wrappedContentKey, fields, commitment }: WireSharedItem, { state }: SharedAlbum): readonly SealedItem[] {
  if (generation >= state.generation || wrappedContentKey === null || fields === null || !Object.hasOwn(state.items, commitment)) return [];
  return [{ image: imageId, version, source, generation, key: wrappedKeyFromBytes("content-key", wrappedContentKey), fields }];
}

const rewrappedBody = ({ image, version, key, fields }: SealedItem) =>
  ({ image_id: image, version, wrapped_content_key: toBase64Url(key), fields: toBase64Url(fields) });
