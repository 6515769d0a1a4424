/**
 * A guest's photos on their way to somebody else: encrypted here, sealed to the owner, sent, handed over.
 *
 * The keys live as long as it takes to seal them. What is staged can be finished by a later page, which
 * can open none of it: its plan lies under the link's key and holds ciphertext alone.
 */
import { Problem } from "../api/problem.ts";
import { fromBase64Url, toBase64Url, utf8 } from "../crypto/bytes.ts";
import type { Context } from "../crypto/context.ts";
import { sealTo } from "../crypto/exchange.ts";
import { newContentKey, newRecordKey, type ContentKey, type RecordKey } from "../crypto/keys.ts";
import { sealRecord, type JsonValue } from "../crypto/record.ts";
import type { DecodeRequest } from "../photo/decode.ts";
import type { Derived } from "../photo/thumbnails.ts";
import { LibraryError } from "../vault/library/bridge.ts";
import { DEFAULT_RIGHTS } from "../vault/library/documents.ts";
import { contextOf } from "../vault/library/keyring.ts";
import type { GuestJob, GuestPhoto, GuestProgress, GuestSetup, Staged } from "./guest-contract.ts";
import type { PlannedPart, Plans, UploadPlan } from "./plan.ts";
import { preparePhoto, readWhole, type ReadyPhoto } from "./prepare-photo.ts";
import { contentsOf, encryptInto } from "./stage-photo.ts";
import type { Staging } from "./staging.ts";
import { sendUpload, terminateUpload, type TusPorts } from "./tus.ts";
import type { CallJson } from "./upload-session.ts";

export interface GuestPorts {
  readonly setup: GuestSetup;
  readonly staging: Staging;
  readonly plans: Plans;
  readonly tus: TusPorts;
  readonly call: CallJson;
  readonly derive: (request: DecodeRequest) => Promise<Derived>;
  readonly tell: (news: GuestProgress) => void;
  /** Runs a job while no other tab holds `name`; with `wait` false answers null at once if one does. */
  readonly exclusively: <T>(name: string, wait: boolean, job: () => Promise<T>) => Promise<T | null>;
  /** Runs a job while no tab holds `name` exclusively. */
  readonly together: <T>(name: string, job: () => Promise<T>) => Promise<T>;
}

export const GUEST_UPLOADS = "/guest/uploads";
const FIRST = 1;
const MOST_COMMITS = 3;
const SEND_AGAIN: ReadonlySet<string> = new Set(["bytes_do_not_match", "upload_not_found", "upload_gone", "upload_expired", "upload_incomplete", "not_found"]);

/** What a photo's keys travel in. */
export const payloadContext = (owner: string, image: string, link: string): Context<"guest-upload"> =>
  ({ purpose: "guest-upload", owner, record: image, part: link, version: 1 });

/** JSON with sorted names and no spaces: docs/sharing.md, "Collecting". */
const statementOf = (content: ContentKey, record: RecordKey, from: string | null): string =>
  JSON.stringify({ content: toBase64Url(content), from, record: toBase64Url(record) });

export class GuestSession {
  readonly #ports: GuestPorts;
  readonly #signal = new AbortController().signal;

  constructor(ports: GuestPorts) {
    this.#ports = ports;
  }

