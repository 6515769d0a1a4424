/**
 * The upload worker's work: from a file to a committed image.
 *
 * A file is read, cleaned, shown to the decoder, encrypted and staged; from then on a sealed plan
 * can finish it without the file. Everything outside comes through ports, so that the whole way
 * is tested against a real server of the test's own.
 */
import { Problem } from "../api/problem.ts";
import { fromBase64Url, toBase64Url } from "../crypto/bytes.ts";
import { duplicateMark } from "../crypto/digest.ts";
import type { DecodeRequest } from "../photo/decode.ts";
import type { Derived } from "../photo/thumbnails.ts";
import { LibraryError, refusalOf } from "../vault/library/bridge.ts";
import type { Rights } from "../vault/library/documents.ts";
import type { Row } from "../vault/library/entry.ts";
import type { Keyring } from "../vault/library/keyring.ts";
import type { Part } from "../vault/library/wire.ts";
import type { CheckItem, CheckResult, PendingUpload, ReplaceJob, UploadJob, UploadProgress, UploadResult, WorkingState } from "./contract.ts";
import { pendingRow } from "./pending-row.ts";
import { preparePhoto, readWhole, type ReadyPhoto } from "./prepare-photo.ts";
import type { PlannedPart, Plans, UploadPlan } from "./plan.ts";
import { anotherFile, asKnown, choiceFor, isFileOf, replacementFor, type Replacement } from "./replace.ts";
import { PlanStager } from "./stage-photo.ts";
import type { Staging } from "./staging.ts";
import { sendUpload, terminateUpload, type TusPorts } from "./tus.ts";
import { restore, RESTORED, twinIn, twinsOf, type Twin, type TwinRefusal } from "./twins.ts";
import { wholePhoto, WHOLE_PHOTO } from "./whole.ts";

/** Sends JSON, or nothing with a GET, and answers JSON. @throws Problem. */
export type CallJson = (method: string, path: string, body: object | null, signal?: AbortSignal) => Promise<unknown>;

export interface SessionPorts {
  readonly keyring: Keyring;
  readonly staging: Staging;
  readonly plans: Plans;
  readonly tus: TusPorts;
  readonly call: CallJson;
  readonly uploadBytes: number;
  readonly rights: Rights;
  readonly derive: (request: DecodeRequest) => Promise<Derived>;
  readonly tell: (news: UploadProgress) => void;
  /** A photo is on its way, or given up. */
  readonly expect: (row: Row) => void;
  readonly expectNoMore: (imageId: string) => void;
  /** Runs a job while no other tab holds `name`; with `wait` false answers null at once if one does. */
  readonly exclusively: <T>(name: string, wait: boolean, job: () => Promise<T>) => Promise<T | null>;
  /** Runs a job while no tab holds `name` exclusively. */
  readonly together: <T>(name: string, job: () => Promise<T>) => Promise<T>;
  readonly newId: () => string;
  readonly now: () => number;
}

const MOST_COMMITS = 3;
/** Shared by all who stage, held alone by who clears away. */
const STAGING_LOCK = "pocketvault-staging";
const PROGRESS_EVERY_MS = 150;
const lockName = (fingerprint: string): string => `pocketvault-upload-${fingerprint}`;

/** Refusals of a commit that mean: what was sent is not what arrived, or arrived too long ago. */
const SEND_AGAIN: ReadonlySet<string> = new Set(["bytes_do_not_match", "upload_not_found", "upload_gone", "upload_incomplete", "not_found"]);

export class UploadSession {
  readonly #ports: SessionPorts;
  readonly #running = new Map<string, AbortController>();
  /** Photos that are to be replaced, by the fingerprint of the file that can. */
  readonly #damaged = new Map<string, string>();
  readonly #told = new Map<string, { readonly at: number; readonly state: WorkingState }>();

  constructor(ports: SessionPorts) {
    this.#ports = ports;
  }

