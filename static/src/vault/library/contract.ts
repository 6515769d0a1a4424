/** What the page and its library and media workers say to each other, over a {@link bridge}. */
import type { ItemSource } from "../../crypto/item.ts";
import type { AccountKey, HeldKey, WrappingKey } from "../../crypto/keys.ts";
import type { SealedItem } from "../../crypto/rewrap.ts";
import type { RewrapJob, SealedPhotos, SealingJob } from "../sharing/album-sealing.ts";
import type { SaidAndMeant } from "../sharing/album-stale.ts";
import type { AlbumEntry } from "./album-entry.ts";
import type { Refusal, Remote } from "./bridge.ts";
import type { AlbumDocument, CorrectionsDocument, MetadataDocument, Place, Rights, Rotation } from "./documents.ts";
import type { Row } from "./entry.ts";
import type { WrappedContent } from "./keyring.ts";
import type { Restored } from "./restored.ts";
import type { ProvenRestoration } from "./sightings.ts";
import type { Part } from "./wire.ts";

/** What a worker is told at its start. The key is held by the browser: nobody can read it. */
export interface WorkerSetup {
  readonly accountId: string;
  readonly accountKey: HeldKey<AccountKey>;
  /** A worker cannot read the cookie that holds it. */
  readonly csrfToken: string;
}

export type { Refusal } from "./bridge.ts";

export interface ItemFailure extends Refusal {
  readonly id: string;
}

/** What became of each item of a change. One bad item never stops the others. */
export interface Outcome {
  readonly done: readonly string[];
  readonly failed: readonly ItemFailure[];
}

/** How a photo was corrected before a change, and the revision that the change made. */
export interface Earlier {
  readonly id: string;
  readonly revision: number;
  readonly corrections: CorrectionsDocument | null;
}

export interface Corrected extends Outcome {
  /** Of those that are done: what it takes to take the change back. */
  readonly earlier: readonly Earlier[];
}

/** A member that is absent stays as it is; null says "none", even where the file says something. */
export interface CorrectionChange {
  readonly capturedAt?: string | null;
  readonly zone?: string | null;
  readonly place?: Place | null;
  readonly title?: string | null;
  readonly description?: string | null;
  readonly altText?: string | null;
  readonly keywords?: readonly string[] | null;
  readonly rating?: number | null;
  readonly rotation?: Rotation | null;
  readonly rights?: Rights | null;
  /** Names of members whose earlier correction is taken back, so that the file speaks again. */
  readonly takeBack?: readonly (keyof CorrectionsDocument)[];
}

export interface MarksChange {
  readonly favourite?: boolean;
  readonly archived?: boolean;
}

export interface Details {
  readonly metadata: MetadataDocument | null;
  readonly corrections: CorrectionsDocument | null;
  readonly revision: number;
  readonly version: number;
  readonly storedAt: string;
  readonly verifiedAt: string | null;
}

export interface CorrectionRevision {
  readonly revision: number;
  readonly madeAt: string;
  /** Null when it could not be opened. */
  readonly corrections: CorrectionsDocument | null;
}

export type AlbumChange = Partial<AlbumDocument>;
export type RemovalKind = "bin" | "purge";

/** What the library worker tells the page. */
export interface LibraryListener {
  rows(upserts: readonly Row[], removals: readonly string[]): void;
  albumEntries(albums: readonly AlbumEntry[]): void;
  /** What is shown to everyone changed. */
  publicChanged(): void;
  /** What a restore of the service made of the index, so far. */
  restored(restored: Restored): void;
  /** The server no longer knows this session. */
  signedOut(): void;
}

export interface LibraryWorker {
  /** Opens the local index, telling the listener all of it, a block at a time. */
  start(setup: WorkerSetup): Promise<void>;
  /** A restore that the public log bears out; see `sightings.ts`. Whether the index did not know of it. */
  believe(restoration: ProvenRestoration): boolean;
  /** Brings the index up to the server. Rejects with a {@link Refusal}. */
  sync(): Promise<void>;
  /** Takes over what another tab wrote. */
  catchUp(): Promise<void>;
  details(id: string): Promise<Details | null>;
  history(id: string): Promise<readonly CorrectionRevision[]>;
  mark(ids: readonly string[], change: MarksChange): Promise<Outcome>;
  correct(ids: readonly string[], change: CorrectionChange): Promise<Corrected>;
  shiftClock(ids: readonly string[], seconds: number): Promise<Corrected>;
  /** Brings back what was before these changes, in the order they were made; a photo corrected again since stays. */
  takeBack(earlier: readonly Earlier[]): Promise<Outcome>;
  remove(ids: readonly string[], how: RemovalKind): Promise<Outcome>;
  restore(ids: readonly string[]): Promise<Outcome>;
  createAlbum(change: AlbumChange): Promise<string>;
  changeAlbum(id: string, change: AlbumChange): Promise<void>;
  deleteAlbum(id: string): Promise<void>;
  addToAlbum(albumId: string, ids: readonly string[]): Promise<Outcome>;
  removeFromAlbum(albumId: string, ids: readonly string[]): Promise<Outcome>;
  /** Photos for a shared album, under its key; sent by `vault/sharing`. */
  sealPhotos(job: SealingJob): Promise<SealedPhotos>;
  /** Photos of a shared album of which something else is to be said than is. */
  staleAmong(said: readonly SaidAndMeant[]): Promise<readonly string[]>;
  /** Items of a shared album under its next key. */
  rewrap(job: RewrapJob): Promise<readonly SealedItem[]>;
}

/** The part of the library's worker that shared albums need. */
export type AlbumSealer = Pick<Remote<LibraryWorker>, "sealPhotos" | "staleAmong" | "rewrap">;

/** One part of one image, as the media worker needs it. */
export interface MediaRequest extends WrappedContent {
  readonly part: Part;
  readonly mediaType: string;
  /** A photo in an album that somebody else shares. */
  readonly shared?: SharedContent;
  /** The drop that a photo is, as long as it was not taken in: its bytes are there, and nobody vouches for them. */
  readonly drop?: string;
}

/** Where the bytes of a shared photo are, and what opens its content key. */
export interface SharedContent {
  readonly albumId: string;
  readonly albumOwner: string;
  readonly photoOwner: string;
  readonly source: ItemSource;
  /** The album's, held by the browser. */
  readonly wrappingKey: WrappingKey;
  /** SHA-256 of the part's ciphertext, where whoever added the photo named it: base64url, else "". */
  readonly digest: string;
}

/**
 * A picture to be shown: a small one as a `data:` URL, since the page would wait for the browser's own process to give a blob
 * its address.
 */
export type Picture = Blob | string;

export interface MediaWorker {
  start(setup: WorkerSetup): Promise<void>;
  /** The whole part, decrypted. `ticket` names the request for {@link cancel}. */
  open(request: MediaRequest, ticket: number): Promise<Blob>;
  /** The same, to be shown. */
  show(request: MediaRequest, ticket: number): Promise<Picture>;
  cancel(ticket: number): void;
  /** Begins to hand a part over piece by piece. */
  read(request: MediaRequest, ticket: number): Promise<void>;
  /** The next decrypted piece; null at the end. */
  next(ticket: number): Promise<Uint8Array<ArrayBuffer> | null>;
}
