/** What can be done with photos of somebody's album. */
import { download } from "../../transfer/download.ts";
import { localTime } from "../../vault/library/documents.ts";
import { metadataChoice } from "../../vault/preferences.ts";
import type { Circle } from "../../vault/sharing/groups.ts";
import { toggleLike, type PhotoTalk } from "../../vault/sharing/photo-talk.ts";
import type { PeopledAlbum } from "../../vault/sharing/received.ts";
import { mayTakeOutAll, takeOut } from "../../vault/sharing/received-changes.ts";
import type { ReceivedPhotos } from "../../vault/sharing/received-photos.ts";
import { commentsOn } from "../../vault/sharing/received-remarks.ts";
import type { Act } from "../library/acts.ts";
import { isAbort, sentenceOf } from "../library/outcome.ts";
import type { LibrarySession } from "../library/session.ts";
import { bytesText } from "../format.ts";
import { announce, confirmDialog, toast } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { likedWords, ownerName } from "./words.ts";

/** The page that shows an album, for what is done on it. */
export interface ReceivedPlace {
  readonly session: LibrarySession;
  readonly album: () => PeopledAlbum;
  /** It as it is now. @throws as `readPeopledAlbum`. */
  readonly read: () => Promise<PeopledAlbum>;
  /** Of the page on which its photos are looked at. */
  readonly address: string;
  readonly circle: () => Circle;
  readonly photos: ReceivedPhotos;
  /** Look again at what changed. */
  readonly reload: () => Promise<void>;
}

/** In their fixed order; those that would refuse every one of the photos are left out. */
export function receivedActs(place: ReceivedPlace, wanted: readonly string[]): readonly Act[] {
  const ids = wanted.filter((id) => place.photos.item(id) !== null);
  // The access may have ended under what was picked, or looked at.
  if (ids.length === 0) return [];
  const album = place.album();
  const originals = ids.filter((id) => place.photos.mediaRequest(id, "original") !== null);
  const others = originals.filter((id) => ownerOf(place, id) !== album.self);
  const mayLeave = ids.filter((id) => mayTakeOutAll(album.role) || (album.role === "contributor" && ownerOf(place, id) === album.self));
  return [
    ...(ids.length === 1 ? [{ icon: "favourite", label: t("Like"), run: async () => { await changeLike(place, ids[0] ?? ""); return false; } }] : []),
    ...(others.length === 0 ? [] : [{ icon: "add", label: t("Keep a copy"), run: () => keepCopies(place, others) }]),
    ...(originals.length === 0 ? [] : [{ icon: "download", label: t("Save"), run: () => saveOriginals(place, originals) }]),
    ...(mayLeave.length === 0 ? [] : [{ icon: "album-remove", label: t("Take out"), run: () => askTakeOut(place, mayLeave) }]),
  ];
}

/** What is said about the photos of the album. */
export function receivedTalk({ photos, album, circle, read }: ReceivedPlace): PhotoTalk {
  return {
    vault: () => circle().vault,
    album,
    item: (id) => photos.item(id),
    reread: read,
    look: async (id, signal) => {
      const [comments] = await Promise.all([commentsOn(album(), id, signal), photos.refresh(id)]);
      return comments;
    },
  };
}

async function changeLike(place: ReceivedPlace, id: string): Promise<void> {
  const isLiked = await toggleLike(receivedTalk(place), id);
  await place.photos.refresh(id);
  announce(likedWords(isLiked));
}

const ownerOf = ({ photos }: ReceivedPlace, id: string): string => photos.item(id)?.wire.ownerId ?? "";

async function saveOriginals({ session, photos }: ReceivedPlace, ids: readonly string[]): Promise<boolean> {
  try {
    const { failed } = await download(ids, { library: photos, mediaPool: session.access.mediaPool });
    const [first] = failed;
    if (first === undefined) return true;
    toast(tn("{n} photo could not be saved. {why}", "{n} photos could not be saved. {why}", failed.length, { why: first.sentence }), { seconds: 12 });
  } catch (error) {
    if (!isAbort(error)) toast(sentenceOf(error));
  }
  return false;
}

function staysWords(album: PeopledAlbum): string {
  if (album.role === "owner") return t("Your copy stays when whoever it is from deletes theirs or leaves. They are not told.");
  return t("Your copy stays when {name} deletes theirs or stops sharing. They are not told.", { name: ownerName(album) });
}

/** Decrypted here and encrypted again here, under keys of one's own, as a new photo. */
async function keepCopies(place: ReceivedPlace, ids: readonly string[]): Promise<boolean> {
  const { session, photos } = place;
  const bytes = ids.reduce((sum, id) => sum + (photos.byId(id)?.bytes ?? 0), 0);
  const goesOn = await confirmDialog({
    title: tn("Keep a copy of {n} photo?", "Keep a copy of {n} photos?", ids.length),
    sentences: [
      t("It becomes yours: decrypted on this device, encrypted again with your own keys, and counted as yours ({size}).", { size: bytesText(bytes) }),
      staysWords(place.album()),
    ],
    confirm: t("Keep a copy"),
  });
  if (!goesOn) return false;
  try {
    const queue = await session.uploads();
    await queue.add(filesOf(place, ids), { choice: metadataChoice() });
    return true;
  } catch (error) {
    if (!isAbort(error)) toast(sentenceOf(error), { seconds: 12 });
    return false;
  }
}

/** One after the other: the next is opened when the queue took the one before. With each goes what its sharer told. */
async function* filesOf({ session, photos }: ReceivedPlace, ids: readonly string[]) {
  for (const id of ids) {
    const [item, request] = [photos.byId(id), photos.mediaRequest(id, "original")];
    if (item === null || request === null) continue;
    const blob = await session.access.mediaPool.open(request, "soon", new AbortController().signal);
    const told = { title: item.title, capturedAt: item.isTimeKnown ? localTime(item.time) : null };
    yield { file: new File([blob], item.name, { type: item.mediaType }), path: item.name, told };
  }
}

/** Ask, and take photos out of the album; `own` more, from the library, are to follow. Answers whether it was done. */
export async function askTakeOut(place: ReceivedPlace, ids: readonly string[], own = 0): Promise<boolean> {
  const items = ids.flatMap((id) => place.photos.item(id) ?? []);
  const goesOn = await confirmDialog({
    title: tn("Take {n} photo out of this album?", "Take {n} photos out of this album?", items.length + own),
    sentences: [...(own === 0 ? [] : [tn("{n} of them is yours and stays in your vault.", "{n} of them are yours and stay in your vault.", own)]), t("Nobody in the album sees it here any more, and what was said about it goes. It stays with whoever it belongs to."), t("Whoever looked at it may have kept a copy.")],
    confirm: t("Take out"),
    danger: true,
  });
  if (!goesOn) return false;
  try {
    await takeOut(place.circle().vault, place.album().id, items);
    toast(tn("{n} photo left the album.", "{n} photos left the album.", items.length));
    return true;
  } catch (error) {
    toast(sentenceOf(error), { seconds: 12 });
    return false;
  } finally {
    await place.reload();
  }
}
