/** An album of the local index, and the row of it the page shows. */
import type { AlbumDocument, AlbumOrder } from "./documents.ts";
import type { Sightings } from "./sightings.ts";

export interface AlbumEntry {
  readonly id: string;
  readonly wrappedAlbumKey: string;
  readonly generation: number;
  /** Changed below `/shared/albums` alone: see `vault/sharing`. */
  readonly isShared: boolean;
  readonly number: number;
  /** Null when its settings could not be opened. */
  readonly settings: AlbumDocument | null;
  /** When this device was told these numbers, as with a photo. */
  readonly told?: Sightings;
}

export interface Album {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** The chosen cover, or the newest photo; null for an empty album. */
  readonly cover: string | null;
  readonly count: number;
  readonly order: AlbumOrder;
  readonly sequence: readonly string[];
  /** It can be shared, and may be. */
  readonly isShared: boolean;
  /** Made to share what is in it, and no album of the person's own. */
  readonly isDirect: boolean;
  readonly state: "fine" | "cannot-open";
}
