/** `<pv-news>`: what everybody with an account has to know, one at a time, at the lower edge until they read it. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { PolicyVersion } from "../../api/types.ts";
import { NEVER_RESTORED, type Restored } from "../../vault/library/restored.ts";
import { putPolicyAway } from "../../vault/policies.ts";
import { markRead, type Restoration } from "../../vault/restorations.ts";
import { LightElement } from "../element.ts";
import { dayText, momentText } from "../format.ts";
import { icon } from "../icons.ts";
import { t } from "../text.ts";
import { logWords, takenWords } from "./restoration-words.ts";

@customElement("pv-news")
export class NewsBar extends LightElement {
  @property({ attribute: false }) restoration: Restoration | null = null;
  /** What the library of this device took over of it. */
  @property({ attribute: false }) restored: Restored = NEVER_RESTORED;
  @property({ attribute: false }) policy: PolicyVersion | null = null;

  protected override render(): TemplateResult | typeof nothing {
    if (this.restoration !== null) return this.afterRestore(this.restoration);
    return this.policy === null ? nothing : this.changing(this.policy);
  }

  private afterRestore(restoration: Restoration): TemplateResult {
    const { restoredAt, restoredTo } = restoration;
    return html`<div class="reminder-bar long" role="status">
      ${icon("warning")}<p class="grow"><strong>${t("This service says that it was restored on {at} from a backup of {to}.", { at: momentText(restoredAt), to: momentText(restoredTo) })}</strong>
        ${logWords(restoration)} ${takenWords(restoration, this.restored)}
        ${t("What was stored or changed in between may be missing: keep this device’s copies, and upload those photos again. What was deleted or ended stays so. If nobody who runs it told you, ask them.")}</p>
      <a class="btn" href="/drills#restores" target="_blank">${t("What everybody is told")}</a>
      <button class="btn ghost" type="button" @click=${() => { this.read(restoration); }}>${t("I have read it")}</button>
    </div>`;
  }

  private changing({ number, in_force_on: day }: PolicyVersion): TemplateResult {
    return html`<div class="reminder-bar" role="status">
      ${icon("rights")}<p class="grow">${t("The privacy policy changes on {day}.", { day: dayText(day) })}</p>
      <a class="btn" href="/privacy/${number}#changes" target="_blank">${t("What changes")}</a>
      <button class="btn ghost" type="button" @click=${() => { this.putAway(number); }}>${t("I have seen it")}</button>
    </div>`;
  }

  private read(restoration: Restoration): void {
    markRead(restoration);
    this.restoration = null;
  }

  private putAway(number: number): void {
    putPolicyAway(number);
    this.policy = null;
  }
}
