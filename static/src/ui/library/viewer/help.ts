/** The keys of the viewer, in a sheet. */
import { html, type TemplateResult } from "lit";

import { Sheet } from "../dialogs/sheet.ts";
import { t } from "../../text.ts";

/** @translated */
const KEYS: readonly (readonly [readonly string[], string])[] = [
  [["←", "→"], "Previous, next photo"],
  [["Space"], "Start or stop the slideshow"],
  [["+", "−", "0"], "Zoom in, out, fit"],
  [["i"], "Details"],
  [["f"], "Favourite"],
  [["Del"], "Delete, with 10 seconds to undo"],
  [["Esc"], "Back to the photos"],
  [["?"], "This list"],
];

export class ViewerHelp extends Sheet {
  protected readonly title = t("Keys");

  protected body(): TemplateResult {
    return html`<dl class="keys">
        ${KEYS.map(([keys, words]) => html`<div><dt>${keys.map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${t(words)}</dd></div>`)}
      </dl>
      <p class="quiet small">${t("With a mouse: the wheel zooms, a double click goes in and out. With fingers: swipe, pinch, double tap, drag down to close.")}</p>`;
  }

  protected footer(): TemplateResult {
    return html`<button class="btn main" type="button" autofocus @click=${() => { this.close(""); }}>${t("Done")}</button>`;
  }
}
