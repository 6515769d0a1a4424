/** What can be done with picked photos, or with the one in the viewer. */
import type { View } from "../../vault/library/view.ts";
import { ground } from "../shell/behind.ts";
import { tellNotArrived } from "../shell/not-arrived.ts";
import { announce, toast } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { moved, placed } from "./album-order.ts";
import { deletePhotos } from "./deleting.ts";
import { hasProfiles } from "../publishing/offered.ts";
import { photosTarget } from "../sharing/share-target.ts";
import { askForAlbum, askForCorrections, askToPublish, askToShare } from "./dialogs/coming.ts";
import { isAbort, sentenceOf, tellOutcome } from "./outcome.ts";
import type { LibrarySession } from "./session.ts";

/** What the selection bar is to know where photos of others can be picked. */
export interface PickedFromOthers {
  readonly actsFor: (ids: readonly string[]) => readonly Act[];
  /** Of those that are acted on. */
  readonly bytesOf: (ids: readonly string[]) => number;
  /** How many are picked, in words, where the number alone would mislead. */
  readonly countText?: (ids: readonly string[]) => string;
}

/** Where the photos stand, which decides what may be done. */
export interface Place {
  readonly kind: "photos" | "archive" | "bin" | "album" | "received";
  readonly albumId?: string;
  /** All that stands in the album, where photos of others do as well; without it those of the library. */
  readonly whole?: () => View;
}

export interface Act {
  readonly icon: string;
  readonly label: string;
  readonly run: (ids: readonly string[]) => Promise<boolean> | boolean;
  /** A phone shows it under "More". */
  readonly isRare?: boolean;
  readonly isDanger?: boolean;
  /** For one photo only. */
  readonly isSingle?: boolean;
  /** It changes the order of the album and no photo: those of others take part in it. */
  readonly isOfAlbum?: boolean;
}

/** Save originals. Must be called from a click. */
export async function savePhotos({ access }: LibrarySession, ids: readonly string[]): Promise<boolean> {
  try {
    const { download } = await ground();
    const { failed } = await download(ids, { library: access.library, mediaPool: access.mediaPool });
    const [first] = failed;
    if (first === undefined) return true;
    toast(tn("{n} photo could not be saved. {why}", "{n} photos could not be saved. {why}", failed.length, { why: first.sentence }), { seconds: 12 });
  } catch (error) {
    if (!isAbort(error)) toast(sentenceOf(error));
  }
  return false;
}

async function saveReceipts(ids: readonly string[]): Promise<boolean> {
  try {
    return await (await ground()).receiptsForPhotos(ids);
  } catch (error) {
    tellNotArrived(error);
    return false;
  }
}

/** Share photos by themselves: they become an album of their own. */
export async function sharePhotos(session: LibrarySession, ids: readonly string[]): Promise<boolean> {
  return await askToShare(session, photosTarget(ids, session.access.library));
}

export async function setFavourite(session: LibrarySession, ids: readonly string[]): Promise<boolean> {
  const { library, changes } = session.access;
  const on = ids.some((id) => library.byId(id)?.isFavourite === false);
  return await tellOutcome(changes.setFavourite(ids, on), (n) =>
    on ? tn("{n} photo is a favourite now.", "{n} photos are favourites now.", n) : tn("{n} photo is no favourite any more.", "{n} photos are no favourites any more.", n),
  );
}

export async function setArchived(session: LibrarySession, ids: readonly string[], on: boolean): Promise<boolean> {
  const { changes } = session.access;
  const change = changes.setArchived(ids, on);
  return await tellOutcome(change, (n) =>
    on
      ? tn("{n} photo left the timeline. It is in the archive.", "{n} photos left the timeline. They are in the archive.", n)
      : tn("{n} photo is back in the timeline.", "{n} photos are back in the timeline.", n),
  );
}

function binActs({ access }: LibrarySession): readonly Act[] {
  return [
    {
      icon: "undo",
      label: t("Restore"),
      run: (ids) => tellOutcome(access.changes.restore(ids), (n) => tn("{n} photo is back in the timeline.", "{n} photos are back in the timeline.", n)),
    },
    { icon: "recycle", label: t("Delete for good"), isDanger: true, run: (ids) => { deletePhotos(ids, true); return true; } },
  ];
}

