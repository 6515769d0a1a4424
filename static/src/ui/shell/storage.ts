/** `<pv-storage>`: how much of the room is used. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { Me } from "../../api/types.ts";
import { forgetMe, readMeAtOpening } from "../../vault/preferences.ts";
import { onVaultChange } from "../../vault/unlock.ts";
import { LightElement } from "../element.ts";
import { untilIdle } from "../idle.ts";
import { bytesText } from "../format.ts";
import { t } from "../text.ts";

const NEARLY_FULL = 0.9;

/** Send this event on `window` when the used room has changed. */
export const STORAGE_CHANGED = "pv-storage-changed";

@customElement("pv-storage")
export class Storage extends LightElement {
  @state() private quota: Me["quota"] | null = null;
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stop = onVaultChange((vault) => {
      if (vault !== null) this.read();
    });
    addEventListener(STORAGE_CHANGED, this.refresh);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
    removeEventListener(STORAGE_CHANGED, this.refresh);
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.quota === null) return nothing;
    const { used_bytes: used, limit_bytes: limit } = this.quota;
    const words = t("{used} of {limit} used", { used: bytesText(used), limit: bytesText(limit) });
    return html`<a class="storage" href="/settings/storage">
      <progress class="meter ${used > limit * NEARLY_FULL ? "late" : ""}" value=${used} max=${limit} aria-label=${t("Storage")}></progress>
      <span class="num">${words}</span>
    </a>`;
  }

  private readonly refresh = (): void => {
    forgetMe();
    this.read();
  };

  private read(): void {
    readMeAtOpening().then(
      async (me) => {
        // Nobody waits for it: what stands in the middle of the page comes first.
        await untilIdle();
        this.quota = me.quota;
      },
      () => undefined,
    );
  }
}
