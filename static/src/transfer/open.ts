/** Opening the upload queue of a page. */
import { call, tellSignedOut } from "../api/client.ts";
import { isOnline, watchConnection } from "../api/connection.ts";
import type { Me } from "../api/types.ts";
import { newId } from "../vault/ids.ts";
import type { Changes } from "../vault/library/changes.ts";
import type { Deletions } from "../vault/library/deletions.ts";
import { DEFAULT_RIGHTS, type Rights } from "../vault/library/documents.ts";
import type { Library } from "../vault/library/library.ts";
import { bridgeTo, workerSetup, type LibraryOwner } from "../vault/library/open.ts";
import { readMeAtOpening } from "../vault/preferences.ts";
import { readServerAtOpening } from "../vault/server.ts";
import { onVaultChange } from "../vault/state.ts";
import type { UploadPage, UploadWorker } from "./contract.ts";
import { keepingTwins } from "./kept-twins.ts";
import { uploadLimits } from "./limits.ts";
import { newDecoders } from "./new-decoders.ts";
import { UploadQueue } from "./queue.ts";

const SYNC_AFTER_MS = 1500;

export interface UploadsOwner extends LibraryOwner {
  readonly library: Library;
  readonly changes?: Changes;
  readonly deletions?: Deletions;
}

function rightsOf(me: Me): Rights {
  const { rights_creator, rights_licence } = me.preferences;
  return { creator: rights_creator, licence: rights_licence || DEFAULT_RIGHTS.licence };
}

async function availableBytes(): Promise<number> {
  const { quota } = await call<Me>("GET", "/me");
  return quota.limit_bytes - quota.used_bytes;
}

/** After photos were stored: show them, and put those that were meant for an album there. */
class Arrivals {
  readonly #owner: UploadsOwner;
  readonly #albums = new Map<string, Set<string>>();
  #isDue = false;

  constructor(owner: UploadsOwner) {
    this.#owner = owner;
  }

  note(imageId: string, albumId: string | null): void {
    if (albumId !== null) this.#albums.set(albumId, (this.#albums.get(albumId) ?? new Set<string>()).add(imageId));
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => void this.#arrive(), SYNC_AFTER_MS);
  }

  async #arrive(): Promise<void> {
    this.#isDue = false;
    const albums = [...this.#albums];
    this.#albums.clear();
    await this.#owner.library.sync();
    // An album that went meanwhile keeps nobody from the photo itself.
    for (const [albumId, ids] of albums) await this.#owner.changes?.addToAlbum(albumId, [...ids]).catch(() => undefined);
  }
}

/** Open the queue; what an earlier page left behind goes on by itself. Ends when the vault is locked. */
export async function openUploads(owner: UploadsOwner): Promise<UploadQueue> {
  const [setup, limits, me] = await Promise.all([workerSetup(owner), readServerAtOpening().then(uploadLimits), readMeAtOpening()]);
  const decoders = newDecoders();
  const page: UploadPage = {
    progress: (news) => { queue.progress(news); },
    derive: (request) => decoders.derive(request),
    expect: (row) => { owner.library.expect(row); },
    expectNoMore: (imageId) => { owner.library.expectNoMore(imageId); },
    signedOut: tellSignedOut,
  };
  const { worker, link } = bridgeTo<UploadWorker>("upload", page);
  const arrivals = new Arrivals(owner);
  const queue: UploadQueue = new UploadQueue({
    worker: keepingTwins(link.remote, async (ids) => (await owner.deletions?.takeBack(ids)) ?? new Set()),
    availableBytes,
    stored: (imageId, albumId) => { arrivals.note(imageId, albumId); },
    soon: (callback) => void setTimeout(callback, 16),
    later: (callback, milliseconds) => void setTimeout(callback, milliseconds),
    now: () => performance.now(),
    newId,
  });
  await link.remote.start({ ...setup, limits, rights: rightsOf(me) });
  const unwatch = watchConnection((online) => { queue.connection(online); });
  if (!isOnline()) queue.connection(false);
  const forget = onVaultChange((vault) => {
    if (vault !== null) return;
    forget();
    unwatch();
    queue.close();
    worker.terminate();
    decoders.close();
  });
  void queue.restore().catch(() => undefined);
  return queue;
}
