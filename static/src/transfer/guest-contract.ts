/** What a guest's page and its upload worker say to each other. */
import type { ExchangePublicKey } from "../crypto/exchange.ts";
import type { AuthKey, LinkKey } from "../crypto/keys.ts";
import type { MetadataChoice } from "../photo/metadata-choice.ts";
import type { DecodeRequest } from "../photo/decode.ts";
import type { Derived } from "../photo/thumbnails.ts";
import type { TusLimits } from "./tus.ts";

export interface GuestSetup {
  readonly linkId: string;
  /** Whose the photos will be. */
  readonly ownerId: string;
  readonly exchange: ExchangePublicKey;
  /** Seals what this device keeps of the uploads. */
  readonly linkKey: LinkKey;
  /** Begins another visit once the first has run out. */
  readonly authKey: AuthKey;
  readonly token: string;
  readonly limits: TusLimits & { readonly uploadBytes: number };
}

export interface GuestJob {
  /** Made by the page: the photo's id from here on. */
  readonly imageId: string;
  readonly file: File;
  readonly choice: MetadataChoice;
  /** What the guest wants to be called; null for nothing. */
  readonly from: string | null;
}

/** A photo that is encrypted and waits to be sent. */
export interface Staged {
  /** For the guest's own list. */
  readonly thumbnail: Blob | null;
}

/** What this device knows of an earlier page's photos. */
export interface GuestPhoto {
  readonly imageId: string;
  readonly name: string;
  readonly bytes: number;
  readonly isBrought: boolean;
}

export interface GuestProgress {
  readonly imageId: string;
  readonly isWaiting: boolean;
  /** 0 up to 1. */
  readonly share: number;
}

export interface GuestWorker {
  start(setup: GuestSetup): Promise<void>;
  /** Photos that earlier pages prepared or brought through this link. */
  earlier(): Promise<readonly GuestPhoto[]>;
  /** @throws CannotStrip's codes, LibraryError "empty_file", "file_too_large", "unreadable_file", "device_full". */
  stage(job: GuestJob): Promise<Staged>;
  /** Send what is staged, and hand it over. @throws Problem. */
  bring(imageId: string): Promise<void>;
  /** Forget a photo that was not brought, here and on the server. */
  discard(imageId: string): Promise<void>;
}

export interface GuestUploadPage {
  progress(news: GuestProgress): void;
  derive(request: DecodeRequest): Promise<Derived>;
}