  async check(items: readonly CheckItem[]): Promise<readonly CheckResult[]> {
    const marked: CheckResult[] = [];
    for (const item of items) marked.push(await this.#mark(item));
    const twins = await twinsOf(marked.map(({ fingerprint }) => fingerprint).filter((each) => each !== ""), this.#ports.call);
    return marked.map((result) => {
      const twin = twins.get(result.fingerprint);
      if (twin === undefined) return result;
      if (!twin.isDamaged) return { ...result, imageId: twin.imageId, note: twin.isRestored ? RESTORED : "" };
      this.#damaged.set(result.fingerprint, twin.imageId);
      return result;
    });
  }

  async upload(job: UploadJob): Promise<UploadResult> {
    return await this.#run(job.entryId, job.fingerprint, async (signal, hasWaited) => {
      // Whoever held this file meanwhile has most likely stored it.
      const there = hasWaited ? (await twinsOf([job.fingerprint], this.#ports.call)).get(job.fingerprint) : undefined;
      if (there?.isDamaged === true) this.#damaged.set(job.fingerprint, there.imageId);
      else if (there !== undefined) return thereAlready(there, job.albumId);
      const damaged = this.#damaged.get(job.fingerprint);
      const replacement = damaged === undefined ? null : await replacementFor(damaged, true, this.#ports.keyring, this.#ports.call);
      return await this.#store(job, replacement, signal);
    });
  }

  /** Answers the albums that need the photo's new key. */
  async replace({ id, file }: ReplaceJob): Promise<readonly string[]> {
    const { keyring, call } = this.#ports;
    const { fingerprint, refusal } = await this.#mark({ entryId: id, file });
    if (refusal !== null) throw new LibraryError(refusal.code, refusal.sentence);
    const job: UploadJob = { entryId: id, file, path: file.name, sidecar: null, told: null, choice: "remember", fingerprint, albumId: null };
    const { imageId, albums } = await this.#run(id, fingerprint, async (signal) => {
      const isSameFile = await isFileOf(id, fingerprint, call);
      return await this.#store(job, await replacementFor(id, isSameFile, keyring, call), signal);
    });
    // Another device stored this file as a photo of its own meanwhile.
    if (imageId !== id) throw anotherFile();
    return albums;
  }

  async resume(entryId: string, imageId: string): Promise<UploadResult> {
    const plan = await this.#ports.plans.get(imageId);
    if (plan === null) throw new LibraryError("choose_again", "This upload cannot be continued. Please choose the file again.");
    return await this.#run(entryId, plan.fingerprint, (signal) => this.#finish(entryId, plan, signal));
  }

  stop(entryId: string): void {
    this.#running.get(entryId)?.abort(new DOMException("This was cancelled.", "AbortError"));
  }

  async discard(imageId: string): Promise<void> {
    const plan = await this.#ports.plans.get(imageId);
    await this.#clear(imageId);
    this.#ports.expectNoMore(imageId);
    for (const { uploadId } of plan?.parts ?? []) {
      if (uploadId !== null) await terminateUpload(uploadId, this.#ports.tus.send);
    }
  }

  /** Plans no other tab works on, whole ones only; leftovers of staging are cleared away. */
  async pending(): Promise<readonly PendingUpload[]> {
    const { plans, staging, exclusively } = this.#ports;
    const all = await plans.all();
    const planned = new Set(all.map(({ imageId }) => imageId));
    await exclusively(STAGING_LOCK, false, async () => {
      for (const imageId of await staging.list()) if (!planned.has(imageId)) await staging.remove(imageId);
    });
    const free: PendingUpload[] = [];
    for (const plan of all) {
      const isWhole = await exclusively(lockName(plan.fingerprint), false, () => this.#isStaged(plan));
      if (isWhole === false) await this.#clear(plan.imageId);
      if (isWhole === true) free.push(plan);
    }
    return free.map(({ imageId, name, path, bytes, fingerprint, albumId }) => ({ imageId, name, path, bytes, fingerprint, albumId }));
  }

  async #mark({ entryId, file }: CheckItem): Promise<CheckResult> {
    const result = { entryId, fingerprint: "", imageId: null, note: "", refusal: null };
    try {
      if (file.size === 0) throw new LibraryError("empty_file", "This file is empty.");
      return { ...result, fingerprint: toBase64Url(await duplicateMark(file, this.#ports.keyring.duplicateKey)) };
    } catch (error) {
      const isUnreadable = error instanceof DOMException && error.name !== "AbortError";
      return { ...result, refusal: isUnreadable ? { code: "unreadable_file", sentence: "This file can no longer be read. Please choose it again." } : refusalOf(error) };
    }
  }

  /** One entry, alone with its fingerprint among all tabs. */
  async #run(entryId: string, fingerprint: string, job: (signal: AbortSignal, hasWaited: boolean) => Promise<UploadResult>): Promise<UploadResult> {
    const abort = new AbortController();
    const { exclusively } = this.#ports;
    this.#running.set(entryId, abort);
    try {
      const result = (await exclusively(lockName(fingerprint), false, () => job(abort.signal, false)))
        ?? (await exclusively(lockName(fingerprint), true, () => job(abort.signal, true)));
      if (result === null) throw new LibraryError("busy", "Another tab is uploading this file.");
      return result;
    } finally {
      this.#running.delete(entryId);
      this.#told.delete(entryId);
    }
  }

  /** From the file to the committed image: a new one, or the next version of one there is. */
  async #store(job: UploadJob, replacement: Replacement | null, signal: AbortSignal): Promise<UploadResult> {
    const planned = await this.#ports.together(STAGING_LOCK, () => this.#stage(job, replacement, signal));
    return await this.#finish(job.entryId, planned, signal);
  }

  async #stage(job: UploadJob, replacement: Replacement | null, signal: AbortSignal): Promise<UploadPlan> {
    const { newId, keyring, staging, plans } = this.#ports;
    const imageId = replacement?.imageId ?? newId();
    const tell = (state: WorkingState, done: number, total: number): void => { this.#tell(job.entryId, state, imageId, done, total); };
    tell("reading", 0, job.file.size);
    const photo = await this.#prepare(job, replacement, signal);
    const stager = new PlanStager({ keyring, staging, imageId, replacement, signal, onProgress: (done, total) => { tell("encrypting", done, total); } });
    try {
      const plan = await stager.stage(job, photo);
      await plans.put(plan);
      // One that is replaced has its tile already.
      if (replacement === null) this.#ports.expect(pendingRow(plan, photo, this.#ports.now()));
      return plan;
    } catch (error) {
      await staging.remove(imageId).catch(() => undefined);
      throw storageFull(error);
    }
  }

  async #prepare(job: UploadJob, replacement: Replacement | null, signal: AbortSignal): Promise<ReadyPhoto> {
    const { rights, derive, uploadBytes } = this.#ports;
    const bytes = await readWhole(job.file, uploadBytes);
    signal.throwIfAborted();
    const choice = replacement === null ? job.choice : choiceFor(replacement, job.choice);
    const photo = await preparePhoto({ ...job, choice }, bytes, derive, rights);
    signal.throwIfAborted();
    return replacement === null ? photo : asKnown(photo, replacement);
  }

  async #finish(entryId: string, plan: UploadPlan, signal: AbortSignal): Promise<UploadResult> {
    const { imageId, albumId, report } = plan;
    let current = plan;
    for (let attempt = 1; ; attempt += 1) {
      const whole = attempt === 1 ? await this.#whole(plan) : null;
      if (whole === null) {
        current = await this.#send(entryId, current, signal);
        this.#tell(entryId, "finishing", imageId, total(current.parts), total(current.parts));
      }
      try {
        if (whole === null) await this.#commit(entryId, current, signal);
        else if (!(await this.#sendWhole(entryId, plan, whole, signal))) continue;
        break;
      } catch (error) {
        const twin = twinIn(error);
        if (twin !== null) {
          await this.discard(imageId);
          const note = await this.#settleTwin(twin, plan.fingerprint);
          return { ...report, note, imageId: twin.imageId, outcome: "already-there", albumId, albums: [] };
        }
        if (plan.version > 1 && error instanceof Problem && error.code === "conflict") {
          await this.discard(imageId);
          throw chooseAgain();
        }
        if (!(error instanceof Problem) || !SEND_AGAIN.has(error.code) || attempt >= MOST_COMMITS) throw error;
        current = { ...current, parts: current.parts.map((part) => ({ ...part, uploadId: null })) };
      }
    }
    await this.#clear(imageId);
    this.#damaged.delete(plan.fingerprint);
    return { ...report, imageId, outcome: "done", albumId, albums: plan.albums };
  }

  /** See to it that a twin met at the commit stays. @throws LibraryError "choose_again" when the file is needed for that. */
  async #settleTwin({ code, imageId, isBinned }: TwinRefusal, fingerprint: string): Promise<string> {
    const isBack = !isBinned || (await restore([imageId], this.#ports.call)).has(imageId);
    if (code === "twin_damaged") this.#damaged.set(fingerprint, imageId);
    // Either it went for good meanwhile, or its bytes did: what was staged cannot take their place.
    if (!isBack) this.#damaged.delete(fingerprint);
    if (!isBack || code === "twin_damaged") throw chooseAgain();
    return isBinned ? RESTORED : "";
  }

  async #send(entryId: string, plan: UploadPlan, signal: AbortSignal): Promise<UploadPlan> {
    const all = total(plan.parts);
    let current = plan;
    let before = 0;
    for (const part of plan.parts) {
      const content = await this.#read(plan.imageId, part);
      const sent = before;
      const uploadId = await sendUpload({
        content, sha256: fromBase64Url(part.sha256), uploadId: part.uploadId, signal,
        metadata: { image: plan.imageId, part: part.part, version: String(plan.version) },
        onCreated: async (id) => {
          current = withUploadId(current, part, id);
          await this.#ports.plans.put(current);
        },
        onProgress: (bytes) => { this.#tell(entryId, "sending", plan.imageId, sent + bytes, all); },
        onNetwork: (isLost) => { this.#tell(entryId, isLost ? "waiting-for-network" : "sending", plan.imageId, sent, all); },
      }, this.#ports.tus);
      current = withUploadId(current, part, uploadId);
      before += part.bytes;
    }
    return current;
  }

  /**
   * Asking again after a lost answer is safe: the server knows the image by its id. A request that
   * is on its way is waited for, whoever stops: only its answer tells whether the photo is stored.
   */
  async #commit(entryId: string, plan: UploadPlan, signal: AbortSignal): Promise<void> {
    const all = total(plan.parts);
    const parts = Object.fromEntries(plan.parts.map(({ part, bytes, sha256, uploadId }) => [part, { upload: uploadId, sha256, bytes }]));
    const isNew = plan.version === 1;
    const body = { ...plan.commit, ...(isNew && { version: 1 }), parts, fingerprint: plan.fingerprint };
    const path = isNew ? `/images/${plan.imageId}` : `/images/${plan.imageId}/versions/${plan.version}`;
    for (let tries = 1; ; tries += 1) {
      signal.throwIfAborted();
      try {
        await this.#ports.call("PUT", path, body);
        return;
      } catch (error) {
        if (!(error instanceof Problem) || (error.status > 0 && error.status < 500 && error.status !== 429) || error.status === 507) throw error;
        if (tries > 8 && error.status > 0) throw error;
        if (error.status === 0) this.#tell(entryId, "waiting-for-network", plan.imageId, all, all);
        await this.#ports.tus.pause(Math.min(30_000, 500 * 2 ** tries), signal);
      }
    }
  }

  /** The photo as one request, if it is new, not begun, and short enough for that. */
  async #whole(plan: UploadPlan): Promise<Blob | null> {
    const isBegun = plan.version > 1 || plan.parts.some(({ uploadId }) => uploadId !== null);
    const { wholeBytes } = this.#ports.tus.limits;
    if (isBegun || total(plan.parts) > wholeBytes) return null;
    const contents = new Map<Part, Blob>();
    for (const part of plan.parts) contents.set(part.part, await this.#read(plan.imageId, part));
    const parts = Object.fromEntries(plan.parts.map(({ part, bytes, sha256 }) => [part, { sha256, bytes }]));
    const photo = wholePhoto({ ...plan.commit, version: 1, parts, fingerprint: plan.fingerprint }, contents);
    return photo.size > wholeBytes ? null : photo;
  }

  /**
   * False when it did not come through: then it goes in parts, which can go on where they were cut
   * off. Waited for like a commit, whoever stops.
   *
   * @throws Problem for a twin.
   */
  async #sendWhole(entryId: string, { imageId, parts }: UploadPlan, photo: Blob, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    this.#tell(entryId, "sending", imageId, 0, total(parts));
    try {
      await this.#ports.tus.send({ method: "PUT", path: `/images/${imageId}`, headers: WHOLE_PHOTO, body: photo });
      return true;
    } catch (error) {
      if (!(error instanceof Problem) || twinIn(error) !== null) throw error;
      return false;
    }
  }

  async #read(imageId: string, { part, bytes }: PlannedPart): Promise<Blob> {
    const content = await this.#ports.staging.read(imageId, part);
    if (content === null || content.size !== bytes) {
      throw new LibraryError("choose_again", "What was prepared for this upload is no longer there. Please choose the file again.");
    }
    return content;
  }

  async #isStaged(plan: UploadPlan): Promise<boolean> {
    for (const { part, bytes } of plan.parts) {
      if ((await this.#ports.staging.read(plan.imageId, part))?.size !== bytes) return false;
    }
    return plan.parts.length > 0;
  }

  async #clear(imageId: string): Promise<void> {
    await this.#ports.plans.remove(imageId);
    await this.#ports.staging.remove(imageId).catch(() => undefined);
  }

  /** A change of state is told at once, progress a few times a second. */
  #tell(entryId: string, state: WorkingState, imageId: string, sentBytes: number, totalBytes: number): void {
    const last = this.#told.get(entryId);
    const now = this.#ports.now();
    if (last?.state === state && now - last.at < PROGRESS_EVERY_MS) return;
    this.#told.set(entryId, { at: now, state });
    this.#ports.tell({ entryId, state, imageId, sentBytes, totalBytes });
  }
}

const total = (parts: readonly PlannedPart[]): number => parts.reduce((sum, { bytes }) => sum + bytes, 0);

function withUploadId(plan: UploadPlan, { part }: PlannedPart, uploadId: string): UploadPlan {
  return { ...plan, parts: plan.parts.map((each) => (each.part === part ? { ...each, uploadId } : each)) };
}

const thereAlready = ({ imageId, isRestored }: Twin, albumId: string | null): UploadResult =>
  ({ imageId, outcome: "already-there", albumId, albums: [], note: isRestored ? RESTORED : "", removed: [], isKeptWhole: false, hasThumbnail: true });
const chooseAgain = (): LibraryError => new LibraryError("choose_again", "This photo changed in your vault meanwhile. Please choose the file again.");

function storageFull(error: unknown): unknown {
  if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") return error;
  return new LibraryError("device_full", "This device has no room left to prepare the upload. Please free some space and try again.");
}

