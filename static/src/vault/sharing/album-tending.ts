/**
 * What the owner's device does for a shared album by itself: sign what the service ended, replace a key that
 * somebody who went still knows, wrap photos again under the new one, share what stands in the album and is not
 * shared yet, and show photos as they are now. Each step can be cut short anywhere and is taken up again by the next device that is there.
 */
import { toBase64Url, utf8 } from "../../crypto/bytes.ts";
import { digestOf } from "../../crypto/commitment.ts";
import type { Outcome } from "../library/contract.ts";
import type { Item } from "../library/view.ts";
import { recipientsOf, strangersIn } from "./album-access.ts";
import { standingOf } from "./album-change.ts";
import { endAccess, rotateIfDue } from "./album-changes.ts";
import { AlbumError } from "./album-error.ts";
import type { WireSharedAlbum } from "./album-wire.ts";
import { addPhotos, listedItems, rewrapOld, signLosses, waitingPhotos, type PhotoPorts } from "./album-photos.ts";
import { renewPhotos } from "./album-renewing.ts";

/** Bring one album of this account in order. @throws AlbumError "doubtful", "other-keys", HistoryError, Problem, AbortError. */
export async function tendAlbum(id: string, ports: PhotoPorts): Promise<Outcome> {
  const { vault } = ports;
  const { album, circle } = await standingOf(vault, id);
  if (strangersIn(album.wire, album.state).length > 0) throw new AlbumError("doubtful");
  for (const recipient of recipientsOf(album, circle)) {
    if (recipient.grant === null) await endAccess(vault, id, recipient);
  }
  const isReplaced = await rotateIfDue(vault, id);
  const items = await listedItems(id);
  const isOld = isReplaced || items.some(({ generation }) => generation < album.state.generation);
  if (isOld) await rewrapOld(id, items, ports);
  if (items.length < Object.keys(album.state.items).length) await signLosses(id, ports);
  const added = await addPhotos(id, waitingPhotos(id, items, ports.library), ports);
  const renewed = await renewPhotos(id, isOld ? await listedItems(id) : items, ports);
  return { done: [...added.done, ...renewed.done], failed: [...added.failed, ...renewed.failed] };
}

/** What became of one's own photos in somebody else's album, and which they are. */
export interface Contributed extends Outcome {
  readonly ids: readonly string[];
}

/** Let an album of somebody else show this account's photos as they are now. @throws as {@link tendAlbum}. */
export async function tendContributed(id: string, ports: PhotoPorts): Promise<Contributed> {
  const { album } = await standingOf(ports.vault, id);
  if (strangersIn(album.wire, album.state).length > 0) throw new AlbumError("doubtful");
  // Whoever put nothing in need not see what others did.
  if (!Object.values(album.state.items).includes(ports.vault.accountId)) return { done: [], failed: [], ids: [] };
  const own = (await listedItems(id)).filter(({ ownerId }) => ownerId === ports.vault.accountId);
  return { ...(await renewPhotos(id, own, ports)), ids: own.map(({ imageId }) => imageId) };
}

/**
 * What tells whether an album may need {@link tendAlbum}, as text to compare. `photos` are those of the library that
 * stand in it.
 */
export function sightOf({ head, generation, rotationDueAt, itemCount, grants }: WireSharedAlbum, photos: readonly Item[]): string {
  return JSON.stringify([head.seq, [...head.hash], generation, rotationDueAt, itemCount, newsOf(photos), grants.map(({ id, role }) => [id, role])]);
}

/**
 * What tells whether an album may need {@link tendContributed}. Its head moves with what others do, too, and with what
 * another device of this account chose or left half done. `photos` are this account's in it.
 */
export function sightOfContributed({ head, itemCount }: WireSharedAlbum, photos: readonly Item[]): string {
  return JSON.stringify([head.seq, [...head.hash], itemCount, newsOf(photos)]);
}

/** Another text once one of the photos has a new version, or another date or place. */
function newsOf(photos: readonly Item[]): string {
  const told = photos.map(({ id, version, isWhole, time, isTimeKnown, place }) => [id, version, isWhole, isTimeKnown ? time : null, place?.lat, place?.lon]);
  return toBase64Url(digestOf(utf8(JSON.stringify(told))));
}
