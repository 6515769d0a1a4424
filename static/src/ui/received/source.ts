/** Photos of others in a shared album as what the viewer moves through. */
import { html, type TemplateResult } from "lit";

import type { Pictured } from "../../vault/library/media.ts";
import type { Item } from "../../vault/library/view.ts";
import { icon } from "../icons.ts";
import type { ViewerSource } from "../library/viewer/source.ts";
import { t } from "../text.ts";
import { receivedActs, receivedTalk, type ReceivedPlace } from "./acts.ts";
import "./photo-panel.ts";

export function receivedSource(place: ReceivedPlace, media: Pictured): ViewerSource {
  const { photos, address } = place;
  const talk = receivedTalk(place);
  return {
    media,
    view: () => photos.view(),
    byId: (photo) => photos.byId(photo),
    subscribe: (changed) => photos.subscribe(changed),
    extent: () => (photos.completeness === null ? "some" : "all"),
    acts: (photo) => receivedActs(place, [photo]),
    pageAddress: address,
    addressOf: (photo) => `${address}?photo=${photo}`,
    panel: (item, close) => html`<pv-shared-photo .place=${place} .talk=${talk} .item=${item} @pv-close=${close}></pv-shared-photo>`,
    plate,
    absence: () => t("This photo is not in the album any more."),
  };
}

function plate(item: Item): TemplateResult {
  return html`<div class="plate-words">${icon("photo-broken")}<strong>${item.state === "fine" ? t("No preview could be made of this file") : t("Cannot be opened here")}</strong><p>${plateWords(item)}</p></div>`;
}

function plateWords({ state }: Item): string {
  if (state === "damaged") return t("This photo changed on our disk. Whoever it belongs to can put it back in place.");
  if (state === "cannot-open") return t("What came with it does not open, or it is not shown for now. The rest of the album is not touched by that.");
  return t("Whoever it belongs to may have it as a file only.");
}
