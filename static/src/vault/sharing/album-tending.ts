/**
 * What the owner's device does for a shared album by itself: sign what the service ended, replace a key that
 * somebody who went still knows, wrap photos again under the new one, and share what stands in the album and is not
 * shared yet. Each step can be cut short anywhere and is taken up again by the next device that is there.
 */
import type { Outcome } from "../library/contract.ts";
import { recipientsOf, strangersIn } from "./album-access.ts";
import { standingOf } from "./album-change.ts";
import { endAccess, rotateIfDue } from "./album-changes.ts";
import { AlbumError } from "./album-error.ts";
import type { WireSharedAlbum } from "./album-wire.ts";
import { addPhotos, listedItems, rewrapOld, signLosses, waitingPhotos, type PhotoPorts } from "./album-photos.ts";

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
  if (isReplaced || items.some(({ generation }) => generation < album.state.generation)) await rewrapOld(id, items, ports);
  if (items.length < Object.keys(album.state.items).length) await signLosses(id, ports);
  return await addPhotos(id, waitingPhotos(id, items, ports.library), ports);
}

/**
 * What tells whether an album may need {@link tendAlbum}, as text to compare. `standing` is how many photos of the
 * library stand in it.
 */
export function sightOf({ head, generation, rotationDueAt, itemCount, grants }: WireSharedAlbum, standing: number): string {
  return JSON.stringify([head.seq, [...head.hash], generation, rotationDueAt, itemCount, standing, grants.map(({ id, role }) => [id, role])]);
}
