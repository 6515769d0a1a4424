/**
 * The upload queue of a page: what waits, what runs, and what became of it.
 *
 * Files are read one at a time by the worker, a few are on their way at once, and the rest is only
 * a list of names. The worker does the work; the queue decides whose turn it is.
 */
import type { MetadataChoice } from "../photo/metadata-choice.ts";
import { refusalOf, type Refusal, type Remote } from "../vault/library/bridge.ts";
import type { CheckResult, RemakeJob, ReplaceJob, UploadProgress, UploadResult, UploadWorker, WaitingFile } from "./contract.ts";
import {
  failureFrom, isFinished, isOpen, isWorking, newEntry, Pace, reportOf, sumsOf, type QueuedFile, type Sums, type UploadEntry, type UploadReport, type UploadState,
} from "./entries.ts";
import { gather, type Gathered } from "./gather.ts";
import { Roster } from "./roster.ts";
import type { SelectedFile } from "./selected-files.ts";
import { NOT_ALL_FIT, stopFor } from "./stops.ts";

export interface UploadTotals extends Sums {
  readonly secondsLeft: number | null;
  readonly state: "idle" | "running" | "paused" | "waiting-for-network" | "stopped";
  readonly stopped: Refusal | null;
}

export interface AddReport {
  readonly added: number;
  readonly bytes: number;
  /** Files left out because systems make them, such as `.DS_Store`. */
  readonly ignored: number;
  /** Whether all of it fits into what is left of the account's room. */
  readonly fits: boolean;
  readonly availableBytes: number;
}

export interface AddOptions {
  readonly choice: MetadataChoice;
  readonly albumId?: string;
}

export interface QueuePorts {
  readonly worker: Remote<UploadWorker>;
  /** Bytes the account still has room for. */
  readonly availableBytes: () => Promise<number>;
  /** A photo was stored; with an album when it should go there. */
  readonly stored: (imageId: string, albumId: string | null) => void;
  readonly soon: (callback: () => void) => void;
  readonly later: (callback: () => void, milliseconds: number) => void;
  readonly now: () => number;
  readonly newId: () => string;
}

const AT_ONCE = 3;
/** What the files being worked on may weigh together, unless it is a single one. */
const BYTES_AT_ONCE = 300 * 1024 * 1024;
const CHECKED_AT_ONCE = 60;
const CHECKED_BYTES = 128 * 1024 * 1024;
/** Checked files kept ready, so that nobody waits for a check. */
const READY = 12;
const NETWORK_PAUSE_MS = 5000;
const REMEMBER_EVERY_MS = 10_000;
const SHORT_LIST = 200;

const TWICE = "The same file is in this upload twice.";

const isOffline = (code: string): boolean => code === "offline" || code === "network";

export class UploadQueue {
  readonly #ports: QueuePorts;
  readonly #roster = new Roster();
  readonly #listeners = new Set<() => void>();
  readonly #pace = new Pace();
  #isPaused = false;
  #isOffline = false;
  #isChecking = false;
  #isTold = true;
  #isClosed = false;
  #isRemembering = false;
  #isNoted = false;
  #wasAtRest = true;
  #stopped: Refusal | null = null;

  constructor(ports: QueuePorts) {
    this.#ports = ports;
  }

  /** Take up what earlier pages left: some of it goes on by itself, the rest must be chosen again. */
  async restore(): Promise<void> {
    const pending = await this.#ports.worker.pending();
    for (const { fingerprint, ...upload } of pending) {
      this.#roster.put({ ...newEntry(this.#ports.newId(), upload, "remember", null, null), fingerprint, imageId: upload.imageId });
    }
    const isPending = ({ path, bytes }: WaitingFile): boolean => pending.some((each) => each.path === path && each.bytes === bytes);
    const left = await this.#ports.worker.leftBehind();
    for (const { choice, ...file } of left.filter((each) => !isPending(each))) {
      this.#roster.put({ ...newEntry(this.#ports.newId(), file, choice, null, null), state: "choose-again" });
    }
    this.#remember();
    this.#changed();
  }

  async add(files: Iterable<SelectedFile> | AsyncIterable<SelectedFile>, { choice, albumId }: AddOptions): Promise<AddReport> {
    const { photos, ignored } = await gather(files);
    return await this.#enlist({ photos, ignored }, choice, albumId ?? null);
  }

