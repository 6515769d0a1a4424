/** `<pv-recovery-reminder>`: asks whether the 24 words are still there, when the day for it has come. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Me } from "../../api/types.ts";
import { LightElement } from "../element.ts";
import { icon } from "../icons.ts";
import { t } from "../text.ts";

const PUT_OFF = "pv-recovery-put-off-until";
const PUT_OFF_MS = 24 * 60 * 60 * 1000;

/** Send this on `window`, with how the recovery key stands, when that has changed. */
export const RECOVERY_CHECKED = "pv-recovery-checked";

@customElement("pv-recovery-reminder")
export class RecoveryReminder extends LightElement {
  @property({ attribute: false }) recovery: Me["recovery"] | null = null;
  @state() private isPutOff = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.isPutOff = Date.now() < Number(localStorage.getItem(PUT_OFF) ?? "0");
    addEventListener(RECOVERY_CHECKED, this.take);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener(RECOVERY_CHECKED, this.take);
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.recovery === null || this.isPutOff || !isDue(this.recovery, Date.now())) return nothing;
    const words =
      this.recovery.confirmed_at === null
        ? t("You have not shown yet that you kept your recovery key. It is the only way back if you forget the password.")
        : t("Do you still have your recovery key? Checking it takes 20 seconds.");
    return html`<div class="reminder-bar" role="status">
      ${icon("recovery")}<p class="grow">${words}</p>
      <a class="btn" href="/settings/recovery">${t("Check now")}</a>
      <button class="btn ghost" type="button" @click=${this.putOff}>${t("Tomorrow")}</button>
    </div>`;
  }

  private readonly take = (event: Event): void => {
    if (event instanceof CustomEvent) this.recovery = event.detail as Me["recovery"];
  };

  private readonly putOff = (): void => {
    localStorage.setItem(PUT_OFF, String(Date.now() + PUT_OFF_MS));
    this.isPutOff = true;
  };
}

/** Whether the words should be asked for: they were never shown, or the day that was set has come. */
function isDue({ confirmed_at, next_check_at }: Me["recovery"], now: number): boolean {
  return confirmed_at === null || (next_check_at !== null && Date.parse(next_check_at) <= now);
}
