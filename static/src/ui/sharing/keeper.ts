/**
 * Keeps this account's shared albums in order while the vault is open, and says how far it is.
 *
 * One album at a time, and in one tab at a time: what another tab or device does is found done.
 */
import type { AlbumChange, Outcome } from "../../vault/library/contract.ts";
import type { Item } from "../../vault/library/view.ts";
import { currentVault, type Vault } from "../../vault/unlock.ts";
import { changeSettings } from "../../vault/sharing/album-changes.ts";
import { addPhotos, removePhotos, type PhotoPorts, type SharingProgress } from "../../vault/sharing/album-photos.ts";
import type { SharedAlbum } from "../../vault/sharing/album-state.ts";
import { listSharedAlbums, sharedAlbumsAtOpening } from "../../vault/sharing/shared-list.ts";
import type { WireGrant, WireSharedAlbum } from "../../vault/sharing/album-wire.ts";
import { sightOf, tendAlbum, tendContributed, type Contributed } from "../../vault/sharing/album-tending.ts";
import { ContributedAlbums } from "../../vault/sharing/contributed.ts";
import { codeOf } from "../sentence.ts";
import { onSession, whenReady, type LibrarySession } from "../library/session.ts";

/** How an album of this account stands. */
export interface Standing {
  /** By the server's word, for a list; the dialog reads the history. */
  readonly grants: readonly WireGrant[];
  /** How many photos of others stand in it, by the server's word until its page has read the history. */
  readonly fromOthers: number;
  readonly progress: SharingProgress | null;
  /** Photos that could not be shared, and why; empty when all are. */
  readonly failed: Outcome["failed"];
  /** What went wrong with the whole, for `sentenceOf`. */
  readonly error: unknown;
}

const NOTHING: Standing = { grants: [], fromOthers: 0, progress: null, failed: [], error: null };
const AGAIN_MS = 60_000;

class Keeper {
  readonly #session: LibrarySession;
  readonly #vault: Vault;
  readonly #ending = new AbortController();
  readonly #standings = new Map<string, Standing>();
  readonly #listeners = new Set<() => void>();
  readonly #underway = new Map<string, Promise<void>>();
  /** How each album looked when it was found in order: while it looks so, there is nothing to do. */
  readonly #inOrder = new Map<string, string>();
  readonly #contributed: ContributedAlbums;

  constructor(session: LibrarySession, vault: Vault) {
    this.#session = session;
    this.#vault = vault;
    this.#contributed = new ContributedAlbums({ tend: (id) => this.#tendContributed(id), photo: (id) => session.access.library.byId(id) });
    const timer = setInterval(() => { if (document.visibilityState === "visible") void this.lookAround(); }, AGAIN_MS);
    this.#ending.signal.addEventListener("abort", () => { clearInterval(timer); });
  }

  end(): void {
    this.#ending.abort();
    this.#listeners.clear();
  }

