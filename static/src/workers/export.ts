/** The export worker: opens what is in the vault and writes it where the person wants it. */
import { send, setCsrfSource, setSignedOutHandler } from "../api/client.ts";
import { offlineProblem } from "../api/problem.ts";
import type { Bytes } from "../crypto/bytes.ts";
import { decryptStream } from "../crypto/decrypt.ts";
import { accountFiles } from "../transfer/exporting/account-files.ts";
import type { ExportJob, ExportPage, ExportReport, ExportWorker, PhotoToExport } from "../transfer/exporting/contract.ts";
import { makeCopy } from "../transfer/exporting/copies.ts";
import { Export } from "../transfer/exporting/engine.ts";
import { hashElsewhere } from "../transfer/exporting/hash-pool.ts";
import { hashHere, type Hash } from "../transfer/exporting/hashing.ts";
import { BAG, FolderTarget } from "../transfer/exporting/folder-target.ts";
import type { Target } from "../transfer/exporting/target.ts";
import { ZipTarget, type Sink } from "../transfer/exporting/zip-target.ts";
import { bridge, LibraryError } from "../vault/library/bridge.ts";
import type { WorkerSetup } from "../vault/library/contract.ts";
import { contentContext, heldContentKey, openKeyring, type Keyring } from "../vault/library/keyring.ts";
import { sharedPieces } from "../vault/sharing/shared-content.ts";
import { pause } from "./locks/waiting.ts";
import { archiveSink, fileSink, scratch, tidyExports } from "./staging/export-files.ts";

let keyring: Keyring | null = null;
let running: Export | null = null;
let hash: Hash = hashHere;

function unlocked(): Keyring {
  if (keyring === null) throw new LibraryError("locked", "The vault is locked.");
  return keyring;
}

async function start({ accountId, accountKey, csrfToken }: WorkerSetup): Promise<void> {
  setCsrfSource(() => csrfToken);
  setSignedOutHandler(() => void page.remote.signedOut());
  keyring = await openKeyring(accountId, accountKey);
}

async function* stored({ request }: PhotoToExport, signal: AbortSignal): AsyncGenerator<Bytes> {
  if (request.shared !== undefined) {
    yield* sharedPieces(request, request.shared, (path) => send({ method: "GET", path, signal }));
    return;
  }
  const key = await heldContentKey(request, unlocked());
  const { body } = await send({ method: "GET", path: `/images/${request.id}/versions/${request.version}/${request.part}`, signal });
  if (body === null) throw offlineProblem();
  yield* decryptStream(body, key, contentContext(request, request.part, unlocked()));
}

/** A connection that breaks in the middle of a body is no connection. */
async function* open(photo: PhotoToExport, signal: AbortSignal): AsyncGenerator<Bytes> {
  try {
    yield* stored(photo, signal);
  } catch (error) {
    throw error instanceof TypeError ? offlineProblem() : error;
  }
}

const dayOf = (moment: string): string => moment.slice(0, 10);
const bagOf = ({ choices }: ExportJob): string => (choices.since === null ? BAG : `${BAG} since ${dayOf(choices.since)}`);

function zipTo(sink: Sink): Target {
  return new ZipTarget(sink, scratch);
}

async function targetOf(job: ExportJob): Promise<{ target: Target; archive: () => Promise<File | null> }> {
  const { place } = job;
  if (place.kind === "folder") return { target: await FolderTarget.open(place.folder, unlocked().accountId, bagOf(job)), archive: () => Promise.resolve(null) };
  if (place.kind === "file") return { target: zipTo(await fileSink(place.file)), archive: () => Promise.resolve(null) };
  const sink = await archiveSink(`${bagOf(job)} ${dayOf(job.begunAt)}.zip`);
  return { target: zipTo(sink), archive: () => sink.file() };
}

async function run(job: ExportJob): Promise<ExportReport> {
  if (running !== null) throw new LibraryError("already_running", "An export is running already.");
  await tidyExports();
  const { target, archive } = await targetOf(job);
  running = new Export(job, {
    target,
    open,
    describe: (id) => page.remote.describe(id),
    hash,
    copy: (bytes, photo) => makeCopy(bytes, photo, job.choices, (request, type) => page.remote.convert(request, type)),
    accountFiles: accountFiles(job.logKey),
    tell: (progress) => void page.remote.progress(progress),
    now: () => performance.now() + performance.timeOrigin,
    pause,
  });
  try {
    return { ...(await running.run()), archive: await archive() };
  } finally {
    running = null;
  }
}

const worker: ExportWorker = {
  start,
  hashers: (...ports) => { hash = hashElsewhere(ports); },
  run,
  pause: () => running?.gate.shut("paused"),
  resume: () => running?.gate.open("paused"),
  cancel: () => running?.cancel(),
  connection: (isOnline) => {
    if (isOnline) running?.gate.open("offline");
    else running?.gate.shut("offline");
  },
  tidy: tidyExports,
};

const page = bridge<ExportPage>(self as unknown as Parameters<typeof bridge>[0], worker);
