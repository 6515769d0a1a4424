/** `<pv-photo-touches>`: who came to one photo in the last year, by class and purpose. */
import { html, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Touch } from "../../../api/types.ts";
import { readTouches } from "../../../vault/choices.ts";
import { LightElement } from "../../element.ts";
import { dayText } from "../../format.ts";
import { icon } from "../../icons.ts";
import { t } from "../../text.ts";
import { classIcon, className, summed, timesText } from "../../your-data/touch-words.ts";

@customElement("pv-photo-touches")
export class PhotoTouches extends LightElement {
  @property({ attribute: false }) imageId = "";
  @state() private touches: readonly Touch[] | null = null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("imageId")) this.touches = null;
  }

  protected override render(): TemplateResult {
    const { touches } = this;
    return html`<h3>${t("Who came to it")}</h3>
      ${touches === null ? html`<button class="btn short" type="button" @click=${() => void this.load()}>${icon("visible", "small")}${t("Show who came to it")}</button>` : lines(touches)}`;
  }

  /** Asked for by hand: most who look at a photo want the photo. What cannot be had now is no news about the photo. */
  private async load(): Promise<void> {
    const asked = this.imageId;
    const found = await readTouches(asked).catch(() => []);
    if (asked === this.imageId) this.touches = found;
  }
}

function lines(touches: readonly Touch[]): TemplateResult {
  const found = summed(touches);
  if (found.length === 0) return html`<p class="quiet small">${t("Nobody yet. A new count shows here within a minute.")}</p>`;
  return html`<ul class="facts">${found.map(({ who, title, count, lastOn }) => html`<li>${icon(classIcon(who))}<div><strong>${className(who)} · ${timesText(count)}</strong>
    <span>${title} · ${t("last on {day}", { day: dayText(lastOn) })}</span></div></li>`)}</ul>`;
}
