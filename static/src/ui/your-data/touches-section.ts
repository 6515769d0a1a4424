/** `<pv-data-touches>`: who came to all photos together, in the last thirty days, and who at the desk looked at what. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { Look, Touch } from "../../api/types.ts";
import { readLooks, readTouches } from "../../vault/choices.ts";
import { dayText } from "../format.ts";
import { icon } from "../icons.ts";
import { Section } from "../settings/section.ts";
import { t } from "../text.ts";
import { rolesText, whatText } from "./look-words.ts";
import { classIcon, className, summed, timesText } from "./touch-words.ts";

@customElement("pv-data-touches")
export class TouchesSection extends Section {
  @state() private touches: readonly Touch[] | null = null;
  @state() private looks: readonly Look[] | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(async () => {
      [this.touches, this.looks] = await Promise.all([readTouches(), readLooks()]);
    });
  }

  protected override render(): TemplateResult {
    return html`<div class="stack">${this.trouble()}${this.touches === null ? nothing : lines(this.touches)}
      <section class="card"><header><h3>${t("How this is counted")}</h3>
        <p class="read">${t("Each time somebody gets the bytes of a photo, we count it by class and day: no names, no addresses, no hours. What we hand out is encrypted, except what you published. A count goes with its photo, and after a year.")}</p></header>
        <p class="quiet small read">${t("For one photo alone, open it and look at its details.")}</p></section>
      ${this.looks === null ? nothing : atTheDesk(this.looks)}</div>`;
  }
}

function atTheDesk(looks: readonly Look[]): TemplateResult {
  return html`<section class="card"><header><h3>${t("Who of our team looked")}</h3>
    <p class="read">${t("Our team can read dates, counts and what you write to us, and never a photo. Each look is written down here. If an authority forbids us to tell you, it appears once that is over.")}</p></header>
    ${looks.length === 0 ? html`<p class="quiet">${t("Nobody.")}</p>` : html`<ul class="facts">${looks.map((look) => html`<li>${icon("visible")}<div><strong>${whatText(look)}</strong>
      <span>${rolesText(look)} · ${dayText(look.at)}</span></div></li>`)}</ul>`}</section>`;
}

function lines(touches: readonly Touch[]): TemplateResult {
  const found = summed(touches);
  const others = found.filter(({ who }) => who === "recipient" || who === "link" || who === "public");
  const title = others.length === 0 ? t("Nobody but you, in thirty days") : t("In the last thirty days");
  return html`<section class="card"><header><h3>${title}</h3></header>
    ${found.length === 0 ? html`<p class="quiet">${t("Nothing was handed out. A new count shows here within a minute.")}</p>` : html`<ul class="facts">${found.map(({ who, title: what, count, lastOn }) => html`<li>${icon(classIcon(who))}<div><strong>${className(who)} · ${timesText(count)}</strong>
      <span>${what} · ${t("last on {day}", { day: dayText(lastOn) })}</span></div></li>`)}</ul>`}</section>`;
}
