/** `<pv-drop-info>`: what a photo that waits says of itself, and that nobody vouches for it. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Item } from "../../vault/library/view.ts";
import type { Drop } from "../../vault/sharing/drops.ts";
import { LightElement } from "../element.ts";
import { bytesText, dayText } from "../format.ts";
import { icon, ring } from "../icons.ts";
import { wholeMoment } from "../library/dates.ts";
import { kindName } from "../library/kind-names.ts";
import { spokenPlace } from "../library/viewer/field-values.ts";
import { t } from "../text.ts";

@customElement("pv-drop-info")
export class DropInfo extends LightElement {
  @property({ attribute: false }) item: Item | null = null;
  @property({ attribute: false }) drop: Drop | null = null;
  /** What the link is called by which it came. */
  @property({ attribute: false }) link = "";

  override connectedCallback(): void {
    super.connectedCallback();
    this.classList.add("info");
    this.role = "complementary";
    this.ariaLabel = t("Details");
  }

  protected override render(): TemplateResult {
    const { item, drop } = this;
    return html`<header role="none"><h2>${t("Details")}</h2>
        <button class="btn icon-only" type="button" aria-label=${t("Close details")} @click=${this.close}>${icon("close")}</button></header>
      ${item === null || drop === null ? nothing : html`${this.who(item, drop)} ${this.facts(item, drop)}`}`;
  }

  private who({ title }: Item, { from }: Drop): TemplateResult {
    return html`<section>${title === "" ? nothing : html`<p class="caption">${title}</p>`}
      <div class="who"><div class="only">${ring("only-you")}<div>
        <strong>${from === null ? t("Somebody brought this") : t("Brought by “{who}”", { who: from })}</strong>
        <span>${this.link === "" ? t("By a link that has ended.") : t("For “{name}”.", { name: this.link })} ${t("Only you can open it, besides whoever brought it. The name is theirs to choose; nobody checks it.")}</span></div></div></div></section>`;
  }

  private facts(item: Item, { wire }: Drop): TemplateResult {
    const size = item.width > 0 ? `${item.width} × ${item.height} · ` : "";
    return html`<section><h3>${t("What it says of itself")}</h3><ul class="facts">
      <li>${icon("calendar")}<div><strong>${item.isTimeKnown ? wholeMoment(item.time) : t("No date came with it")}</strong><span>${t("Came on {day}", { day: dayText(wire.made_at) })}</span></div></li>
      <li>${icon("place")}<div><strong>${item.place === null ? t("No place came with it") : spokenPlace(item.place)}</strong></div></li>
      <li>${icon("photo")}<div><strong>${item.name === "" ? kindName(item.kind) : item.name}</strong><span>${size}${bytesText(item.bytes)}</span></div></li>
      <li>${icon("wait")}<div><strong>${t("Waits until {day}", { day: dayText(wire.expires_at) })}</strong><span>${t("Then it goes by itself, unless you take it in.")}</span></div></li>
    </ul></section>`;
  }

  private readonly close = (): void => {
    this.dispatchEvent(new Event("pv-close"));
  };
}