  /** Files for entries that ask to be chosen again; others are added as new. */
  async chooseAgain(files: Iterable<SelectedFile> | AsyncIterable<SelectedFile>, options: AddOptions): Promise<AddReport> {
    const { photos, ignored } = await gather(files);
    const fresh = photos.filter(({ file, path, sidecar }) => {
      const entry = this.#roster.find((each) => each.state === "choose-again" && each.bytes === file.size && (each.path === path || each.name === file.name));
      if (entry === undefined) return true;
      this.#set(entry, { state: "waiting", file, sidecar, failure: null });
      return false;
    });
    return await this.#enlist({ photos: fresh, ignored }, options.choice, options.albumId ?? null);
  }

  entries(range: { readonly from: number; readonly to: number } = { from: 0, to: Number.POSITIVE_INFINITY }): readonly UploadEntry[] {
    return this.#roster.all().slice(range.from, range.to);
  }

  entry(id: string): UploadEntry | null {
    return this.#roster.get(id) ?? null;
  }

  get totals(): UploadTotals {
    const sums = sumsOf(this.#roster.all());
    const isWaiting = this.#isOffline || (sums.waitingForNetwork > 0 && sums.waitingForNetwork === this.#roster.working);
    const running = isWaiting ? "waiting-for-network" : "running";
    const state = this.#stopped !== null ? "stopped" : this.#isPaused ? "paused" : running;
    const secondsLeft = state === "running" && sums.open > 0 ? this.#pace.secondsFor(sums.bytes - sums.sentBytes) : null;
    return { ...sums, secondsLeft, state: sums.open === 0 && this.#stopped === null && !this.#isPaused ? "idle" : state, stopped: this.#stopped };
  }

  get report(): UploadReport {
    return reportOf(this.#roster.all());
  }

  pause(id?: string): void {
    if (id === undefined) this.#isPaused = true;
    for (const entry of this.#chosen(id, ({ state }) => isOpen(state) && state !== "checking" && state !== "finishing")) {
      const wasWorking = isWorking(entry.state);
      if (id !== undefined || wasWorking) this.#set(entry, { state: "paused" });
      if (wasWorking) void this.#ports.worker.stop(entry.id);
    }
    this.#changed();
  }

  resume(id?: string): void {
    if (id === undefined) this.#isPaused = false;
    this.#stopped = null;
    for (const entry of this.#chosen(id, ({ state }) => state === "paused")) this.#set(entry, { state: "waiting" });
    this.#changed();
  }

  /** What is being put away is as good as stored, and is not called back. */
  cancel(id?: string): void {
    for (const entry of this.#chosen(id, ({ state }) => !isFinished(state) && state !== "finishing")) {
      this.#set(entry, { state: "cancelled", file: null, sidecar: null });
      void this.#ports.worker.stop(entry.id);
      if (entry.imageId !== null) void this.#ports.worker.discard(entry.imageId);
    }
    if (id === undefined) this.#stopped = null;
    this.#changed();
  }

  retry(id?: string): void {
    this.#stopped = null;
    for (const entry of this.#chosen(id, ({ state, failure }) => state === "failed" && failure?.canRetry === true)) this.#again(entry, {});
    this.#changed();
  }

  /** Try again without cleaning a file that cannot be cleaned. */
  retryKeeping(id: string): void {
    for (const entry of this.#chosen(id, ({ failure }) => failure?.offersKeep === true)) this.#again(entry, { choice: "keep" });
    this.#changed();
  }

  /** Make the small pictures of a stored photo, from its decrypted original. @throws LibraryError. */
  async remakeThumbnails(job: RemakeJob): Promise<void> {
    await this.#ports.worker.remake(job);
    this.#ports.stored(job.id, null);
  }

  /** The worker's own, for photos that are stored. @throws LibraryError. */
  readonly cleanCopy: Remote<UploadWorker>["cleanCopy"] = (photo) => this.#ports.worker.cleanCopy(photo);
  readonly publicCopy: Remote<UploadWorker>["publicCopy"] = (job) => this.#ports.worker.publicCopy(job);
  readonly rememberPublishing: Remote<UploadWorker>["rememberPublishing"] = (entries) => this.#ports.worker.rememberPublishing(entries);
  readonly publishingLeftBehind: Remote<UploadWorker>["publishingLeftBehind"] = () => this.#ports.worker.publishingLeftBehind();

  /** Put a stored photo back from the person's own file. @throws LibraryError. */
  async replace(job: ReplaceJob): Promise<void> {
    const albums = await this.#ports.worker.replace(job);
    for (const albumId of [null, ...albums]) this.#ports.stored(job.id, albumId);
  }

  clearFinished(): void {
    this.#roster.drop(({ state }) => isFinished(state));
    this.#changed();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** News from the worker. */
  progress({ entryId, state, imageId, sentBytes, totalBytes }: UploadProgress): void {
    const entry = this.#roster.get(entryId);
    if (entry === undefined || !isWorking(entry.state)) return;
    // Only what is staged can be gone on with by its image; until then the file itself is needed.
    const isStaged = state !== "reading" && state !== "encrypting";
    const isNews = isStaged && entry.imageId === null;
    this.#set(entry, { state, imageId: isStaged ? imageId : null, sentBytes: isStaged ? sentBytes : 0, totalBytes });
    // A short list is soon written anew: the next page need not ask for what this one has staged.
    if (isNews && this.#isNoted && this.#roster.all().length <= SHORT_LIST) this.#note();
    this.#tell();
  }

  /** The network is back, or gone. */
  connection(isOnline: boolean): void {
    this.#isOffline = !isOnline;
    this.#changed();
  }

  /** Stop taking part, as when the vault is locked. What runs goes on at the next unlock. */
  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
  }

  async #enlist({ photos, ignored }: Gathered, choice: MetadataChoice, albumId: string | null): Promise<AddReport> {
    const bytes = photos.reduce((sum, { file }) => sum + file.size, 0);
    const waiting = sumsOf(this.#roster.all());
    const availableBytes = await this.#ports.availableBytes().catch(() => Number.POSITIVE_INFINITY);
    const fits = bytes + waiting.bytes - waiting.sentBytes <= availableBytes;
    for (const { file, path, sidecar, told = null } of photos) {
      this.#roster.put(newEntry(this.#ports.newId(), { name: file.name, path, bytes: file.size, albumId, told }, choice, file, sidecar));
    }
    if (!fits && photos.length > 0) this.#stopped = NOT_ALL_FIT;
    this.#remember();
    this.#changed();
    return { added: photos.length, bytes, ignored, fits, availableBytes };
  }

  #chosen(id: string | undefined, test: (entry: QueuedFile) => boolean): readonly QueuedFile[] {
    const entries = id === undefined ? this.#roster.all() : [this.#roster.get(id)].filter((entry) => entry !== undefined);
    return entries.filter(test);
  }

  #again(entry: QueuedFile, changes: Partial<QueuedFile>): void {
    const needsFile = entry.file === null && entry.imageId === null;
    this.#set(entry, { state: needsFile ? "choose-again" : "waiting", failure: null, sentBytes: 0, totalBytes: 0, ...changes });
  }

  #set(entry: QueuedFile, changes: Partial<QueuedFile>): void {
    this.#roster.put({ ...entry, ...changes });
  }

  #changed(): void {
    this.#tell();
    this.#schedule();
    // A page that closes right after its last photo must not ask for it again at the next start.
    const isAtRest = !this.#isChecking && this.#roster.isAtRest;
    if (isAtRest && !this.#wasAtRest && this.#isNoted) this.#note();
    this.#wasAtRest = isAtRest;
  }

  #schedule(): void {
    if (this.#isClosed || this.#isPaused || this.#isOffline || this.#stopped !== null) return;
    if (!this.#isChecking && this.#roster.ready < READY) void this.#check();
    for (let next = this.#roster.next(AT_ONCE, BYTES_AT_ONCE); next !== null; next = this.#roster.next(AT_ONCE, BYTES_AT_ONCE)) void this.#work(next);
  }

  /** Ask in one go which of the next files the vault holds already. */
  async #check(): Promise<void> {
    const batch = this.#roster.unchecked(CHECKED_AT_ONCE, CHECKED_BYTES);
    if (batch.length === 0) return;
    this.#isChecking = true;
    for (const entry of batch) this.#set(entry, { state: "checking" });
    const items = batch.flatMap(({ id, file }) => (file === null ? [] : [{ entryId: id, file }]));
    try {
      for (const result of await this.#ports.worker.check(items)) this.#checked(result);
    } catch (error) {
      const refusal = refusalOf(error);
      for (const { id } of batch) this.#settleFailure(id, "checking", refusal);
    }
    this.#isChecking = false;
    this.#changed();
  }

  #checked({ entryId, fingerprint, imageId, note, refusal }: CheckResult): void {
    const entry = this.#roster.get(entryId);
    if (entry?.state !== "checking") return;
    if (refusal !== null) this.#settleFailure(entryId, "checking", refusal);
    else if (imageId !== null) this.#set(entry, { state: "already-there", fingerprint, imageId, note, file: null, sidecar: null });
    else if (this.#roster.holds(fingerprint, entryId)) this.#set(entry, { state: "already-there", fingerprint, note: TWICE, file: null, sidecar: null });
    else this.#set(entry, { state: "waiting", fingerprint });
    if (imageId !== null && (entry.albumId !== null || note !== "")) this.#ports.stored(imageId, entry.albumId);
  }

  async #work(entry: QueuedFile): Promise<void> {
    this.#set(entry, { state: entry.imageId === null ? "reading" : "sending" });
    try {
      this.#done(entry.id, await this.#ask(entry));
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.code === "choose_again" && entry.file !== null) this.#restart(entry.id);
      else this.#settleFailure(entry.id, "working", refusal);
    }
    this.#changed();
  }

  #ask(entry: QueuedFile): Promise<UploadResult> {
    const { id, file, path, sidecar, told, choice, fingerprint, albumId, imageId } = entry;
    if (imageId !== null) return this.#ports.worker.resume(id, imageId);
    if (file === null) return Promise.reject(new DOMException("The file is no longer here.", "NotFoundError"));
    return this.#ports.worker.upload({ entryId: id, file, path, sidecar, told, choice, fingerprint, albumId });
  }

  #done(id: string, { imageId, outcome, note, hasThumbnail, albumId, albums, ...rest }: UploadResult): void {
    const entry = this.#roster.get(id);
    for (const each of [albumId, ...albums]) this.#ports.stored(imageId, each);
    if (entry === undefined) return;
    // Too late to cancel: it is stored, and the outcome says so.
    if (entry.state === "cancelled" && outcome !== "done") return;
    const report = { ...rest, note, hasThumbnail };
    this.#set(entry, { state: outcome, imageId, note, hasThumbnail, report, failure: null, file: null, sidecar: null });
    this.#pace.note(this.#ports.now(), sumsOf(this.#roster.all()).sentBytes);
    this.#remember();
  }

  /** What was staged is gone, but the file is still at hand. */
  #restart(id: string): void {
    const entry = this.#roster.get(id);
    if (entry !== undefined) this.#set(entry, { state: "waiting", imageId: null, sentBytes: 0, totalBytes: 0 });
  }

  /** A failure belongs to one file, unless the next would meet it too. */
  #settleFailure(id: string, during: "checking" | "working", refusal: Refusal): void {
    const entry = this.#roster.get(id);
    if (entry === undefined || !(isWorking(entry.state) || entry.state === "checking")) return;
    const stop = stopFor(refusal.code);
    if (stop !== null) this.#stopped = stop;
    const isPassing = stop !== null || isOffline(refusal.code);
    if (isOffline(refusal.code)) this.#waitForNetwork();
    const state: UploadState = isPassing ? "waiting" : refusal.code === "choose_again" ? "choose-again" : "failed";
    const failure = state === "failed" ? failureFrom(refusal) : null;
    this.#set(entry, { state, failure, ...(during === "checking" ? {} : { sentBytes: 0 }) });
  }

