/** Own photos with those of others among them: what the viewer shows, and what can be done with which. */
import type { ReceivedPhotos } from "../../vault/sharing/received-photos.ts";
import { numberText } from "../format.ts";
import { actsFor, type Act, type PickedFromOthers, type Place } from "../library/acts.ts";
import { isAbort } from "../library/outcome.ts";
import type { LibrarySession } from "../library/session.ts";
import type { ViewerSource } from "../library/viewer/source.ts";
import { t, tn } from "../text.ts";
import { askTakeOut, receivedActs, type ReceivedPlace } from "./acts.ts";
import type { Others } from "./others.ts";
import { receivedSource } from "./source.ts";

/** A list of one's own, and the photos of others in it. */
export interface MixedList {
  readonly session: LibrarySession;
  readonly place: Place;
  readonly others: Others;
}

/** The album by which a photo of somebody else stands here; null for one's own. */
function placeOf({ session, others }: MixedList, id: string): ReceivedPlace | null {
  const found = others.photos.albumOf(id);
  if (found === null) return null;
  const albumId = found.album.id;
  return {
    session,
    photos: found.photos,
    // Read again meanwhile, it may have another key and another role.
    album: () => others.photos.shown(albumId)?.album ?? found.album,
    circle: () => others.circle,
    read: () => others.read(albumId),
    address: others.pageOf(albumId),
    reload: async () => {
      await others.photos.reload(albumId, others.circle).catch((error: unknown) => {
        if (!isAbort(error)) void others.lookAgain();
      });
    },
  };
}

/** `own` as the library has them, those of others with only what their album allows. */
export function mixedSource(list: MixedList, own: ViewerSource): ViewerSource {
  const { others } = list;
  const sources = new Map<ReceivedPhotos, ViewerSource>();
  const of = (id: string): ViewerSource => {
    const found = placeOf(list, id);
    if (found === null) return own;
    const source = sources.get(found.photos) ?? receivedSource(found, others.media);
    sources.set(found.photos, source);
    return source;
  };
  return {
    ...own,
    byId: (id) => own.byId(id) ?? others.photos.byId(id),
    acts: (id) => of(id).acts(id),
    addressOf: (id) => of(id).addressOf(id),
    panel: (item, close) => of(item.id).panel(item, close),
    plate: (item, save) => of(item.id).plate(item, save),
  };
}

/**
 * What can be done with what is picked: with one's own where there are any, else with those of one album. What changes
 * the album and no photo is done with all of them.
 */
export function mixedPicks(list: MixedList): PickedFromOthers {
  const { session, place, others } = list;
  const { library } = session.access;
  const ownOf = (ids: readonly string[]): readonly string[] => ids.filter((id) => !others.has(id));
  const onOwn = (act: Act): Act => ({ ...act, run: (ids) => act.run(ownOf(ids)) });
  return {
    actsFor: (ids) => {
      const own = ownOf(ids);
      if (own.length === 0 && ids.length > 0) return actsOnOthers(list, ids);
      return actsFor(session, place).map((act) => (act.isOfAlbum === true ? act : act.icon === "album-remove" ? takingOut(list, act, ids) : onOwn(act)));
    },
    bytesOf: (ids) => {
      const own = ownOf(ids);
      const sizeOf = (id: string): number => library.byId(id)?.bytes ?? others.photos.byId(id)?.bytes ?? 0;
      return (own.length > 0 ? own : ids).reduce((sum, id) => sum + sizeOf(id), 0);
    },
    countText: (ids) => countText(list, ids, ownOf(ids).length),
  };
}

const albumsOf = ({ others }: MixedList, ids: readonly string[]): ReadonlySet<string> =>
  new Set(ids.flatMap((id) => others.photos.albumOf(id)?.album.id ?? []));

function actsOnOthers(list: MixedList, ids: readonly string[]): readonly Act[] {
  const [first] = ids;
  const place = first === undefined || albumsOf(list, ids).size !== 1 ? null : placeOf(list, first);
  if (place === null) return [];
  const ofAlbum = actsFor(list.session, list.place).filter(({ isOfAlbum }) => isOfAlbum === true);
  return [...receivedActs(place, ids), ...ofAlbum];
}

/** From an album of one's own all that is picked comes out: about what others put in it asks first. */
function takingOut(list: MixedList, act: Act, picked: readonly string[]): Act {
  const { others } = list;
  const [theirs, own] = [picked.filter((id) => others.has(id)), picked.filter((id) => !others.has(id))];
  const place = placeOf(list, theirs[0] ?? "");
  if (place === null) return act;
  return { ...act, label: t("Take out"), run: async () => (await askTakeOut(place, theirs, own.length)) && (await act.run(own)) };
}

function countText(list: MixedList, ids: readonly string[], own: number): string {
  const n = numberText(ids.length);
  if (own === ids.length) return tn("{n} selected", "{n} selected", own);
  if (own > 0) return t("{n} selected, {own} of them yours", { n, own: numberText(own) });
  if (albumsOf(list, ids).size > 1) return t("{n} selected, from several shared albums", { n });
  return list.others.pickedWords(n);
}
