/** The library as what the viewer moves through. */
import { html } from "lit";

import type { View } from "../../../vault/library/view.ts";
import { ground } from "../../shell/behind.ts";
import { tellNotArrived } from "../../shell/not-arrived.ts";
import { t } from "../../text.ts";
import { actsFor, type Place } from "../acts.ts";
import type { LibrarySession } from "../session.ts";
import { plate } from "./plate.ts";
import type { ViewerSource } from "./source.ts";

/** Photos of one's own, as a list shows them. */
export function librarySource(session: LibrarySession, place: Place, view: () => View): ViewerSource {
  const { library, media } = session.access;
  const { albumId } = place;
  return {
    view,
    media,
    byId: (id) => library.byId(id),
    subscribe: (changed) => library.subscribe(changed),
    extent: () => (library.status === "loading" ? "nothing" : library.status === "ready" ? "all" : "some"),
    acts: () => actsFor(session, place),
    pageAddress: "/photos",
    addressOf: (id) => `/photos/${id}`,
    panel: (item, close) => {
      // It brings the panel.
      ground().catch(tellNotArrived);
      return html`<pv-photo-info class="info" .session=${session} .item=${item} .canCorrect=${place.kind !== "bin"} .albumId=${albumId} @pv-close=${close}></pv-photo-info>`;
    },
    plate: (item, save) => plate(item, session, save),
    absence: () => library.status === "ready" ? t("This photo is not in your vault any more.") : t("This photo has not come to this device yet."),
  };
}
