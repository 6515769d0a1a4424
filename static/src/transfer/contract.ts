/** What the page and the upload worker say to each other. */
import type { DecodeRequest } from "../photo/decode.ts";
import type { MetadataChoice } from "../photo/metadata-choice.ts";
import type { Derived } from "../photo/thumbnails.ts";
import type { WorkerSetup } from "../vault/library/contract.ts";
import type { Refusal } from "../vault/library/bridge.ts";
import type { Row } from "../vault/library/entry.ts";
import type { WrappedContent } from "../vault/library/keyring.ts";
import type { PublicCopy } from "../vault/publishing/contract.ts";
import type { MadeCopy } from "./clean-copy.ts";
import type { WaitingPublication } from "./publishing-list.ts";
import type { PublicCopyJob } from "./public-copy.ts";
import type { Rights } from "../vault/library/documents.ts";
import type { PreparedReport } from "./plan.ts";
import type { Told } from "./told.ts";
import type { TusLimits } from "./tus.ts";

export interface UploadSetup extends WorkerSetup {
  readonly limits: TusLimits & { readonly uploadBytes: number };
  readonly rights: Rights;
}

/** A file whose fingerprint is wanted. */
export interface CheckItem {
  readonly entryId: string;
  readonly file: File;
}

export interface CheckResult {
  readonly entryId: string;
  /** base64url; "" when the file could not be read. */
  readonly fingerprint: string;
  /** The photo it already is. */
  readonly imageId: string | null;
  /** What was done so that it stays; "" for nothing. */
  readonly note: string;
  readonly refusal: Refusal | null;
}

export interface UploadJob {
  readonly entryId: string;
  readonly file: File;
  readonly path: string;
  /** The Google Takeout file beside it. */
  readonly sidecar: File | null;
  /** What whoever shared it told of it; null for a photo of one's own. */
  readonly told: Told | null;
  readonly choice: MetadataChoice;
  readonly fingerprint: string;
  readonly albumId: string | null;
}

export type WorkingState = "reading" | "encrypting" | "sending" | "finishing" | "waiting-for-network";

export interface UploadProgress {
  readonly entryId: string;
  readonly state: WorkingState;
  readonly imageId: string;
  readonly sentBytes: number;
  /** Ciphertext bytes of all parts. */
  readonly totalBytes: number;
}

export interface UploadResult extends PreparedReport {
  readonly imageId: string;
  readonly outcome: "done" | "already-there";
  readonly albumId: string | null;
  /** Albums of a photo that was replaced: they need its new key. */
  readonly albums: readonly string[];
}

/** An upload an earlier page left behind, which needs no file to be finished. */
export interface PendingUpload {
  readonly imageId: string;
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly fingerprint: string;
  readonly albumId: string | null;
}

/** A stored photo whose small pictures are to be made, or made again. */
export interface RemakeJob extends WrappedContent {
  /** The decrypted original. */
  readonly original: Blob;
}

/** A stored photo whose bytes changed on our disk, and the file that is to put it right. */
export interface ReplaceJob {
  readonly id: string;
  readonly file: File;
}

/** A file that was chosen but not yet encrypted: only the person can give it to us again. */
export interface WaitingFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly choice: MetadataChoice;
  readonly albumId: string | null;
}

export interface UploadWorker {
  start(setup: UploadSetup): Promise<void>;
  /** What is left to finish, and clearing away of what nothing can finish. */
  pending(): Promise<readonly PendingUpload[]>;
  /** Asks once for all of them whether the vault holds them already. */
  check(items: readonly CheckItem[]): Promise<readonly CheckResult[]>;
  upload(job: UploadJob): Promise<UploadResult>;
  /** Goes on with an upload whose ciphertext is staged. */
  resume(entryId: string, imageId: string): Promise<UploadResult>;
  /** Ends the work on an entry; what is staged stays. */
  stop(entryId: string): void;
  /** Forgets an upload, here and on the server. */
  discard(imageId: string): Promise<void>;
  /** Makes preview and thumbnail of a stored photo and sends them. @throws NoPicture's codes. */
  remake(job: RemakeJob): Promise<void>;
  /** Makes the clean copy of a stored photo, or finds it. @throws CannotStrip's and NoPicture's codes, Problem's. */
  cleanCopy(photo: WrappedContent): Promise<MadeCopy>;
  /** Makes a copy of a stored photo for everyone and sends it. Nothing is shown by that alone. @throws as `cleanCopy`. */
  publicCopy(job: PublicCopyJob): Promise<PublicCopy>;
  /**
   * Puts the content of a stored photo back from its original. Answers the albums that need its new
   * key. @throws "another_file", CannotStrip's codes, Problem's.
   */
  replace(job: ReplaceJob): Promise<readonly string[]>;
  /** Notes, sealed, which files still wait, in case this page is killed. */
  remember(files: readonly WaitingFile[]): Promise<void>;
  /** What pages that are gone had waiting. Answers each once. */
  leftBehind(): Promise<readonly WaitingFile[]>;
  /** Notes, sealed, which photos wait to be shown to everyone. */
  rememberPublishing(entries: readonly WaitingPublication[]): Promise<void>;
  /** What pages that are gone had on their way to everyone. Answers each once. */
  publishingLeftBehind(): Promise<readonly WaitingPublication[]>;
}

/** What the page does for its upload worker. */
export interface UploadPage {
  progress(news: UploadProgress): void;
  derive(request: DecodeRequest): Promise<Derived>;
  /** A photo is encrypted and on its way: how it will look in the library. */
  expect(row: Row): void;
  /** It was given up. */
  expectNoMore(imageId: string): void;
  /** The server no longer knows this session. */
  signedOut(): void;
}
