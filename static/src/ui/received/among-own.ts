/** The timeline with photos of others in it: what the viewer shows, and what can be done with which. */
import type { View } from "../../vault/library/view.ts";
import type { ReceivedPhotos } from "../../vault/sharing/received-photos.ts";
import { actsFor, type Act, type PickedFromOthers, type Place } from "../library/acts.ts";
import { isAbort } from "../library/outcome.ts";
import type { LibrarySession } from "../library/session.ts";
import { librarySource } from "../library/viewer/library-source.ts";
import type { ViewerSource } from "../library/viewer/source.ts";
import { t, tn } from "../text.ts";
import { receivedActs, type ReceivedPlace } from "./acts.ts";
import { receivedSource } from "./source.ts";

/** The album by which a photo of somebody else stands here; null for one's own. */
function placeOf(session: LibrarySession, id: string): ReceivedPlace | null {
  const { others } = session;
  const shown = others.photos.albumOf(id);
  if (shown === null) return null;
  const albumId = shown.album.id;
  return {
    session,
    photos: shown.photos,
    // Read again meanwhile, it may have another key and another role.
    album: () => others.photos.album(albumId) ?? shown.album,
    circle: () => others.circle,
    reload: async () => {
      await others.photos.reload(albumId, others.circle).catch((error: unknown) => {
        if (!isAbort(error)) void others.lookAgain();
      });
    },
  };
}

/** Own photos as the library has them, those of others with only what their album allows. */
export function timelineSource(session: LibrarySession, place: Place, view: () => View): ViewerSource {
  const { others } = session;
  const own = librarySource(session, place, view);
  const sources = new Map<ReceivedPhotos, ViewerSource>();
  const of = (id: string): ViewerSource => {
    const found = placeOf(session, id);
    if (found === null) return own;
    const source = sources.get(found.photos) ?? receivedSource(found, others.media);
    sources.set(found.photos, source);
    return source;
  };
  return {
    ...own,
    media: others.mediaWith(own.media),
    byId: (id) => own.byId(id) ?? others.photos.byId(id),
    subscribe: (changed) => {
      const stops = [own.subscribe(changed), others.photos.subscribe(changed)];
      return () => { for (const stop of stops) stop(); };
    },
    acts: (id) => of(id).acts(id),
    addressOf: (id) => of(id).addressOf(id),
    panel: (item, close) => of(item.id).panel(item, close),
    plate: (item, save) => of(item.id).plate(item, save),
  };
}

/** What can be done with what is picked: with one's own where there are any, else with those of one album. */
export function timelinePicks(session: LibrarySession, place: Place): PickedFromOthers {
  const { others, access } = session;
  const ownOf = (ids: readonly string[]): readonly string[] => ids.filter((id) => !others.has(id));
  const onOwn = (act: Act): Act => ({ ...act, run: (ids) => act.run(ownOf(ids)) });
  return {
    actsFor: (ids) => {
      const own = ownOf(ids);
      return own.length > 0 || ids.length === 0 ? actsFor(session, place).map(onOwn) : actsOnOthers(session, ids);
    },
    bytesOf: (ids) => {
      const own = ownOf(ids);
      const sizeOf = (id: string): number => access.library.byId(id)?.bytes ?? others.photos.byId(id)?.bytes ?? 0;
      return (own.length > 0 ? own : ids).reduce((sum, id) => sum + sizeOf(id), 0);
    },
    countText: (ids) => countText(ids.length, ownOf(ids).length, albumsOf(session, ids).size),
  };
}

const albumsOf = ({ others }: LibrarySession, ids: readonly string[]): ReadonlySet<string> =>
  new Set(ids.flatMap((id) => others.photos.albumOf(id)?.album.id ?? []));

function actsOnOthers(session: LibrarySession, ids: readonly string[]): readonly Act[] {
  const [first] = ids;
  const place = first === undefined || albumsOf(session, ids).size !== 1 ? null : placeOf(session, first);
  return place === null ? [] : receivedActs(place, ids);
}

function countText(count: number, own: number, albums: number): string {
  if (own === count) return tn("{n} selected", "{n} selected", count);
  if (own > 0) return t("{n} selected, {own} of them yours", { n: count.toLocaleString(), own: own.toLocaleString() });
  if (albums > 1) return t("{n} selected, from several shared albums", { n: count.toLocaleString() });
  return t("{n} selected, shared with you", { n: count.toLocaleString() });
}
