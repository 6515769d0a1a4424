/** What is to be shared: an album, or photos that become an album of their own once they are. */
import type { Telling } from "../../crypto/event.ts";
import type { Library } from "../../vault/library/library.ts";
import { LibraryError } from "../../vault/library/bridge.ts";
import { beginSharing } from "../../vault/sharing/album-changes.ts";
import { chooseTelling } from "../../vault/sharing/album-telling.ts";
import type { Vault } from "../../vault/unlock.ts";
import type { LibrarySession } from "../library/session.ts";
import { photosText } from "./share-words.ts";

export interface ShareTarget {
  /** Null for photos that are no album yet. */
  readonly albumId: string | null;
  readonly ids: readonly string[];
}

export function albumTarget(albumId: string, library: Library): ShareTarget {
  const view = library.view({ albumId, place: "kept" });
  return { albumId, ids: Array.from({ length: view.count }, (_, index) => view.idAt(index)) };
}

/** The same photos shared before are the same album: who has access is then seen at once. */
export function photosTarget(ids: readonly string[], library: Library): ShareTarget {
  const chosen = new Set(ids);
  const same = library.albums().find(({ id, isDirect, isShared, count }) => {
    if (!isDirect || !isShared || count !== chosen.size) return false;
    return albumTarget(id, library).ids.every((each) => chosen.has(each));
  });
  return { albumId: same?.id ?? null, ids: [...chosen] };
}

/**
 * Make it an album that can be shared, whose photos tell that. Whatever is cut short here leaves an album that is only
 * its owner's, and what was not chosen yet tells nothing.
 *
 * @throws Problem, LibraryError. Answers its id.
 */
export async function beginWith({ albumId, ids }: ShareTarget, tells: readonly Telling[], { access }: LibrarySession, vault: Vault): Promise<string> {
  const id = albumId ?? (await access.changes.createAlbum({ name: photosText(ids.length), direct: true }));
  if (access.library.album(id)?.isShared !== true) {
    if (albumId === null) {
      const [first] = (await access.changes.addToAlbum(id, ids)).failed;
      if (first !== undefined) throw new LibraryError(first.code, first.sentence);
    }
    await beginSharing(vault, id);
    await access.library.sync();
  }
  if (tells.length > 0) await chooseTelling(vault, id, tells);
  return id;
}
