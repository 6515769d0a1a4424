/** Encrypting a photo into staging, and writing down how to finish it. */
import { toBase64Url, type Bytes } from "../crypto/bytes.ts";
import { runningSha256 } from "../crypto/digest.ts";
import { ciphertextLength, encryptStream } from "../crypto/encrypt.ts";
import { newContentKey, newRecordKey, type ContentKey, type RecordKey } from "../crypto/keys.ts";
import { sealRecord, type JsonValue } from "../crypto/record.ts";
import { wrapKey } from "../crypto/wrap.ts";
import { contextOf, type Keyring } from "../vault/library/keyring.ts";
import type { Part } from "../vault/library/wire.ts";
import type { UploadJob } from "./contract.ts";
import type { PlannedPart, UploadPlan } from "./plan.ts";
import type { ReadyPhoto } from "./prepare-photo.ts";
import type { Replacement } from "./replace.ts";
import type { Staging } from "./staging.ts";

/** Every photo begins with its first revision and marks; a record key has one version for ever. */
const FIRST = 1;

export interface StageSetup {
  readonly keyring: Keyring;
  readonly staging: Staging;
  readonly imageId: string;
  /** Null for a new photo. */
  readonly replacement: Replacement | null;
  readonly signal: AbortSignal;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
}

/** One part of a photo, before it is encrypted. */
interface Content {
  readonly part: Part;
  readonly data: Bytes | Blob;
  readonly size: number;
}

/** What is to be encrypted of a photo. */
export function contentsOf({ content, derived }: ReadyPhoto): readonly Content[] {
  const contents: Content[] = [{ part: "original", data: content, size: content.length }];
  if (derived === null) return contents;
  if (derived.preview !== null) contents.push({ part: "preview", data: derived.preview, size: derived.preview.size });
  contents.push({ part: "thumbnail", data: derived.thumbnail, size: derived.thumbnail.size });
  return contents;
}

export interface PartSetup {
  readonly staging: Staging;
  /** Whose photo it will be. */
  readonly ownerId: string;
  readonly imageId: string;
  readonly version: number;
  readonly signal: AbortSignal;
  /** So many bytes more are encrypted. */
  readonly onBytes: (bytes: number) => void;
}

/** Encrypt one part into staging. */
export async function encryptInto(
  { staging, ownerId, imageId, version, signal, onBytes }: PartSetup, { part, data }: Content, key: ContentKey,
): Promise<PlannedPart> {
  const digest = await runningSha256();
  const file = await staging.create(imageId, part);
  let bytes = 0;
  try {
    for await (const piece of encryptStream(data, key, contextOf("content", ownerId, imageId, version, part))) {
      signal.throwIfAborted();
      digest.update(piece);
      await file.write(piece);
      bytes += piece.length;
      onBytes(piece.length);
    }
  } finally {
    await file.close();
  }
  return { part, bytes, sha256: toBase64Url(digest.finish()), uploadId: null };
}

export class PlanStager {
  readonly #setup: StageSetup;
  #doneBytes = 0;
  #totalBytes = 0;

  constructor(setup: StageSetup) {
    this.#setup = setup;
  }

  get #version(): number {
    return this.#setup.replacement?.version ?? FIRST;
  }

  /** The keys live only as long as this call; afterwards they exist wrapped. */
  async stage(job: UploadJob, photo: ReadyPhoto): Promise<UploadPlan> {
    const [contentKey, recordKey] = [newContentKey(), newRecordKey()];
    try {
      const contents = contentsOf(photo);
      this.#totalBytes = contents.reduce((sum, { size }) => sum + ciphertextLength(size), 0);
      const parts: PlannedPart[] = [];
      for (const content of contents) parts.push(await this.#encrypt(content, contentKey));
      const { note, isKeptWhole, derived, metadata } = photo;
      return {
        imageId: this.#setup.imageId,
        version: this.#version,
        albums: this.#setup.replacement?.albums ?? [],
        name: job.file.name,
        path: job.path,
        bytes: job.file.size,
        fingerprint: job.fingerprint,
        albumId: job.albumId,
        parts,
        commit: await this.#commit(photo, contentKey, recordKey),
        report: { note, removed: metadata.removed, isKeptWhole, hasThumbnail: derived !== null },
      };
    } finally {
      contentKey.fill(0);
      recordKey.fill(0);
    }
  }

  async #encrypt(content: Content, key: ContentKey): Promise<PlannedPart> {
    const { keyring, onProgress, ...rest } = this.#setup;
    return await encryptInto({ ...rest, ownerId: keyring.accountId, version: this.#version, onBytes: (bytes) => {
      this.#doneBytes += bytes;
      onProgress(this.#doneBytes, this.#totalBytes);
    } }, content, key);
  }

  async #commit(photo: ReadyPhoto, contentKey: ContentKey, recordKey: RecordKey): Promise<UploadPlan["commit"]> {
    const { keyring, imageId, replacement } = this.#setup;
    const { accountId, wrappingKey } = keyring;
    const seal = async (value: object, purpose: "metadata" | "corrections" | "marks", version = FIRST): Promise<string> =>
      toBase64Url(await sealRecord(value as JsonValue, replacement?.recordKey ?? recordKey, contextOf(purpose, accountId, imageId, version)));
    const [content, record, metadata] = await Promise.all([
      wrapKey(contentKey, wrappingKey, contextOf("content-key", accountId, imageId, this.#version)),
      wrapKey(recordKey, wrappingKey, contextOf("record-key", accountId, imageId, FIRST)),
      seal(photo.metadata, "metadata", this.#version),
    ]);
    const known = { wrapped_content_key: toBase64Url(content), metadata };
    // What was put right and marked belongs to the photo, not to this content of it.
    if (replacement !== null) return known;
    return {
      ...known,
      wrapped_record_key: toBase64Url(record),
      ...(photo.corrections === null ? {} : { corrections: await seal(photo.corrections, "corrections") }),
      ...(photo.marks === null ? {} : { marks: await seal(photo.marks, "marks") }),
    };
  }
}
