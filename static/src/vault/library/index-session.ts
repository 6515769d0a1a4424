/**
 * The library worker's work: the index, the feed and the changes, over one account's keys.
 *
 * Runs in a worker, so that opening a hundred thousand records never holds up the page.
 */
import { call } from "../../api/client.ts";
import { isRecord, list, numberOr, record, text } from "../../api/shape.ts";
import { fromBase64Url } from "../../crypto/bytes.ts";
import { openRecord } from "../../crypto/record.ts";
import { rewrapUnder, sealPhotos, type SealedPhotos, type SealingJob } from "../sharing/album-sealing.ts";
import { staleAmong, type SaidAndMeant } from "../sharing/album-stale.ts";
import { addToAlbum, changeAlbum, createAlbum, deleteAlbum, removeFromAlbum } from "./album-writing.ts";
import type { BlockIndex, IndexChange } from "./blocks.ts";
import type { LibraryListener, LibraryWorker, CorrectionRevision, Details } from "./contract.ts";
import type { Remote } from "./bridge.ts";
import { readCorrections } from "./documents.ts";
import { rowOf } from "./entry.ts";
import { contextOf, heldRecordKey, type Keyring } from "./keyring.ts";
import { rolledBack, unlisted, unreadable } from "./newest.ts";
import { isSameRestoration } from "./restored.ts";
import type { ProvenRestoration } from "./sightings.ts";
import { pullChanges, type Feed } from "./sync.ts";
import { readPage } from "./wire.ts";
import { correctImages, markImages, moveImages, shiftClocks, takeBackCorrections, type Desk } from "./writing.ts";

const PAGE_ITEMS = 500;

/** Runs a job while no other tab works on the same index. */
export type Exclusively = <T>(job: () => Promise<T>) => Promise<T>;

export const serverFeed: Feed = {
  page: async (cursor) =>
    readPage(await call<unknown>("GET", "/sync", { query: { cursor: cursor === "" ? undefined : cursor, limit: PAGE_ITEMS } })),
};

export class IndexSession implements Omit<LibraryWorker, "start"> {
  readonly #index: BlockIndex;
  readonly #keyring: Keyring;
  readonly #listener: Remote<LibraryListener>;
  readonly #exclusively: Exclusively;
  readonly #changed: () => void;
  #syncing: Promise<void> | null = null;
  #restoration: ProvenRestoration | null = null;

  constructor(
    index: BlockIndex, keyring: Keyring, listener: Remote<LibraryListener>, exclusively: Exclusively, changed: () => void,
  ) {
    this.#index = index;
    this.#keyring = keyring;
    this.#listener = listener;
    this.#exclusively = exclusively;
    this.#changed = changed;
  }

  get #desk(): Desk {
    return { index: this.#index, keyring: this.#keyring, refresh: () => this.#pull() };
  }

  async catchUp(): Promise<void> {
    await this.#exclusively(() => this.#catchUp());
  }

