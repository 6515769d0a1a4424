/** What a guest brought as what the viewer moves through, and what can be decided about it there. */
import { html, type TemplateResult } from "lit";

import type { Pictured } from "../../vault/library/media.ts";
import type { Item } from "../../vault/library/view.ts";
import type { Drop } from "../../vault/sharing/drops.ts";
import type { Bundle, DroppedPhotos } from "../../vault/sharing/dropped-photos.ts";
import { icon } from "../icons.ts";
import type { Act } from "../library/acts.ts";
import type { ViewerSource } from "../library/viewer/source.ts";
import { t } from "../text.ts";
import "./drop-info.ts";

/** The page that lists what was brought, for what is done about a photo of it. */
export interface DropPlace {
  readonly photos: DroppedPhotos;
  readonly media: Pictured;
  /** What a link is called; "" for one that is not there any more. */
  readonly nameOf: (linkId: string | null) => string;
  readonly take: (drops: readonly Drop[]) => Promise<void>;
  /** Asks before it does. */
  readonly refuse: (drops: readonly Drop[]) => Promise<void>;
}

/** Photos of one guest. The address stays that of the page: nothing of theirs has one of its own before it is taken in. */
export function dropSource(place: DropPlace, bundle: Bundle): ViewerSource {
  const { photos, media } = place;
  const pageAddress = "/people";
  return {
    media,
    view: () => photos.view(bundle),
    byId: (id) => photos.byId(id),
    subscribe: (changed) => photos.subscribe(changed),
    extent: () => "all",
    acts: (id) => dropActs(place, id),
    pageAddress,
    addressOf: () => pageAddress,
    panel: (item, close) => html`<pv-drop-info .item=${item} .drop=${photos.drop(item.id)} .link=${place.nameOf(bundle.linkId)} @pv-close=${close}></pv-drop-info>`,
    plate,
    absence: () => t("This photo does not wait any more."),
  };
}

function dropActs({ photos, take, refuse }: DropPlace, id: string): readonly Act[] {
  const drop = photos.drop(id);
  if (drop === null) return [];
  const after = (act: (drops: readonly Drop[]) => Promise<void>) => async (): Promise<boolean> => {
    await act([drop]);
    return true;
  };
  return [
    ...(drop.opened === null ? [] : [{ icon: "add", label: t("Take in"), run: after(take) }]),
    { icon: "recycle", label: t("Throw away"), isDanger: true, run: after(refuse) },
  ];
}

function plate({ state }: Item): TemplateResult {
  const [title, words] = state === "cannot-open"
    ? [t("Cannot be opened here"), t("It does not open with your keys: it was damaged on its way, or is no photo for you. It can only be thrown away.")]
    : [t("Not shown here"), t("No picture came with it that this device opens safely. You can take the file in as it is, or throw it away.")];
  return html`<div class="plate-words">${icon("photo-broken")}<strong>${title}</strong><p>${words}</p></div>`;
}
