/** Who can open a photo of one's own: nobody else, or whoever is in the shared albums it stands in. */
import { html, nothing, type TemplateResult } from "lit";

import type { Album } from "../../../vault/library/album-entry.ts";
import type { Library } from "../../../vault/library/library.ts";
import type { Item } from "../../../vault/library/view.ts";
import { ring } from "../../icons.ts";
import { isPublic as isShownToAll } from "../../publishing/present.ts";
import { t } from "../../text.ts";

/** `albumId` is the album it is looked at in, undefined elsewhere. */
export function whoOpens(library: Library, item: Item, albumId: string | undefined): TemplateResult {
  // What is in the recycle bin is shown to nobody.
  const shared = item.binnedAt === null ? sharedAlbums(library, item) : [];
  const isPublic = isShownToAll(item.id);
  if (shared.length === 0) return isPublic ? html`<div class="who">${everyone()}</div>` : onlyYou();
  const here = shared.find(({ id }) => id === albumId);
  const others = shared.filter((album) => album !== here);
  return html`<div class="who"><div class="only">${ring("people")}<div><strong>${t("You share this photo")}</strong>
    ${here === undefined ? nothing : html`<span>${t("Whoever you let into “{album}” can open it, likes and comments too. We hold no key.", { album: nameOf(here) })}</span>`}
    ${others.length === 0 ? nothing : html`<span>${here === undefined ? t("Whoever you let into these albums can open it. What is said about it stands in each of them:") : t("It is shared in other albums too, where other things may be said about it:")}</span>
      <ul class="line wrap">${others.map((album) => html`<li><a class="text-link" href="/albums/${album.id}">${nameOf(album)}</a></li>`)}</ul>`}
  </div></div>${isPublic ? everyone() : nothing}</div>`;
}

function everyone(): TemplateResult {
  return html`<div class="only">${ring("public")}<div><strong>${t("Everyone can see a copy of this")}</strong>
    <span>${t("We can open that copy, and nothing else of yours.")} <a class="text-link" href="/profile">${t("Your public page")}</a></span></div></div>`;
}

function onlyYou(): TemplateResult {
  return html`<div class="who"><div class="only">${ring("only-you")}<div><strong>${t("Only you can open this")}</strong>
    <span>${t("It is shared with nobody, and we hold no key. Copies you saved or sent are outside this vault.")}</span></div></div></div>`;
}

function sharedAlbums(library: Library, { albums }: Item): readonly Album[] {
  return albums.map((id) => library.album(id)).filter((album) => album !== null).filter(({ isShared }) => isShared);
}

const nameOf = ({ name }: Album): string => name || t("Album that cannot be opened");
