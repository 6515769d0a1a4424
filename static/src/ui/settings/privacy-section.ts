/** `<pv-settings-privacy>`: what others can open of this account's, and what it is written to about. */
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { DigestRhythm, Preferences } from "../../api/types.ts";
import { changePreferences, readMe } from "../../vault/preferences.ts";
import { exposuresLink, publicPageLink } from "../sharing/exposures-link.ts";
import { t } from "../text.ts";
import { yourDataLink } from "../your-data/link.ts";
import { Section } from "./section.ts";

@customElement("pv-settings-privacy")
export class PrivacySection extends Section {
  @state() private preferences: Preferences | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(async () => {
      this.preferences = (await readMe()).preferences;
    });
  }

  protected override render(): TemplateResult {
    return html`<div class="stack">${this.trouble()}${yourDataLink()}${exposuresLink()}${publicPageLink()}${this.mails()}</div>`;
  }

  private mails(): TemplateResult {
    const choices: readonly (readonly [DigestRhythm, string, string])[] = [
      ["off", t("Never"), t("You see it when you open your vault.")],
      ["daily", t("At most once a day"), t("Only on days when something happened.")],
      ["weekly", t("At most once a week"), t("Only in weeks when something happened.")],
    ];
    const chosen = this.preferences?.digest;
    return html`<section class="card"><header><h3>${t("Mails about shared albums")}</h3><p class="read">${t("How many photos, comments and likes came from others. We cannot read what they are, and a mail passes through other people's servers, so it says numbers and nothing else.")}</p></header>
      <div class="choices" role="radiogroup" aria-label=${t("Mails about shared albums")}>
        ${choices.map(([value, words, sub]) => html`<label><input type="radio" name="digest" value=${value} .checked=${value === chosen} ?disabled=${this.preferences === null} @change=${() => { this.choose(value); }} /><strong>${words}</strong><span class="sub">${sub}</span></label>`)}
      </div></section>`;
  }

  private choose(digest: DigestRhythm): void {
    void this.attempt(async () => {
      this.preferences = await changePreferences({ digest });
    });
  }
}
