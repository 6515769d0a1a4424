/** The lower parts of the details: what was removed, albums and rights. */
import { html, nothing, type TemplateResult } from "lit";

import type { Details } from "../../../vault/library/contract.ts";
import type { Library } from "../../../vault/library/library.ts";
import type { Item } from "../../../vault/library/view.ts";
import { icon } from "../../icons.ts";
import { t } from "../../text.ts";
import { removedList } from "../removed-words.ts";
import type { Editing } from "./editors.ts";

export function removedSection(details: Details | null): TemplateResult | typeof nothing {
  const metadata = details?.metadata;
  if (!metadata) return nothing;
  const removed = removedList(metadata.removed);
  const sentence =
    metadata.storedAs === "whole"
      ? t("The file is kept exactly as it came, encrypted. Whoever gets the original from you gets everything the camera wrote in it.")
      : removed === ""
        ? t("There was nothing in the file that says where, when or by whom it was taken.")
        : t("Taken out of the file before it was encrypted: {list}. The picture itself is unchanged.", { list: removed });
  return html`<section><h3>${t("Inside the file")}</h3><p class="small">${sentence}</p></section>`;
}

export function albumsSection(library: Library, item: Item): TemplateResult | typeof nothing {
  const albums = item.albums.map((id) => library.album(id)).filter((album) => album !== null);
  if (albums.length === 0) return nothing;
  return html`<section><h3>${t("In albums")}</h3><ul class="line wrap">
    ${albums.map((album) => html`<li class="tag">${icon("album", "small")}${album.name || t("Album that cannot be opened")}</li>`)}
  </ul></section>`;
}

export function rightsSection(
  details: Details | null,
  pencil: (name: Editing) => TemplateResult | typeof nothing,
  editor: TemplateResult | undefined,
): TemplateResult | typeof nothing {
  const rights = details?.corrections?.rights ?? details?.metadata?.rights;
  if (!rights) return nothing;
  const line = html`<ul class="facts"><li>${icon("rights")}<div><strong>${rights.licence}</strong><span>${rights.creator || t("No creator named")}</span></div>${pencil("rights")}</li></ul>`;
  return html`<section><h3>${t("Rights")}</h3>${editor ?? line}<p class="quiet small">${t("You keep every right. Storing a photo here gives us no licence to it.")}</p></section>`;
}

/** The way to the form for copies that others show, with this photo chosen in it. */
export function foundElsewhere(item: Item): TemplateResult {
  return html`<section><h3>${t("Found this elsewhere?")}</h3><p class="quiet small">${t("Somebody shows it without your leave: we keep evidence, write to them with you, and look whether it is gone.")}</p>
    <a class="btn short" href="/your-data/copies-elsewhere?photo=${item.id}">${icon("report", "small")}${t("Have it removed")}</a></section>`;
}
