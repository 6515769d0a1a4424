/** `<pv-profile-days>`: how often the public page was looked at. Counts, and nothing of who came. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { profileDays } from "../../vault/publishing/profile.ts";
import type { ProfileDay } from "../../vault/publishing/wire.ts";
import { dayText, numberText } from "../format.ts";
import { SeenSection } from "../people/seen-section.ts";
import { t, tn } from "../text.ts";

const sum = (days: readonly ProfileDay[], name: "visits" | "opened" | "slowed" | "alarms"): number => days.reduce((total, day) => total + day[name], 0);

@customElement("pv-profile-days")
export class ProfileDays extends SeenSection {
  @state() private days: readonly ProfileDay[] | null = null;

  protected override async load(): Promise<void> {
    this.days = await profileDays();
  }

  protected override async lookAgain(): Promise<void> {
    if (!this.isBusy) await this.load().catch(() => undefined);
  }

  protected override render(): TemplateResult {
    const { days } = this;
    return html`<section class="card"><header><h2>${t("The last 30 days")}</h2><p>${t("Counted, and nothing kept of who came.")}</p></header>
      ${this.trouble()}${days === null ? nothing : this.sums(days)}</section>`;
  }

  private sums(days: readonly ProfileDay[]): TemplateResult {
    const [visits, opened, slowed, alarms] = (["visits", "opened", "slowed", "alarms"] as const).map((name) => sum(days, name));
    return html`<ul class="counts">
        <li><strong class="num">${numberText(visits ?? 0)}</strong><span>${tn("visit", "visits", visits ?? 0)}</span></li>
        <li><strong class="num">${numberText(opened ?? 0)}</strong><span>${tn("photo opened", "photos opened", opened ?? 0)}</span></li>
        <li><strong class="num">${numberText(slowed ?? 0)}</strong><span>${tn("visitor slowed down", "visitors slowed down", slowed ?? 0)}</span></li>
      </ul>
      ${alarms === 0 ? nothing : html`<p class="note warn"><span>${tn("{n} time somebody seemed to collect your photos, and strangers had to sign in for large pictures.", "{n} times somebody seemed to collect your photos, and strangers had to sign in for large pictures.", alarms ?? 0)}</span></p>`}
      ${days.length === 0 ? nothing : html`<details><summary>${t("Day by day")}</summary><table class="days"><thead><tr><th scope="col">${t("Day")}</th><th scope="col">${t("Visits")}</th><th scope="col">${t("Opened")}</th><th scope="col">${t("Slowed")}</th></tr></thead>
        <tbody>${[...days].reverse().map((day) => html`<tr><th scope="row">${dayText(day.day)}</th><td class="num">${numberText(day.visits)}</td><td class="num">${numberText(day.opened)}</td><td class="num">${numberText(day.slowed)}</td></tr>`)}</tbody></table></details>`}`;
  }
}
