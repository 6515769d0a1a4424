/** Opening the library after unlocking, and closing it when the vault is locked. */
import { call, csrfToken, tellSignedOut } from "../../api/client.ts";
import { watchConnection } from "../../api/connection.ts";
import type { AccountKey, HeldKey } from "../../crypto/keys.ts";
import { newId } from "../ids.ts";
import { believeNewest, knownRestorations, restorationsAtOpening, toldRestorations } from "../restorations.ts";
import { startWorker, startWorkerAhead } from "../trusted-types.ts";
import { bridge, LibraryError, refusalOf, type Bridge } from "./bridge.ts";
import { Changes } from "./changes.ts";
import type { AlbumSealer, LibraryListener, LibraryWorker, MediaWorker, RemovalKind, WorkerSetup } from "./contract.ts";
import { openDatabase } from "./database.ts";
import { Deletions, type DeletionStore } from "./deletions.ts";
import { Library } from "./library.ts";
import { Media, type PhotoPlaces } from "./media.ts";
import { MediaPool } from "./media-pool.ts";
import { BATCH_ITEMS, chunks } from "./writing.ts";

/** With two processors a second one would only take its turn from the page. */
const MEDIA_WORKERS = navigator.hardwareConcurrency > 2 ? 2 : 1;
const MEDIA_BYTES = 160 * 1024 * 1024;
const SYNC_EVERY_MS = 60_000;
/** The log is written every minute; what it does not say within an hour it never will. */
const PROOF_WITHIN_MS = 3_600_000;

/** What the vault says about who opens the library. */
export interface LibraryOwner {
  readonly accountId: string;
  readonly accountKey: HeldKey<AccountKey>;
}

export interface LibraryAccess {
  readonly library: Library;
  readonly changes: Changes;
  readonly deletions: Deletions;
  /** Seals photos for shared albums, where their records lie. */
  readonly sealer: AlbumSealer;
  readonly media: Media;
  /** The pictures of another list of photos, opened by the same workers; they are dropped at the end at the latest. */
  readonly mediaOf: (photos: PhotoPlaces) => Media;
  /** For saving originals: see `transfer/download.ts`. */
  readonly mediaPool: MediaPool;
  /** Ends the workers and forgets everything decrypted. */
  close(): void;
}

/** What a worker of this account is told at its start. */
export async function workerSetup({ accountId, accountKey }: LibraryOwner): Promise<WorkerSetup> {
  if (csrfToken() === undefined) await call("GET", "/server");
  return { accountId, accountKey, csrfToken: csrfToken() ?? "" };
}

/** Start a worker and stand a bridge on it; a worker that breaks refuses whatever it still owed. */
export function bridgeTo<Theirs extends object>(name: string, ours: object): { worker: Worker; link: Bridge<Theirs> } {
  const worker = startWorker(name);
  const link = bridge<Theirs>(worker, ours);
  worker.addEventListener("error", () => {
    link.abandon({ code: "worker_failed", sentence: "A part of this page stopped working. Please reload the page; nothing stored was lost." });
  });
  return { worker, link };
}

const nextFrame = (callback: () => void): void => {
  // A page in the background draws no frames, but its news must not pile up.
  if (document.visibilityState === "hidden") setTimeout(callback, 100);
  else requestAnimationFrame(callback);
};

async function deletionStore(accountId: string): Promise<DeletionStore> {
  try {
    const database = await openDatabase(accountId);
    return {
      all: () => database.getAll("deletions"),
      put: async (deletion) => void (await database.put("deletions", deletion, deletion.id)),
      remove: (id) => database.delete("deletions", id),
    };
  } catch {
    return { all: () => Promise.resolve([]), put: () => Promise.resolve(), remove: () => Promise.resolve() };
  }
}

/** From a page that is going away nobody waits for an answer, and a body may have 64 KiB at most. */
function sendOnLeave(ids: readonly string[], how: RemovalKind): void {
  for (const chunk of chunks(ids, BATCH_ITEMS)) {
    const operations = chunk.map((id) => ({ op: how, id }));
    call("POST", "/images/batch", { body: { operations }, keepalive: true }).catch(() => undefined);
  }
}

function later(callback: () => void, milliseconds: number): () => void {
  const timer = setTimeout(callback, milliseconds);
  return () => { clearTimeout(timer); };
}

