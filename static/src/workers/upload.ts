/** The upload worker: reads, cleans, encrypts, stages and sends files. */
import { call, send, setCsrfSource, setSignedOutHandler } from "../api/client.ts";
import type { DecodeRequest } from "../photo/decode.ts";
import { newId } from "../vault/ids.ts";
import { bridge, LibraryError } from "../vault/library/bridge.ts";
import { openDatabase, type Database } from "../vault/library/database.ts";
import { openKeyring } from "../vault/library/keyring.ts";
import type { UploadPage, UploadSetup, UploadWorker, WaitingFile } from "../transfer/contract.ts";
import { Plans } from "../transfer/plan.ts";
import { cleanCopyOf } from "../transfer/clean-copy.ts";
import { publicCopyOf } from "../transfer/public-copy.ts";
import { remakeThumbnails, type RemakePorts } from "../transfer/remake.ts";
import { UploadSession, type CallJson } from "../transfer/upload-session.ts";
import { WAITING_PUBLICATIONS, type WaitingPublication } from "../transfer/publishing-list.ts";
import { SealedList, type ListShelf } from "../transfer/sealed-list.ts";
import { WAITING_FILES } from "../transfer/waiting-list.ts";
import { exclusively, pause, together } from "./locks/waiting.ts";
import { planShelf } from "./staging/plan-shelf.ts";
import { openStaging } from "./staging/private-files.ts";

let session: UploadSession | null = null;
let waiting: SealedList<WaitingFile> | null = null;
let publishing: SealedList<WaitingPublication> | null = null;
let remakePorts: RemakePorts | null = null;

function remaking(): RemakePorts {
  if (remakePorts === null) throw new LibraryError("locked", "The vault is locked.");
  return remakePorts;
}

function opened(): UploadSession {
  if (session === null) throw new LibraryError("locked", "The vault is locked.");
  return session;
}

const waitingLock = (id: string): string => `pocketvault-waiting-${id}`;

function listShelf(database: Database, store: "waiting" | "publishing"): ListShelf {
  return {
    ids: () => database.getAllKeys(store),
    get: async (id) => (await database.get(store, id)) ?? null,
    put: async (id, sealed) => void (await database.put(store, sealed, id)),
    remove: (id) => database.delete(store, id),
  };
}

async function start({ accountId, accountKey, csrfToken, limits, rights }: UploadSetup): Promise<void> {
  setCsrfSource(() => csrfToken);
  setSignedOutHandler(() => void page.remote.signedOut());
  const keyring = await openKeyring(accountId, accountKey);
  const database = await openDatabase(accountId);
  const listId = newId();
  // Held for as long as this worker lives: another tab then knows that the list is still in use.
  void exclusively(waitingLock(listId), true, () => new Promise<never>(() => undefined));
  const ifAbandoned = <T>(id: string, job: () => Promise<T>): Promise<T | null> => exclusively(waitingLock(id), false, job);
  waiting = new SealedList(listId, listShelf(database, "waiting"), keyring, ifAbandoned, WAITING_FILES);
  publishing = new SealedList(listId, listShelf(database, "publishing"), keyring, ifAbandoned, WAITING_PUBLICATIONS);
  const callJson: CallJson = (method, path, body, signal) =>
    call<unknown>(method, path, { ...(body && { body: body as Readonly<Record<string, unknown>> }), ...(signal && { signal }) });
  remakePorts = { keyring, tus: { send, limits, pause, random: Math.random }, call: callJson, derive: (request: DecodeRequest) => page.remote.derive(request) };
  session = new UploadSession({
    ...remakePorts,
    staging: await openStaging(accountId),
    plans: new Plans(planShelf(database), keyring),
    uploadBytes: limits.uploadBytes,
    rights,
    tell: (news) => void page.remote.progress(news),
    expect: (row) => void page.remote.expect(row),
    expectNoMore: (imageId) => void page.remote.expectNoMore(imageId),
    exclusively,
    together,
    newId,
    now: Date.now,
  });
}

const worker: UploadWorker = {
  start,
  pending: () => opened().pending(),
  check: (items) => opened().check(items),
  upload: (job) => opened().upload(job),
  resume: (entryId, imageId) => opened().resume(entryId, imageId),
  stop: (entryId) => { opened().stop(entryId); },
  discard: (imageId) => opened().discard(imageId),
  remake: (job) => remakeThumbnails(job, remaking()),
  cleanCopy: (photo) => cleanCopyOf(photo, { ...remaking(), send }),
  publicCopy: (job) => publicCopyOf(job, { ...remaking(), send }),
  replace: (job) => opened().replace(job),
  remember: async (files) => { await waiting?.remember(files); },
  leftBehind: async () => (await waiting?.leftBehind()) ?? [],
  rememberPublishing: async (entries) => { await publishing?.remember(entries); },
  publishingLeftBehind: async () => (await publishing?.leftBehind()) ?? [],
};

const page = bridge<UploadPage>(self as unknown as Parameters<typeof bridge>[0], worker);
