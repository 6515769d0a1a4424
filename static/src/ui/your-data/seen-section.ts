/** `<pv-data-seen>`: the ways to what others can open. */
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";

import { LightElement } from "../element.ts";
import { exposuresLink, publicPageLink } from "../sharing/exposures-link.ts";

@customElement("pv-data-seen")
export class SeenSection extends LightElement {
  protected override render(): TemplateResult {
    return html`<div class="stack">${exposuresLink()}${publicPageLink()}</div>`;
  }
}
