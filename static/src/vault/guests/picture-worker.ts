/** What a page that shows an album by link and its picture workers say to each other. */
import type { AlbumPlace, ItemSource, PartDigests } from "../../crypto/item.ts";
import type { AlbumKey } from "../../crypto/keys.ts";
import type { MediaWorker } from "../library/contract.ts";
import type { Refusal } from "../library/bridge.ts";

export interface PictureSetup {
  readonly token: string;
  readonly place: AlbumPlace;
  readonly keys: ReadonlyMap<number, AlbumKey>;
}

/** What it takes to open a photo of the album, beside the album's key. */
export interface VisitedContent {
  readonly id: string;
  readonly owner: string;
  readonly version: number;
  readonly source: ItemSource;
  readonly digests: PartDigests;
  readonly generation: number;
  /** Its content key under the album key, base64url. */
  readonly wrapped: string;
}

export interface VisitedPictures extends Pick<MediaWorker, "open" | "show" | "cancel" | "read" | "next"> {
  start(setup: PictureSetup): Promise<void>;
  learn(contents: readonly VisitedContent[]): void;
}

export interface VisitPage {
  /** The server no longer lets this visit in. */
  ended(refusal: Refusal): void;
}
