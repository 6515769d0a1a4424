/** A list as what the viewer moves through: one's own photos, and those of others as soon as their code is there. */
import type { View } from "../../../vault/library/view.ts";
import type { AmongOwn } from "../../received/among.ts";
import type { Place } from "../acts.ts";
import type { LibrarySession } from "../session.ts";
import { librarySource } from "./library-source.ts";
import type { ViewerSource } from "./source.ts";

export interface ListShown {
  readonly session: LibrarySession;
  readonly place: Place;
  readonly others?: AmongOwn | undefined;
}

export function listSource({ session, place, others }: ListShown, view: () => View): ViewerSource {
  const own = librarySource(session, place, view);
  if (others === undefined) return own;
  let mixed: ViewerSource | null = null;
  const now = (): ViewerSource => {
    const { arrived } = others;
    if (arrived === null) return own;
    return (mixed ??= arrived.mixedSource({ session, place, others: arrived.others }, own));
  };
  return {
    ...own,
    media: others.mediaWith(own.media),
    byId: (id) => now().byId(id),
    subscribe: (changed) => {
      const stops = [own.subscribe(changed), others.onPhotos(changed)];
      return () => { for (const stop of stops) stop(); };
    },
    acts: (id) => now().acts(id),
    addressOf: (id) => now().addressOf(id),
    panel: (item, close) => now().panel(item, close),
    plate: (item, save) => now().plate(item, save),
  };
}
