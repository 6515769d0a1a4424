/** The library as what the viewer moves through. */
import { html } from "lit";

import type { View } from "../../../vault/library/view.ts";
import { OwnPhotoTalk, type PhotoTalk } from "../../../vault/sharing/photo-talk.ts";
import { currentVault } from "../../../vault/unlock.ts";
import { t } from "../../text.ts";
import { actsFor, type Place } from "../acts.ts";
import type { LibrarySession } from "../session.ts";
import { plate } from "./plate.ts";
import type { ViewerSource } from "./source.ts";
import "../info/photo-info.ts";

/** Photos of one's own, as a list shows them. */
export function librarySource(session: LibrarySession, place: Place, view: () => View): ViewerSource {
  const { library, media } = session.access;
  const { albumId } = place;
  let talk: OwnPhotoTalk | null = null;
  const talkHere = (): PhotoTalk | null => {
    const vault = currentVault();
    if (albumId === undefined || vault === null || library.album(albumId)?.isShared !== true) return null;
    return (talk ??= new OwnPhotoTalk(albumId, vault));
  };
  return {
    view,
    media,
    byId: (id) => library.byId(id),
    subscribe: (changed) => library.subscribe(changed),
    extent: () => (library.status === "loading" ? "nothing" : library.status === "ready" ? "all" : "some"),
    acts: () => actsFor(session, place),
    pageAddress: "/photos",
    addressOf: (id) => `/photos/${id}`,
    panel: (item, close) => html`<pv-photo-info .session=${session} .item=${item} .canCorrect=${place.kind !== "bin"} .talk=${talkHere()} .albumId=${albumId} @pv-close=${close}></pv-photo-info>`,
    plate: (item, save) => plate(item, session, save),
    absence: () => t("This photo is not in your vault any more."),
  };
}
