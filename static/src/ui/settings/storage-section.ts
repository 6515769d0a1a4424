/** `<pv-settings-storage>`: how much room there is, in exact numbers. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { Me } from "../../api/types.ts";
import { readMe } from "../../vault/preferences.ts";
import { bytesText, roomText } from "../format.ts";
import { t, tn } from "../text.ts";
import { Section } from "./section.ts";

@customElement("pv-settings-storage")
export class StorageSection extends Section {
  @state() private quota: Me["quota"] | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(async () => {
      this.quota = (await readMe()).quota;
    });
  }

  protected override render(): TemplateResult {
    return html`<section class="card"><header class="named-above"><h3>${t("Storage")}</h3></header>${this.trouble()} ${this.quota === null ? nothing : this.numbers(this.quota)}</section>`;
  }

  private numbers(quota: Me["quota"]): TemplateResult {
    const left = Math.max(0, quota.limit_bytes - quota.used_bytes);
    return html`<div class="stack close">
      <p><span class="big-number">${bytesText(quota.used_bytes)}</span> <span class="quiet">${t("of {limit}", { limit: bytesText(quota.limit_bytes) })}</span></p>
      <progress class="meter thick" value=${quota.used_bytes} max=${quota.limit_bytes} aria-label=${t("Storage")}></progress>
      <p class="quiet">${tn("{n} photo", "{n} photos", quota.images)} · ${t("{left} left", { left: roomText(left) })}</p>
      <p class="small quiet read">${t("Encrypted sizes, each rounded up so that a photo cannot be told by its size. Photos in the recycle bin count; deleted ones do not.")}</p>
    </div>`;
  }
}
