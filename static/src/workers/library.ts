/** The library worker: the local index, the change feed and changes to photos and albums. */
import { setCsrfSource, setSignedOutHandler } from "../api/client.ts";
import { BlockIndex } from "../vault/library/blocks.ts";
import { bridge, LibraryError } from "../vault/library/bridge.ts";
import type { LibraryListener, LibraryWorker, WorkerSetup } from "../vault/library/contract.ts";
import { indexStore, openDatabase } from "../vault/library/database.ts";
import { IndexSession } from "../vault/library/index-session.ts";
import { openKeyring } from "../vault/library/keyring.ts";

let session: IndexSession | null = null;

function opened(): IndexSession {
  if (session === null) throw new LibraryError("locked", "The library is not open yet.");
  return session;
}

async function start({ accountId, accountKey, csrfToken }: WorkerSetup): Promise<void> {
  setCsrfSource(() => csrfToken);
  setSignedOutHandler(() => void page.remote.signedOut());
  const keyring = await openKeyring(accountId, accountKey);
  const index = new BlockIndex(indexStore(await openDatabase(accountId)), keyring);
  const news = new BroadcastChannel(`pocketvault-library-${accountId}`);
  const exclusively = <T>(job: () => Promise<T>): Promise<T> =>
    navigator.locks.request(`pocketvault-library-${accountId}`, job) as Promise<T>;
  session = new IndexSession(index, keyring, page.remote, exclusively, () => {
    news.postMessage("changed");
  });
  news.addEventListener("message", () => {
    // A failure here is met again, and told, at the next synchronisation.
    session?.catchUp().catch(() => undefined);
  });
  await session.catchUp();
}

const worker: LibraryWorker = {
  start,
  believe: (restoration) => opened().believe(restoration),
  sync: () => opened().sync(),
  catchUp: () => opened().catchUp(),
  details: (id) => opened().details(id),
  history: (id) => opened().history(id),
  mark: (ids, change) => opened().mark(ids, change),
  correct: (ids, change) => opened().correct(ids, change),
  shiftClock: (ids, seconds) => opened().shiftClock(ids, seconds),
  takeBack: (earlier) => opened().takeBack(earlier),
  remove: (ids, how) => opened().remove(ids, how),
  restore: (ids) => opened().restore(ids),
  createAlbum: (change) => opened().createAlbum(change),
  changeAlbum: (id, change) => opened().changeAlbum(id, change),
  deleteAlbum: (id) => opened().deleteAlbum(id),
  addToAlbum: (albumId, ids) => opened().addToAlbum(albumId, ids),
  removeFromAlbum: (albumId, ids) => opened().removeFromAlbum(albumId, ids),
  sealPhotos: (job) => opened().sealPhotos(job),
  staleAmong: (said) => opened().staleAmong(said),
  rewrap: (job) => opened().rewrap(job),
};

const page = bridge<LibraryListener>(self as unknown as Parameters<typeof bridge>[0], worker);