/** Synchronise when there is reason to. Answers how to stop. */
function keepInStep(library: Library, deletions: Deletions): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const sync = (): void => void library.sync();
  const syncIfSeen = (): void => {
    if (document.visibilityState === "visible") sync();
  };
  const timer = setInterval(() => {
    if (document.visibilityState === "visible") void askForProof(library).finally(sync);
  }, SYNC_EVERY_MS);
  const unwatch = watchConnection((online) => {
    if (online) sync();
  });
  document.addEventListener("visibilitychange", syncIfSeen, { signal });
  window.addEventListener("pagehide", () => { deletions.leave(); }, { signal });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) void deletions.sendNow();
  }, { signal });
  return () => {
    clearInterval(timer);
    unwatch();
    stop.abort();
  };
}

/** Right after a restore its log does not know of it yet. */
async function askForProof(library: Library): Promise<void> {
  const [newest] = knownRestorations();
  if (newest === undefined || newest.isProven || Date.now() - Date.parse(newest.seenAt) > PROOF_WITHIN_MS) return;
  await believeNewest(library, await toldRestorations());
}

/** Have the workers of {@link openLibrary} come while it is still being found out who opens it. */
export function startWorkersAhead(): void {
  startWorkerAhead("library");
  for (let each = 0; each < MEDIA_WORKERS; each += 1) startWorkerAhead("media");
}

function openMedia(setup: WorkerSetup): { pool: MediaPool; end: () => void } {
  const started = Array.from({ length: MEDIA_WORKERS }, () => bridgeTo<MediaWorker>("media", {}));
  // Of a worker that cannot start, each picture asked of it says so.
  for (const { link } of started) link.remote.start(setup).catch(() => undefined);
  const pool = new MediaPool(started.map(({ link }) => link.remote));
  return { pool, end: () => { for (const { worker } of started) worker.terminate(); } };
}

/**
 * Open the library. Answers at once; `library.status` is "loading" while the local index opens,
 * and photos appear as it does.
 */
export async function openLibrary(owner: LibraryOwner): Promise<LibraryAccess> {
  const setup = await workerSetup(owner);
  const listener: LibraryListener = {
    rows: (upserts, removals) => { library.rows(upserts, removals); },
    albumEntries: (entries) => { library.albumEntries(entries); },
    publicChanged: () => { library.publicChanged(); },
    restored: (restored) => { library.tookOver(restored); },
    signedOut: tellSignedOut,
  };
  const { worker, link } = bridgeTo<LibraryWorker>("library", listener);
  const library = new Library(link.remote, nextFrame);
  const { pool, end } = openMedia(setup);
  const urls = { create: (blob: Blob) => URL.createObjectURL(blob), revoke: (url: string) => { URL.revokeObjectURL(url); } };
  const made = new Set<Media>();
  const mediaOf = (photos: PhotoPlaces): Media => {
    const media = new Media(photos, pool, urls, MEDIA_BYTES);
    made.add(media);
    return media;
  };
  const media = mediaOf(library);
  const store = await deletionStore(owner.accountId);
  const send = (ids: readonly string[], how: RemovalKind) => link.remote.remove(ids, how);
  const hide = (ids: ReadonlySet<string>): void => { library.hide(ids); };
  const deletions = new Deletions({ store, send, sendOnLeave, hide, newId, now: Date.now, later });
  const stopSyncing = keepInStep(library, deletions);
  void begin(library, deletions, link.remote.start(setup));
  const close = (): void => {
    deletions.leave();
    deletions.close();
    stopSyncing();
    worker.terminate();
    end();
    for (const each of made) each.clear();
    library.clear();
  };
  return { library, changes: new Changes(link.remote), deletions, sealer: link.remote, media, mediaOf, mediaPool: pool, close };
}

async function begin(library: Library, deletions: Deletions, started: Promise<void>): Promise<void> {
  try {
    const [told] = await Promise.all([restorationsAtOpening(), started]);
    await believeNewest(library, told);
  } catch (error) {
    const { code, sentence } = refusalOf(error);
    library.fail(new LibraryError(code, sentence));
    return;
  }
  await library.sync();
  await deletions.resume().catch(() => undefined);
}