  /** The next synchronisation takes over what this restore forgot. Whether it is another one than the index knows. */
  believe(restoration: ProvenRestoration): boolean {
    this.#restoration = restoration;
    return !isSameRestoration(restoration, this.#index.restored);
  }

  /** Several askers share one run. */
  async sync(): Promise<void> {
    this.#syncing ??= this.#pull().finally(() => {
      this.#syncing = null;
    });
    await this.#syncing;
  }

  async details(id: string): Promise<Details | null> {
    const entry = await this.#index.entry(id);
    if (entry === null) return null;
    const { metadata, corrections, revision, version, storedAt, verifiedAt } = entry;
    return { metadata, corrections, revision, version, storedAt, verifiedAt };
  }

  async history(id: string): Promise<readonly CorrectionRevision[]> {
    const entry = await this.#index.entry(id);
    if (entry === null) return [];
    const answer = await call<unknown>("GET", `/images/${id}/corrections`);
    const rows = Array.isArray(answer) ? answer : list(record(answer)["items"]);
    const key = await heldRecordKey(entry, this.#keyring);
    const open = async (row: Readonly<Record<string, unknown>>): Promise<CorrectionRevision> => {
      const revision = numberOr(row["revision"], 0);
      const context = contextOf("corrections", this.#keyring.accountId, id, revision);
      const sealed = text(row["sealed"], text(row["corrections"]));
      const corrections = await openRecord(fromBase64Url(sealed), key, context).then(readCorrections, () => null);
      return { revision, madeAt: text(row["made_at"]), corrections };
    };
    return await Promise.all(rows.filter(isRecord).map(open));
  }

  mark: LibraryWorker["mark"] = (ids, change) => markImages(ids, change, this.#desk);
  correct: LibraryWorker["correct"] = (ids, change) => correctImages(ids, change, this.#desk);
  shiftClock: LibraryWorker["shiftClock"] = (ids, seconds) => shiftClocks(ids, seconds, this.#desk);
  takeBack: LibraryWorker["takeBack"] = (earlier) => takeBackCorrections(earlier, this.#desk);
  remove: LibraryWorker["remove"] = (ids, how) => moveImages(ids, how, this.#desk);
  restore: LibraryWorker["restore"] = (ids) => moveImages(ids, "restore", this.#desk);
  createAlbum: LibraryWorker["createAlbum"] = (change) => createAlbum(change, this.#desk);
  changeAlbum: LibraryWorker["changeAlbum"] = (id, change) => changeAlbum(id, change, this.#desk);
  deleteAlbum: LibraryWorker["deleteAlbum"] = (id) => deleteAlbum(id, this.#desk);
  addToAlbum: LibraryWorker["addToAlbum"] = (albumId, ids) => addToAlbum(albumId, ids, this.#desk);
  removeFromAlbum: LibraryWorker["removeFromAlbum"] = (albumId, ids) => removeFromAlbum(albumId, ids, this.#desk);

  rewrap: LibraryWorker["rewrap"] = (job) => rewrapUnder(job);

  async sealPhotos(job: SealingJob): Promise<SealedPhotos> {
    return await sealPhotos(job, await this.#index.entries(job.photos.map(({ id }) => id)), this.#keyring);
  }

  async staleAmong(said: readonly SaidAndMeant[]): Promise<readonly string[]> {
    return staleAmong(said, await this.#index.entries(said.map(({ image }) => image)));
  }

  async #catchUp(): Promise<void> {
    for await (const change of this.#index.catchUp()) await this.#tell(change);
    await this.#listener.albumEntries(this.#index.albums);
    await this.#listener.restored(this.#index.restored);
  }

  async #pull(): Promise<void> {
    await this.#exclusively(async () => {
      await this.#catchUp();
      let hasChanged = false;
      let olderCount = 0;
      let unlistedCount = 0;
      let unreadableCount = 0;
      for await (const step of pullChanges(this.#index, serverFeed, this.#keyring, this.#restoration)) {
        hasChanged ||= step.upserts.length > 0 || step.removals.length > 0 || step.albumsChanged || step.restoredChanged;
        olderCount += step.rolledBack;
        unlistedCount += step.unlisted;
        unreadableCount += step.unreadable;
        await this.#tell(step);
        if (step.albumsChanged) await this.#listener.albumEntries(this.#index.albums);
        if (step.publicChanged) await this.#listener.publicChanged();
        if (step.restoredChanged) await this.#listener.restored(this.#index.restored);
      }
      if (hasChanged) this.#changed();
      if (unreadableCount > 0) throw unreadable(unreadableCount);
      if (olderCount > 0) throw rolledBack(olderCount);
      if (unlistedCount > 0) throw unlisted(unlistedCount);
    });
  }

  async #tell({ upserts, removals }: IndexChange): Promise<void> {
    if (upserts.length > 0 || removals.length > 0) await this.#listener.rows(upserts.map(rowOf), removals);
  }
}

