/** What publishing hands from one part of the page to another. */
import type { PublicWords } from "../../crypto/publication.ts";

/** A cleaned copy that lies at the server as ciphertext, and the key that opens it from then on. */
export interface PublicCopy {
  readonly upload: string;
  /** Of the ciphertext, base64url. */
  readonly uploadSha256: string;
  readonly uploadBytes: number;
  /** base64url. */
  readonly copyKey: string;
  /** SHA-256 of the copy itself, base64url. */
  readonly copy: string;
  /** Kinds of what was taken out for it. */
  readonly removed: readonly string[];
}

/** A photo to be shown, under the id its publication gets. */
export interface NewPublication {
  readonly id: string;
  readonly imageId: string;
  readonly words: PublicWords;
  readonly isWatermarked: boolean;
  readonly albumId: string | null;
  readonly position: number;
}

/** Where a publication stands on the profile. */
export interface Placed {
  readonly id: string;
  readonly albumId: string | null;
  readonly position: number;
}
