/** The dialogs of the library. Their code is fetched when somebody asks for one, or soon after the first view stands. */
import type { Album } from "../../../vault/library/album-entry.ts";
import { later } from "../../shell/later.ts";
import { tellNotArrived } from "../../shell/not-arrived.ts";
import type { ShareTarget } from "../../sharing/share-target.ts";
import type { LibrarySession } from "../session.ts";

const shareDialog = later(() => import("../../sharing/share-dialog.ts"));
const publishDialog = later(() => import("../../publishing/publish-dialog.ts"));
const albumDialog = later(() => import("./album-dialog.ts"));
const albumSettings = later(() => import("./album-settings.ts"));
const correctDialog = later(() => import("./correct-dialog.ts"));

/** Answers whether anything was shared. */
export async function askToShare(session: LibrarySession, target: ShareTarget): Promise<boolean> {
  return await asked(shareDialog, ({ ShareDialog }) => new ShareDialog(session, target).ask(), false);
}

/** Answers whether anything is shown to everyone. */
export async function askToPublish(session: LibrarySession, ids: readonly string[]): Promise<boolean> {
  return await asked(publishDialog, ({ publishPhotos }) => publishPhotos(session, ids), false);
}

/** Answers whether the photos are in an album. */
export async function askForAlbum(session: LibrarySession, ids: readonly string[]): Promise<boolean> {
  return await asked(albumDialog, ({ AlbumDialog }) => new AlbumDialog(session, ids).ask(), false);
}

/** Name and order of an album, or (with null) a new one. Answers its id, "" when nothing was saved. */
export async function askForSettings(session: LibrarySession, album: Album | null): Promise<string> {
  return await asked(albumSettings, ({ AlbumSettings }) => new AlbumSettings(session, album).ask(), "");
}

/** Answers whether anything was corrected. */
export async function askForCorrections(session: LibrarySession, ids: readonly string[]): Promise<boolean> {
  return await asked(correctDialog, ({ CorrectDialog }) => new CorrectDialog(session, ids).ask(), false);
}

async function asked<Module, Answer>(load: () => Promise<Module>, ask: (module: Module) => Promise<Answer>, nothing: Answer): Promise<Answer> {
  try {
    return await ask(await load());
  } catch (error) {
    tellNotArrived(error);
    return nothing;
  }
}
