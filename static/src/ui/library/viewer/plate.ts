/** What stands on the stage where no picture can: why, and what can be done about it. */
import { html, nothing, type TemplateResult } from "lit";

import type { Item } from "../../../vault/library/view.ts";
import { icon } from "../../icons.ts";
import { t } from "../../text.ts";
import { plateWords } from "../grid/tile.ts";
import { putBack, remakePictures } from "../mending.ts";
import type { LibrarySession } from "../session.ts";

function words(item: Item): string {
  if (item.state === "damaged") return t("This photo changed on our disk. If you still have the original, choose it and we put it back in place.");
  if (item.state === "pending") return t("It is shown here as soon as it is stored.");
  if (item.state === "cannot-open") return t("Its record does not open with your keys. It may have been damaged. The file can still be saved.");
  return t("No picture could be made of this file when it was uploaded. It is safe as it is, and can be saved.");
}

function mend(item: Item, session: LibrarySession): TemplateResult | typeof nothing {
  if (item.state === "cannot-open") return nothing;
  const again = html`<button class="btn ghost" type="button" @click=${() => void remakePictures(session, item.id)}>${icon("retry")}${t("Make its preview again")}</button>`;
  if (item.state !== "damaged") return again;
  return html`<button class="btn main" type="button" @click=${() => { putBack(session, item); }}>${icon("photo")}${t("Choose the original")}</button>
    ${again}`;
}

export function plate(item: Item, session: LibrarySession, save: () => void): TemplateResult {
  if (item.state === "pending") return html`<div class="plate-words">${icon("wait")}<strong>${t("It is being uploaded")}</strong><p>${words(item)}</p></div>`;
  return html`<div class="plate-words">
    ${icon("photo-broken")}<strong>${plateWords(item) ?? t("No preview could be made of this file")}</strong><p>${words(item)}</p>
    <div class="acts">${mend(item, session)}
      <button class="btn" type="button" @click=${save}>${icon("download")}${t("Save the original")}</button></div>
  </div>`;
}
