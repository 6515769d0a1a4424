/** `<pv-vault-ring>`: says that the vault is open and for how long, and locks it. */
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";

import { lock, LOCK_TIME_CHANGED, minutesLeft } from "../../vault/lock.ts";
import { LightElement } from "../element.ts";
import { vaultRing } from "../icons.ts";
import { t } from "../text.ts";

const REFRESH_MS = 15_000;

@customElement("pv-vault-ring")
export class VaultRing extends LightElement {
  private timer = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = window.setInterval(this.refresh, REFRESH_MS);
    addEventListener(LOCK_TIME_CHANGED, this.refresh);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
    removeEventListener(LOCK_TIME_CHANGED, this.refresh);
  }

  protected override render(): TemplateResult {
    const minutes = minutesLeft();
    const long = minutes === null ? t("Stays open until you lock it") : t("Locks in {n} min", { n: minutes });
    const short = minutes === null ? t("Unlocked") : t("{n} min", { n: minutes });
    const lead = minutes === null ? t("Vault unlocked:") : t("Vault unlocked, locks in");
    return html`<button class="vault" type="button" @click=${() => void lock()}>
      ${vaultRing(false)}
      <span class="long">${t("Unlocked")}<span class="sr">.</span> <span class="time num">${long}</span></span>
      <span class="phone-only time num"><span class="sr">${lead}</span> ${short}</span>
      <span class="sr">. ${t("Lock now")}</span>
    </button>`;
  }

  private readonly refresh = (): void => {
    this.requestUpdate();
  };
}