  /** The browser often does not notice that the network is gone: look again after a while. */
  #waitForNetwork(): void {
    if (this.#isOffline) return;
    this.#isOffline = true;
    this.#ports.later(() => { this.connection(true); }, NETWORK_PAUSE_MS);
  }

  /** Note now and then what still waits, for the page after this one. */
  #remember(): void {
    if (this.#isRemembering) return;
    this.#isRemembering = true;
    this.#ports.later(() => {
      this.#isRemembering = false;
      if (this.#isClosed) return;
      this.#note();
      if (this.#isNoted) this.#rememberLater();
    }, 0);
  }

  #note(): void {
    const waiting = this.#roster.all().filter(({ state, imageId }) => !isFinished(state) && state !== "failed" && imageId === null);
    this.#isNoted = waiting.length > 0;
    const files = waiting.map(({ name, path, bytes, choice, albumId }) => ({ name, path, bytes, choice, albumId }));
    // It is a courtesy to the next page; this one needs no note.
    this.#ports.worker.remember(files).catch(() => undefined);
  }

  #rememberLater(): void {
    this.#isRemembering = true;
    this.#ports.later(() => {
      this.#isRemembering = false;
      this.#remember();
    }, REMEMBER_EVERY_MS);
  }

  #tell(): void {
    if (!this.#isTold) return;
    this.#isTold = false;
    this.#ports.soon(() => {
      this.#isTold = true;
      this.#pace.note(this.#ports.now(), sumsOf(this.#roster.all()).sentBytes);
      for (const listener of [...this.#listeners]) listener();
    });
  }
}