  standing(id: string): Standing {
    return this.#standings.get(id) ?? NOTHING;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** See what is shared, and tend each album of this account. What cannot be done now is tried again. */
  async lookAround(isFirst = false): Promise<void> {
    if (!navigator.onLine) return;
    try {
      const albums = isFirst ? await sharedAlbumsAtOpening() : await listSharedAlbums();
      const own = albums.filter(({ ownerId }) => ownerId === this.#vault.accountId);
      for (const album of own) this.#note(album.id, { grants: album.grants, fromOthers: this.#othersIn(album) });
      for (const album of own) await this.#tendIfMoved(album);
      for (const album of albums) await this.#contributed.lookAt(album);
    } catch {
      // The line is down, or the vault was locked: next time.
    }
  }

  async #tendIfMoved(album: WireSharedAlbum): Promise<void> {
    const sight = sightOf(album, this.#photosIn(album.id));
    if (this.#inOrder.get(album.id) === sight) return;
    await this.tend(album.id);
    const { failed, error } = this.standing(album.id);
    if (error === null && failed.length === 0) this.#inOrder.set(album.id, sight);
  }

  #photosIn(albumId: string): readonly Item[] {
    const view = this.#session.access.library.view({ albumId, place: "kept" });
    return Array.from({ length: view.count }, (_, index) => view.itemAt(index));
  }

  async #tendContributed(id: string): Promise<Contributed> {
    try {
      return await this.#exclusively(id, () => tendContributed(id, this.#ports(id)));
    } finally {
      this.#note(id, { progress: null });
    }
  }

  /** Bring one album in order. Resolves when it is, or cannot be; `standing` says which. */
  async tend(id: string): Promise<void> {
    const before = this.#underway.get(id);
    const run = (before ?? Promise.resolve()).then(() => this.#tend(id));
    this.#underway.set(id, run);
    await run;
    if (this.#underway.get(id) === run) this.#underway.delete(id);
  }

  async #tend(id: string): Promise<void> {
    try {
      const { failed } = await this.#exclusively(id, () => tendAlbum(id, this.#ports(id)));
      this.#note(id, { progress: null, failed, error: null });
    } catch (error) {
      this.#note(id, { progress: null, error: codeOf(error) === "not_found" ? null : error });
    }
    await this.#session.access.library.sync();
  }

  /** What is known of who has access, so that a list need not ask again. */
  noteGrants({ id, wire }: SharedAlbum): void {
    this.#note(id, { grants: wire.grants });
  }

  /** The same once the history says how many there are. */
  noteOthers(id: string, fromOthers: number): void {
    if (this.standing(id).fromOthers !== fromOthers) this.#note(id, { fromOthers });
  }

  #othersIn({ id, itemCount }: WireSharedAlbum): number {
    return Math.max(0, itemCount - (this.#session.access.library.album(id)?.count ?? 0));
  }

  #ports(id: string): PhotoPorts {
    const { access, uploads } = this.#session;
    return {
      vault: this.#vault, library: access.library, sealer: access.sealer, signal: this.#ending.signal,
      cleanCopy: async (photo) => (await (await uploads()).cleanCopy(photo)).copy,
      onProgress: (progress) => { this.#note(id, { progress: progress.total === 0 ? null : progress }); },
    };
  }

  async #exclusively<T>(id: string, job: () => Promise<T>): Promise<T> {
    const { signal } = this.#ending;
    return await navigator.locks.request(`pocketvault-sharing-${id}`, { signal }, job);
  }

  /** The owner's changes of one album, as {@link SharedAlbumWriter}. @throws AlbumError, Problem. */
  async change(id: string, change: AlbumChange): Promise<void> {
    await changeSettings(this.#vault, id, change);
    await this.#session.access.library.sync();
  }

  async add(id: string, ids: readonly string[]): Promise<Outcome> {
    const { library } = this.#session.access;
    const there = new Set(ids.filter((each) => library.byId(each)?.albums.includes(id) === true));
    const outcome = await this.#exclusively(id, () => addPhotos(id, ids.filter((each) => !there.has(each)), this.#ports(id)));
    this.#note(id, { progress: null });
    await library.sync();
    return { ...outcome, done: [...there, ...outcome.done] };
  }

  async remove(id: string, ids: readonly string[]): Promise<Outcome> {
    const outcome = await removePhotos(id, ids, this.#vault);
    await this.#session.access.library.sync();
    return outcome;
  }

  #note(id: string, news: Partial<Standing>): void {
    this.#standings.set(id, { ...this.standing(id), ...news });
    for (const listener of [...this.#listeners]) listener();
  }
}

export type SharingKeeper = Keeper;

let present: Keeper | null = null;

/** The keeper of the open vault. @throws TypeError while it is locked. */
export function sharingKeeper(): SharingKeeper {
  if (present === null) throw new TypeError("The vault is locked.");
  return present;
}

// Also of the session that is open when this code comes (`keeping.ts`).
onSession((session) => {
  present?.end();
  const vault = currentVault();
  present = session === null || vault === null ? null : new Keeper(session, vault);
  const keeper = present;
  if (session !== null && keeper !== null) void whenReady(session).then(() => keeper.lookAround(true));
});