/** Lays an album that has an order of its own anew. Answers false, so that what is picked can be moved on. */
async function reorder({ access }: LibrarySession, { albumId = "", whole }: Place, lay: (sequence: readonly string[]) => readonly string[]): Promise<boolean> {
  const view = whole?.() ?? access.library.view({ albumId, order: "custom" });
  const sequence = Array.from({ length: view.count }, (_, index) => view.idAt(index));
  try {
    await access.changes.changeAlbum(albumId, { order: "custom", sequence: lay(sequence) });
    announce(t("Moved"));
  } catch (error) {
    toast(sentenceOf(error));
  }
  return false;
}

/** Put photos of an album beside another one, as by dragging them there. */
export async function placePhotos(session: LibrarySession, place: Place, ids: readonly string[], anchor: string, isAfter: boolean): Promise<void> {
  await reorder(session, place, (sequence) => placed(sequence, new Set(ids), anchor, isAfter));
}

function moveActs(session: LibrarySession, place: Place): readonly Act[] {
  if (session.access.library.album(place.albumId ?? "")?.order !== "custom") return [];
  const act = (icon: string, label: string, lay: (sequence: readonly string[], ids: ReadonlySet<string>) => readonly string[]): Act =>
    ({ icon, label, isRare: true, isOfAlbum: true, run: (ids) => reorder(session, place, (sequence) => lay(sequence, new Set(ids))) });
  return [
    act("previous", t("Move earlier"), (sequence, ids) => moved(sequence, ids, -1)),
    act("next", t("Move later"), (sequence, ids) => moved(sequence, ids, 1)),
    act("up", t("Move to the start"), (sequence, ids) => placed(sequence, ids, sequence[0] ?? "", false)),
  ];
}

function albumActs(session: LibrarySession, place: Place, albumId: string): readonly Act[] {
  const { access } = session;
  return [
    ...moveActs(session, place),
    {
      icon: "album-remove",
      label: t("Take out of album"),
      isRare: true,
      run: (ids) => tellOutcome(access.changes.removeFromAlbum(albumId, ids), (n) => tn("{n} photo left this album. It stays in your vault.", "{n} photos left this album. They stay in your vault.", n)),
    },
    {
      icon: "cover",
      label: t("Use as cover"),
      isRare: true,
      isSingle: true,
      run: async (ids) => {
        await access.changes.changeAlbum(albumId, { cover: ids[0] ?? null });
        toast(t("The album has a new cover."));
        return true;
      },
    },
  ];
}

/** The acts for photos that stand in `place`, in their fixed order. */
export function actsFor(session: LibrarySession, place: Place): readonly Act[] {
  if (place.kind === "bin") return binActs(session);
  const isArchive = place.kind === "archive";
  return [
    { icon: "share", label: t("Share"), run: (ids) => sharePhotos(session, ids) },
    { icon: "album", label: t("Album"), run: (ids) => askForAlbum(session, ids) },
    { icon: "favourite", label: t("Favourite"), run: (ids) => setFavourite(session, ids) },
    { icon: "download", label: t("Save"), run: (ids) => savePhotos(session, ids) },
    {
      icon: isArchive ? "archive-undo" : "archive",
      label: isArchive ? t("Unarchive") : t("Archive"),
      isRare: true,
      run: (ids) => setArchived(session, ids, !isArchive),
    },
    ...(hasProfiles() ? [{ icon: "everyone", label: t("Publish"), isRare: true, run: (ids: readonly string[]) => askToPublish(session, ids) }] : []),
    { icon: "correct", label: t("Correct"), isRare: true, run: (ids) => askForCorrections(session, ids) },
    ...(place.albumId === undefined ? [{ icon: "rights", label: t("Receipt"), isRare: true, run: saveReceipts }] : []),
    ...(place.albumId === undefined ? [] : albumActs(session, place, place.albumId)),
    { icon: "recycle", label: t("Delete"), isDanger: true, run: (ids) => { deletePhotos(ids); return true; } },
  ];
}
