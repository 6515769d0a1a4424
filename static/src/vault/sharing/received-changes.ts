/** What a recipient changes about somebody's album: photos taken out again, where it is shown, and leaving it. */
import { call } from "../../api/client.ts";
import { MOST_ITEMS } from "../../crypto/event.ts";
import { chunks } from "../library/writing.ts";
import type { Vault } from "../state.ts";
import { changeAlbum, nextEntry } from "./album-change.ts";
import { albumPath, type AlbumRole } from "./album-state.ts";
import { AlbumError } from "./album-error.ts";
import { entryBody } from "./entries.ts";
import type { ReceivedItem } from "./received-items.ts";
import { forgetSharedAlbums } from "./shared-list.ts";

/** Anybody's photos; a contributor takes out their own. */
export const mayTakeOutAll = (role: AlbumRole): boolean => role === "owner" || role === "manager";

/** Take photos out of an album. They stay with their owners. @throws AlbumError, HistoryError, Problem. */
export async function takeOut(vault: Vault, id: string, items: readonly ReceivedItem[]): Promise<void> {
  for (const batch of chunks(items, MOST_ITEMS)) {
    await changeAlbum(vault, id, async (standing) => {
      const { role, state } = standing.album;
      const left = batch.filter(({ wire }) => Object.hasOwn(state.items, wire.commitment));
      if (left.length === 0) return null;
      if (!mayTakeOutAll(role) && left.some(({ wire }) => wire.ownerId !== vault.accountId)) throw new AlbumError("not-allowed");
      const entry = await nextEntry(standing, { event: "items-removed", items: left.map(({ wire }) => wire.commitment) });
      return { method: "POST", path: "/items/remove", body: { image_ids: left.map(({ wire }) => wire.imageId), entry: entryBody(entry) } };
    });
  }
}

/** Show an album among one's own photos, or no more; on every device of this account. @throws Problem. */
export async function showInTimeline(id: string, shown: boolean): Promise<void> {
  await call("PUT", `${albumPath(id)}/timeline`, { body: { shown } });
  forgetSharedAlbums();
}

/** Leave an album one was let in to by name, own photos with it. @throws AlbumError, HistoryError, Problem. */
export async function leaveAlbum(vault: Vault, id: string): Promise<void> {
  await changeAlbum(vault, id, async (standing) => {
    if (!Object.hasOwn(standing.album.state.members, vault.accountId)) throw new AlbumError("not-allowed");
    return { method: "POST", path: "/leave", body: { entry: entryBody(await nextEntry(standing, { event: "left" })) } };
  });
}
