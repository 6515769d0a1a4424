/** What is said about the photos of one album, whoever owns it: for the panel beside a photo. */
import { HistoryError } from "../../crypto/history-error.ts";
import { readPeople } from "../people/people.ts";
import type { Vault } from "../state.ts";
import type { Circle } from "./groups.ts";
import { hasAlbumMoved, readPeopledAlbum, type PeopledAlbum } from "./received.ts";
import { pageWith, type ReceivedItem } from "./received-items.ts";
import { commentsOn, like, unlike, type Comment, type Reread, type Said } from "./received-remarks.ts";

export interface PhotoTalk {
  readonly vault: () => Vault;
  /** As it was read last; null before that. */
  readonly album: () => PeopledAlbum | null;
  /** A photo as it stands in the album, with its likes; null when it does not, or was not looked at. */
  readonly item: (imageId: string) => ReceivedItem | null;
  readonly reread: Reread;
  /** Read a photo again, and what was written about it. @throws as `readPeopledAlbum`, AbortError. */
  readonly look: (imageId: string, signal: AbortSignal) => Promise<Said<Comment>>;
}

/** Whether this account likes it, by the service's word: only oneself would be told wrong. */
export const isLiked = ({ wire }: ReceivedItem, { self }: Pick<PeopledAlbum, "self">): boolean => wire.likes.some((row) => row["author_id"] === self);

/** Like a photo, or no more; answers which. Whoever shows it looks again. @throws as `like`. */
export async function toggleLike(talk: PhotoTalk, imageId: string): Promise<boolean> {
  const [item, album] = [talk.item(imageId), talk.album()];
  if (item !== null && album !== null && isLiked(item, album)) {
    await unlike(album, imageId);
    return false;
  }
  await like(talk.reread, talk.vault(), imageId);
  return true;
}

/** Somebody changes the album all the time: then what is shown is as old as its history. */
const ATTEMPTS = 3;

/** The talk in an album of one's own, which is read once it is asked for, and again once it moved. */
export class OwnPhotoTalk implements PhotoTalk {
  readonly #albumId: string;
  readonly #vault: Vault;
  readonly #items = new Map<string, ReceivedItem>();
  #circle: Circle | null = null;
  #album: PeopledAlbum | null = null;

  constructor(albumId: string, vault: Vault) {
    this.#albumId = albumId;
    this.#vault = vault;
  }

  readonly vault = (): Vault => this.#vault;
  readonly album = (): PeopledAlbum | null => this.#album;
  readonly item = (imageId: string): ReceivedItem | null => this.#items.get(imageId) ?? null;

  readonly reread = async (): Promise<PeopledAlbum> => {
    this.#circle ??= { vault: this.#vault, contacts: (await readPeople(this.#vault)).contacts };
    this.#album = await readPeopledAlbum(this.#albumId, this.#circle);
    return this.#album;
  };

  readonly look = async (imageId: string, signal: AbortSignal): Promise<Said<Comment>> => {
    for (let attempt = 1; ; attempt += 1) {
      const album = await this.#newest();
      try {
        const [page, comments] = await Promise.all([pageWith(album, imageId, signal), commentsOn(album, imageId, signal)]);
        if (page.isAhead && attempt < ATTEMPTS) continue;
        this.#keep(imageId, page.items[0]);
        return comments;
      } catch (error) {
        // Its key may have been replaced since it was read.
        if (!(error instanceof HistoryError) || attempt >= ATTEMPTS) throw error;
      }
    }
  };

  async #newest(): Promise<PeopledAlbum> {
    const album = this.#album;
    return album === null || (await hasAlbumMoved(album)) ? await this.reread() : album;
  }

  #keep(imageId: string, item: ReceivedItem | undefined): void {
    if (item === undefined) this.#items.delete(imageId);
    else this.#items.set(imageId, item);
  }
}
