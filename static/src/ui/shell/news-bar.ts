/** `<pv-news>`: what everybody with an account has to know before a day, at the lower edge until they put it away. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { PolicyVersion } from "../../api/types.ts";
import { putPolicyAway } from "../../vault/policies.ts";
import { LightElement } from "../element.ts";
import { dayText } from "../format.ts";
import { icon } from "../icons.ts";
import { t } from "../text.ts";

@customElement("pv-news")
export class NewsBar extends LightElement {
  @property({ attribute: false }) policy: PolicyVersion | null = null;

  protected override render(): TemplateResult | typeof nothing {
    if (this.policy === null) return nothing;
    const { number, in_force_on: day } = this.policy;
    return html`<div class="reminder-bar" role="status">
      ${icon("rights")}<p class="grow">${t("The privacy policy changes on {day}.", { day: dayText(day) })}</p>
      <a class="btn" href="/privacy/${number}#changes" target="_blank">${t("What changes")}</a>
      <button class="btn ghost" type="button" @click=${() => { this.putAway(number); }}>${t("I have seen it")}</button>
    </div>`;
  }

  private putAway(number: number): void {
    putPolicyAway(number);
    this.policy = null;
  }
}
