/**
 * What the photos of this account tell in a shared album besides the picture: its person's own choice, signed into the
 * album's history. Settings are kept where managers change them; nobody but its author can write this one.
 */
import { TELLINGS, type HistoryEvent, type Telling } from "../../crypto/event.ts";
import type { Vault } from "../state.ts";
import { strangersIn } from "./album-access.ts";
import { changeAlbum, nextEntry } from "./album-change.ts";
import { AlbumError } from "./album-error.ts";
import type { SharedAlbum } from "./album-state.ts";
import { entryBody } from "./entries.ts";

/** What an account chose last that its photos tell here; null while it never chose. */
export function chosenBy(account: string, { state }: Pick<SharedAlbum, "state">): readonly Telling[] | null {
  return state.tells[account] ?? null;
}

/**
 * Let this account's photos in an album tell that, and nothing else. Photos that are there follow (`album-renewing.ts`), on
 * whichever device of theirs is there next. @throws as `changeAlbum`.
 */
export async function chooseTelling(vault: Vault, id: string, tells: readonly Telling[]): Promise<void> {
  await changeAlbum(vault, id, async (standing) => {
    const { album } = standing;
    if (strangersIn(album.wire, album.state).length > 0) throw new AlbumError("doubtful");
    const event = tellingEvent(tells);
    const before = chosenBy(vault.accountId, album);
    if (before !== null && TELLINGS.every((each) => before.includes(each) === tells.includes(each))) return null;
    return { method: "POST", path: "/telling", body: { entry: entryBody(await nextEntry(standing, event)) } };
  });
}

function tellingEvent(tells: readonly Telling[]): HistoryEvent {
  const flag = (telling: Telling): number => (tells.includes(telling) ? 1 : 0);
  return { event: "telling-chosen", taken_at: flag("taken_at"), place: flag("place") };
}