  async earlier(): Promise<readonly GuestPhoto[]> {
    const { plans, staging, exclusively } = this.#ports;
    const known = await plans.all();
    // What no plan can finish goes, unless a tab is at work on it just now.
    await exclusively(this.#stagingLock, false, async () => {
      const planned = new Set((await plans.all()).map(({ imageId }) => imageId));
      for (const id of await staging.list()) if (!planned.has(id)) await staging.remove(id);
    });
    return known.map(({ imageId, name, bytes, parts }) => ({ imageId, name, bytes, isBrought: parts.length === 0 }));
  }

  async stage(job: GuestJob): Promise<Staged> {
    const { setup, derive, plans, staging, together } = this.#ports;
    const bytes = await readWhole(job.file, setup.limits.uploadBytes);
    const photo = await preparePhoto({ ...job, sidecar: null, told: null }, bytes, derive, { ...DEFAULT_RIGHTS });
    await together(this.#stagingLock, async () => {
      try {
        await plans.put(await this.#encrypt(job, photo));
      } catch (error) {
        await staging.remove(job.imageId).catch(() => undefined);
        throw deviceFull(error);
      }
    });
    return { thumbnail: photo.derived?.thumbnail ?? null };
  }

  async bring(imageId: string): Promise<void> {
    await this.#ports.exclusively(`pocketvault-guest-${imageId}`, true, async () => {
      const plan = await this.#ports.plans.get(imageId);
      // Another tab was quicker.
      if (plan === null || plan.parts.length === 0) return;
      await this.#finish(plan);
      await this.#ports.plans.put({ ...plan, parts: [], commit: {} });
      await this.#ports.staging.remove(imageId).catch(() => undefined);
    });
  }

  async discard(imageId: string): Promise<void> {
    const { plans, staging, tus } = this.#ports;
    const plan = await plans.get(imageId);
    for (const { uploadId } of plan?.parts ?? []) if (uploadId !== null) await terminateUpload(uploadId, tus.send, GUEST_UPLOADS);
    await plans.remove(imageId);
    await staging.remove(imageId).catch(() => undefined);
  }

  get #stagingLock(): string {
    return `pocketvault-guest-staging-${this.#ports.setup.linkId}`;
  }

  async #encrypt({ imageId, file, from }: GuestJob, photo: ReadyPhoto): Promise<UploadPlan> {
    const { setup: { ownerId }, staging } = this.#ports;
    const [contentKey, recordKey] = [newContentKey(), newRecordKey()];
    try {
      const parts: PlannedPart[] = [];
      const setup = { staging, ownerId, imageId, version: FIRST, signal: this.#signal, onBytes: () => undefined };
      for (const content of contentsOf(photo)) parts.push(await encryptInto(setup, content, contentKey));
      const metadata = await sealRecord(photo.metadata as unknown as JsonValue, recordKey, contextOf("metadata", ownerId, imageId, FIRST));
      const { note, isKeptWhole, derived } = photo;
      return {
        imageId, parts, version: FIRST, albums: [], name: file.name, path: file.name, bytes: file.size, fingerprint: "", albumId: null,
        commit: { image_id: imageId, metadata: toBase64Url(metadata), payload: await this.#payload(imageId, contentKey, recordKey, from) },
        report: { note, removed: photo.metadata.removed, isKeptWhole, hasThumbnail: derived !== null },
      };
    } finally {
      contentKey.fill(0);
      recordKey.fill(0);
    }
  }

  async #payload(imageId: string, contentKey: ContentKey, recordKey: RecordKey, from: string | null): Promise<string> {
    const { ownerId, exchange, linkId } = this.#ports.setup;
    const statement = utf8(statementOf(contentKey, recordKey, from));
    return toBase64Url(await sealTo(exchange, statement, payloadContext(ownerId, imageId, linkId)));
  }

  async #finish(plan: UploadPlan): Promise<void> {
    let current = plan;
    for (let attempt = 1; ; attempt += 1) {
      current = await this.#send(current);
      try {
        await this.#drop(current);
        return;
      } catch (error) {
        if (!(error instanceof Problem) || !SEND_AGAIN.has(error.code) || attempt >= MOST_COMMITS) throw error;
        current = { ...current, parts: current.parts.map((part) => ({ ...part, uploadId: null })) };
      }
    }
  }

  async #send(plan: UploadPlan): Promise<UploadPlan> {
    const { imageId } = plan;
    const all = plan.parts.reduce((sum, { bytes }) => sum + bytes, 0);
    let current = plan;
    let before = 0;
    for (const part of plan.parts) {
      const content = await this.#ports.staging.read(imageId, part.part);
      if (content?.size !== part.bytes) throw new LibraryError("choose_again", "What was prepared on this device is no longer there. Please choose the photo again.");
      const sent = before;
      const tell = (bytes: number, isWaiting = false): void => { this.#ports.tell({ imageId, isWaiting, share: (sent + bytes) / all }); };
      const uploadId = await sendUpload({
        content, sha256: fromBase64Url(part.sha256), uploadId: part.uploadId, signal: this.#signal,
        metadata: { image: imageId, part: part.part, version: String(FIRST) },
        onCreated: async (id) => {
          current = withUpload(current, part, id);
          await this.#ports.plans.put(current);
        },
        onProgress: (bytes) => { tell(bytes); },
        onNetwork: (isLost) => { tell(0, isLost); },
      }, this.#ports.tus);
      current = withUpload(current, part, uploadId);
      before += part.bytes;
    }
    return current;
  }

  /** Asking again after a lost answer is safe: the server knows the drop by its id, which is the photo's. */
  async #drop({ imageId, commit, parts }: UploadPlan): Promise<void> {
    const body = { ...commit, parts: Object.fromEntries(parts.map(({ part, bytes, sha256, uploadId }) => [part, { upload: uploadId, sha256, bytes }])) };
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#ports.call("PUT", `/guest/drops/${imageId}`, body);
        return;
      } catch (error) {
        const isPassing = error instanceof Problem && (error.status === 0 || error.status === 429 || (error.status >= 500 && error.status !== 507));
        if (!isPassing || (tries > 8 && error.status > 0)) throw error;
        if (error.status === 0) this.#ports.tell({ imageId, isWaiting: true, share: 1 });
        await this.#ports.tus.pause(Math.min(30_000, 500 * 2 ** tries), this.#signal);
      }
    }
  }
}

function withUpload(plan: UploadPlan, { part }: PlannedPart, uploadId: string): UploadPlan {
  return { ...plan, parts: plan.parts.map((each) => (each.part === part ? { ...each, uploadId } : each)) };
}

function deviceFull(error: unknown): unknown {
  if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") return error;
  return new LibraryError("device_full", "This device has no room left to prepare the photo. Please free some space and try again.");
}
