/** The neighbours of a photo, below it. Decoration for the eye and the mouse: keys and steps do the same. */
import { html, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { Pictured } from "../../../vault/library/media.ts";
import type { View } from "../../../vault/library/view.ts";
import { picture } from "../views/cover.ts";

const EACH_SIDE = 5;

export function strip(view: View, index: number, media: Pictured, goTo: (index: number) => void): TemplateResult {
  const first = Math.max(0, index - EACH_SIDE);
  const last = Math.min(view.count - 1, index + EACH_SIDE);
  const places = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  return html`<div class="strip" aria-hidden="true">
    ${repeat(
      places,
      (at) => view.idAt(at),
      (at) => html`<button type="button" tabindex="-1" aria-current=${at === index ? "true" : "false"} @click=${() => { goTo(at); }}><img alt="" hidden ${picture(media, view.idAt(at), view.itemAt(at).version)} /></button>`,
    )}
  </div>`;
}
