/** `<pv-shared-photo>`: who sees a photo of somebody's album, who likes it, and what was written about it. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Item } from "../../vault/library/view.ts";
import type { PhotoTalk } from "../../vault/sharing/photo-talk.ts";
import type { PeopledAlbum } from "../../vault/sharing/received.ts";
import { LightElement } from "../element.ts";
import { bytesText, dayText } from "../format.ts";
import { icon, ring } from "../icons.ts";
import { wholeMoment } from "../library/dates.ts";
import { kindName } from "../library/kind-names.ts";
import { spokenPlace } from "../library/viewer/field-values.ts";
import { t } from "../text.ts";
import type { ReceivedPlace } from "./acts.ts";
import { ownerName, personName } from "./words.ts";
import "./photo-talk.ts";

@customElement("pv-shared-photo")
export class SharedPhotoPanel extends LightElement {
  @property({ attribute: false }) place: ReceivedPlace | null = null;
  @property({ attribute: false }) item: Item | null = null;
  @property({ attribute: false }) talk: PhotoTalk | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.classList.add("info", "shared-photo");
    this.role = "complementary";
    this.ariaLabel = t("Details");
  }

  protected override render(): TemplateResult {
    const { item, place } = this;
    return html`<header role="none">
        <h2>${t("Details")}</h2>
        <button class="btn icon-only" type="button" aria-label=${t("Close details")} @click=${this.close}>${icon("close")}</button>
      </header>
      ${item === null || place === null || place.photos.item(item.id) === null ? nothing : html`${this.who(item, place.album())} <pv-photo-talk .talk=${this.talk} .item=${item}></pv-photo-talk> ${this.facts(item)}`}`;
  }

  private who(item: Item, album: PeopledAlbum): TemplateResult {
    const photoOwner = this.place?.photos.item(item.id)?.wire.ownerId ?? album.ownerId;
    const isOwn = photoOwner === album.self;
    return html`<section>
      ${item.title === "" ? nothing : html`<p class="caption">${item.title}</p>`}
      <div class="who"><div class="only">${ring("people")}<div>
        <strong>${isOwn ? t("Your photo, in an album of {name}", { name: ownerName(album) }) : t("A photo of {name}", { name: personName(album, photoOwner) })}</strong>
        <span>${t("Everybody in “{album}” can open it, likes and comments too. We hold no key.", { album: album.settings.name })}</span></div></div></div>
    </section>`;
  }

  private facts(item: Item): TemplateResult {
    const addedAt = this.place?.photos.item(item.id)?.wire.addedAt ?? "";
    const size = item.width > 0 ? `${item.width} × ${item.height} · ` : "";
    return html`<section><h3>${t("About this photo")}</h3><ul class="facts">
      <li>${icon("calendar")}<div><strong>${item.isTimeKnown ? wholeMoment(item.time) : t("Date not shared")}</strong>${addedAt === "" ? nothing : html`<span>${t("Put into the album on {day}", { day: dayText(addedAt) })}</span>`}</div></li>
      <li>${icon("place")}<div><strong>${item.place === null ? t("Place not shared") : spokenPlace(item.place)}</strong></div></li>
      <li>${icon("photo")}<div><strong>${kindName(item.kind)}</strong><span>${size}${bytesText(item.bytes)}</span></div></li>
    </ul></section>`;
  }

  private readonly close = (): void => {
    this.dispatchEvent(new Event("pv-close"));
  };
}
