/** Opening an archive from its first photo to its last: reading what is in it, then writing the tree. */
import type { Keyring } from "../vault/library/keyring.ts";
import type { Archive } from "./archive.ts";
import { placedPhoto, planOf, type Album, type Placed } from "./layout.ts";
import { idOf, openAlbum, openPhoto, PhotoError } from "./photos.ts";
import { PlainTree, type Failure } from "./plain-tree.ts";
import type { Target } from "./targets.ts";

/** How far it is. */
export interface Standing {
  readonly step: "reading" | "writing" | "done";
  readonly photos: number;
  readonly photosOf: number;
  /** Bytes of originals that are written. */
  readonly bytes: number;
  readonly failures: readonly Failure[];
  readonly startedAt: number;
}

export interface Order {
  readonly archive: Archive;
  readonly keyring: Keyring;
  readonly target: Target;
  readonly withBinned: boolean;
  readonly stop: AbortSignal;
  readonly tell: (standing: Standing) => void;
}

/** Write everything to the target. @throws AbortError when stopped, and whatever keeps the target from being written. */
export async function openInto(order: Order): Promise<void> {
  const { archive, target, tell } = order;
  const failures: Failure[] = [];
  let standing: Standing = { step: "reading", photos: 0, photosOf: archive.images.length, bytes: 0, failures, startedAt: Date.now() };
  const now = (change: Partial<Standing>): void => {
    standing = { ...standing, ...change };
    tell(standing);
  };
  try {
    const photos = await readPhotos(order, failures, (count) => { now({ photos: count }); });
    const plan = planOf(photos, await readAlbums(order));
    now({ step: "writing", photos: 0, photosOf: photos.length });
    const tree = new PlainTree(archive, order.keyring, plan, target.write, {
      photoDone: (bytes) => { now({ photos: standing.photos + 1, bytes: standing.bytes + bytes }); },
      failed: (failure) => {
        failures.push(failure);
        now({ failures: [...failures] });
      },
    });
    await tree.write(order.stop);
    await target.close();
    now({ step: "done", failures: [...failures] });
  } catch (error) {
    await target.giveUp();
    throw error;
  }
}

/** Every tenth of a second is often enough to tell. */
const TELL_EVERY = 50;

async function readPhotos({ archive, keyring, withBinned, stop }: Order, failures: Failure[], tell: (count: number) => void): Promise<Placed[]> {
  const photos: Placed[] = [];
  for (const [index, path] of archive.images.entries()) {
    stop.throwIfAborted();
    try {
      const entry = await openPhoto(archive, path, keyring);
      if (withBinned || entry.binnedAt === null) photos.push(placedPhoto(entry, path));
    } catch (error) {
      if (!(error instanceof PhotoError)) throw error;
      failures.push({ name: `Photo ${idOf(path)}`, reason: error.message });
    }
    if (index % TELL_EVERY === 0) tell(index);
  }
  return photos;
}

async function readAlbums({ archive, keyring }: Order): Promise<Album[]> {
  const albums: Album[] = [];
  for (const path of archive.albums) {
    const album = await openAlbum(archive, path, keyring);
    if (album !== null) albums.push(album);
  }
  return albums;
}
