/** What the page and the export worker say to each other. */
import type { DecodeRequest } from "../../photo/decode.ts";
import type { PictureType } from "../decoders.ts";
import type { ExportedPhoto } from "../../export/photo.ts";
import type { PlacedAlbum, PlacedPhoto } from "../../export/layout.ts";
import type { MediaRequest, Refusal, WorkerSetup } from "../../vault/library/contract.ts";

/** What pictures of other formats become in a copy; JPEG and PNG stay what they are. */
export type CopyType = PictureType;

export interface ExportChoices {
  /** Every photo as it came, byte for byte. */
  readonly originals: boolean;
  /** Copies that open everywhere; null for none. */
  readonly copies: CopyType | null;
  /** Write date, place, title, rating and turn into the copies. */
  readonly corrections: boolean;
  readonly byAlbum: boolean;
  /** Albums of others too, as far as they may be saved. */
  readonly received: boolean;
  /** Only what came in since then, ISO 8601 UTC; null for everything. */
  readonly since: string | null;
}

export interface PhotoToExport extends PlacedPhoto {
  readonly request: MediaRequest;
  /** Bytes as they are stored, for the progress. */
  readonly bytes: number;
  /** "" for one's own. */
  readonly sharedBy: string;
}

export interface AlbumToExport extends PlacedAlbum {
  readonly description: string;
  readonly cover: string | null;
  /** Ids in the album's own order. */
  readonly photos: readonly string[];
}

/** Sentences for the pages of the viewer, in the language of the person. Functions do not cross. */
export interface ExportWords {
  readonly language: string;
  readonly title: string;
  readonly about: readonly string[];
  readonly back: string;
  readonly older: string;
  readonly newer: string;
  readonly noPicture: string;
  /** With "{n}" for the number. */
  readonly one: string;
  readonly many: string;
}

/** Where it is written: into a folder the person chose, into a file they chose, or into one that is handed over afterwards. */
export type ExportPlace =
  | { readonly kind: "folder"; readonly folder: FileSystemDirectoryHandle }
  | { readonly kind: "file"; readonly file: FileSystemFileHandle }
  | { readonly kind: "download" };

export interface ExportJob {
  readonly place: ExportPlace;
  readonly choices: ExportChoices;
  readonly photos: readonly PhotoToExport[];
  readonly albums: readonly AlbumToExport[];
  readonly words: ExportWords;
  /** ISO 8601 UTC. */
  readonly begunAt: string;
  /** The public log's key as this browser first saw it; null if it never did. Receipts are held against it. */
  readonly logKey: string | null;
}

export type ExportPhase = "preparing" | "photos" | "finishing" | "verifying";

export interface ExportProgress {
  readonly phase: ExportPhase;
  /** Photos in the phases "preparing" and "photos"; files in "verifying". */
  readonly files: number;
  readonly doneFiles: number;
  readonly bytes: number;
  readonly doneBytes: number;
  /** Of `doneBytes`, those that were there already and were only looked at. */
  readonly keptBytes: number;
  readonly failed: number;
  readonly isWaitingForNetwork: boolean;
}

export interface ExportFailure extends Refusal {
  /** The photo's id, or the path of what is no photo. */
  readonly id: string;
  readonly name: string;
}

export interface ExportReport {
  /** Photos that are there now. */
  readonly photos: number;
  readonly files: number;
  readonly bytes: number;
  /** Photos that were there already. */
  readonly kept: number;
  readonly verified: number;
  readonly failures: readonly ExportFailure[];
  /** The folder or the file it stands in. */
  readonly name: string;
  /** Of the place "download": the archive, to be handed over. */
  readonly archive: File | null;
}

/** What is said of a photo, as far as its record says it. */
export type Described = Omit<ExportedPhoto, "orientation" | "albums" | "sharedBy" | "bytes">;

export interface ExportWorker {
  start(setup: WorkerSetup): Promise<void>;
  /** Where somebody else makes digests; see `hash-pool.ts`. */
  hashers(first: MessagePort, second: MessagePort): void;
  /** Rejects with a refusal when nothing could be written at all, or when it was cancelled. */
  run(job: ExportJob): Promise<ExportReport>;
  pause(): void;
  resume(): void;
  cancel(): void;
  connection(isOnline: boolean): void;
  /** Throw away what an earlier export left behind for handing over. */
  tidy(): Promise<void>;
}

export interface ExportPage {
  progress(progress: ExportProgress): void;
  /** Null when there is no such photo any more. */
  describe(id: string): Promise<Described | null>;
  /** The picture in full size, upright. */
  convert(request: DecodeRequest, type: CopyType): Promise<Blob>;
  signedOut(): void;
}
