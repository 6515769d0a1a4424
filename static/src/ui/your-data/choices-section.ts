/** `<pv-data-choices>`: everything that is done with somebody's data; what need not be has a switch. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { Choices, Purpose } from "../../api/types.ts";
import { choosePurpose, readChoices } from "../../vault/choices.ts";
import { dayText } from "../format.ts";
import { icon } from "../icons.ts";
import { Section } from "../settings/section.ts";
import { announce } from "../shell/notices.ts";
import { t } from "../text.ts";

@customElement("pv-data-choices")
export class ChoicesSection extends Section {
  @state() private choices: Choices | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(async () => {
      this.choices = await readChoices();
    });
  }

  protected override render(): TemplateResult {
    const { choices } = this;
    return html`<div class="stack">${this.trouble()}${choices === null ? nothing : html`${signal(choices)}${this.optional(choices)}${essential(choices)}`}</div>`;
  }

  private optional({ purposes }: Choices): TemplateResult {
    const optional = purposes.filter(({ is_essential: isEssential }) => !isEssential);
    return html`<section class="card"><header><h3>${t("What need not be")}</h3><p class="read">${t("All of it is off until you turn it on. You can turn it off again at any time, and nothing is lost.")}</p></header>
      <div class="switches">${optional.map((purpose) => this.switchFor(purpose))}</div></section>`;
  }

  private switchFor({ name, title, retention, is_on: isOn }: Purpose): TemplateResult {
    const id = `purpose-${name}`;
    return html`<div class="switch-line"><label for=${id}>${title}<span class="sub">${t("Kept: {how}", { how: retention })}</span></label>
      <input class="switch" id=${id} type="checkbox" role="switch" .checked=${isOn} ?disabled=${this.isBusy} @change=${(event: Event) => { this.choose(name, event); }} /></div>`;
  }

  private choose(name: string, event: Event): void {
    if (!(event.target instanceof HTMLInputElement)) return;
    const isOn = event.target.checked;
    void this.attempt(async () => {
      this.choices = await choosePurpose(name, isOn);
      announce(isOn ? t("Turned on.") : t("Turned off. Your objection is written down."));
    });
  }
}

function signal({ opt_out: { is_sent: isSent, honoured_at: honouredAt } }: Choices): TemplateResult {
  if (honouredAt === null) {
    return html`<section class="card"><header><h3>${t("Your browser sends no opt-out signal")}</h3>
      <p class="read">${t("Some browsers say for you that you object, by Global Privacy Control. When yours does, everything that need not be is turned off at once. We sell and share nothing either way.")}</p></header></section>`;
  }
  const heard = t("Your browser said so on {day}, and everything that need not be was turned off. What you turn on yourself after that is on.", { day: dayText(honouredAt) });
  return html`<section class="card"><header><h3>${t("Opt-out request honoured")}</h3><span class="tag on">${icon("check")}${t("Global Privacy Control")}</span></header>
    <p class="read">${heard} ${isSent ? t("This browser sends it.") : t("This browser does not send it; it holds for all your devices.")}</p></section>`;
}

function essential({ purposes }: Choices): TemplateResult {
  const needed = purposes.filter(({ is_essential: isEssential }) => isEssential);
  return html`<section class="card"><header><h3>${t("The service itself")}</h3><p class="read">${t("Without these there would be no service, so they have no switch. To end one, delete photos, stop sharing, or close the account. No purpose trains a machine, sells anything or advertises: our database refuses to write one down.")}</p></header>
    <ul class="facts">${needed.map(({ title, retention, legal_basis: basis }) => html`<li>${icon("check")}<div><strong>${title}</strong>
      <span>${t("Kept: {how} · GDPR, article {article}", { how: retention, article: basis })}</span></div></li>`)}</ul></section>`;
}
