/** Sharing what was not shared before. */
import type { Telling } from "../../crypto/event.ts";
import { LibraryError } from "../../vault/library/bridge.ts";
import { beginSharing } from "../../vault/sharing/album-changes.ts";
import { chooseTelling } from "../../vault/sharing/album-telling.ts";
import type { Vault } from "../../vault/unlock.ts";
import type { LibrarySession } from "../library/session.ts";
import type { ShareTarget } from "./share-target.ts";
import { photosText } from "./share-words.ts";

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
