/**
 * What has this account's shared albums looked after: the code that does so comes once the first pictures stand, or with the
 * first change of such an album. No change goes past it meanwhile, since each of those is signed.
 */
import { untilOnline } from "../../api/connection.ts";
import type { SharedAlbumWriter } from "../../vault/library/changes.ts";
import { firstScreen } from "../library/first-screen.ts";
import { onSession, type LibrarySession } from "../library/session.ts";
import { ground } from "../shell/behind.ts";
import { insist } from "../shell/later.ts";
import type { SharingKeeper } from "./keeper.ts";

/** Begin to look after what is shared at every unlock. */
export function watchSharing(): void {
  onSession((session) => {
    if (session === null) return;
    session.access.changes.shareThrough(writerFor(session));
    // It begins by itself, at this session and at every one after it.
    void firstScreen(session).then(() => insist(ground, untilOnline));
  });
}

function writerFor({ access: { library } }: LibrarySession): SharedAlbumWriter {
  const keeper = async (): Promise<SharingKeeper> => (await ground()).sharingKeeper();
  return {
    isShared: (id) => library.album(id)?.isShared === true,
    change: async (id, change) => { await (await keeper()).change(id, change); },
    add: async (id, ids) => await (await keeper()).add(id, ids),
    remove: async (id, ids) => await (await keeper()).remove(id, ids),
  };
}
