/** `<pv-data-processors>`: every company that gets anything, and the machines of our own. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { Processor, Register } from "../../api/types.ts";
import { readRegister } from "../../vault/choices.ts";
import { dayText } from "../format.ts";
import { icon } from "../icons.ts";
import { Section } from "../settings/section.ts";
import { t } from "../text.ts";

@customElement("pv-data-processors")
export class ProcessorsSection extends Section {
  @state() private register: Register | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(async () => {
      this.register = await readRegister();
    });
  }

  protected override render(): TemplateResult {
    const { register } = this;
    return html`<div class="stack">${this.trouble()}${register === null ? nothing : html`${companies(register.processors)}${machines(register)}`}</div>`;
  }
}

function companies(processors: readonly Processor[]): TemplateResult {
  if (processors.length === 0) {
    return html`<section class="card"><header><h3>${t("Nobody works for us")}</h3>
      <p class="read">${t("No other company gets anything of yours. Should one be needed, it is written down here and you are told by mail thirty days before.")}</p></header>
      <p class="acts"><a class="btn" href="/processors">${t("The public page")}</a></p></section>`;
  }
  return html`${processors.map(entry)}<section class="card"><header><h3>${t("Changes")}</h3>
    <p class="read">${t("A new company is announced here and by mail thirty days before it gets anything. Our software asks no server that is not in this register, and stops by itself on the day a contract ends.")}</p></header>
    <p class="acts"><a class="btn" href="/processors">${t("The public page")}</a></p></section>`;
}

function entry(each: Processor): TemplateResult {
  const facts: readonly (readonly [string, string, string])[] = [
    ["place", each.country, t("Country")],
    ["visible", each.data, t("What it sees")],
    ["check", each.purposes.join("; "), t("What for")],
    ["calendar", t("{first} to {last}", { first: dayText(each.contract_from), last: dayText(each.contract_until) }), t("Contract")],
    ["mail", dayText(each.announced_at), each.told_at === null ? t("Announced; mails are on their way") : t("Announced, everybody told by mail")],
  ];
  return html`<section class="card"><header><h3>${each.name}</h3><span class="tag ${each.state === "active" ? "on" : ""}">${stateWords(each)}</span></header>
    <p>${each.role}</p>
    <ul class="facts">${facts.map(([drawing, main, sub]) => html`<li>${icon(drawing)}<div><strong>${main}</strong><span>${sub}</span></div></li>`)}</ul></section>`;
}

function stateWords({ state: how, starts_on: startsOn, ended_at: endedAt }: Processor): string {
  if (how === "active") return t("Works for us");
  if (how === "announced") return t("Begins on {day}", { day: dayText(startsOn) });
  if (how === "ended" && endedAt !== null) return t("Ended on {day}", { day: dayText(endedAt) });
  return t("Gets nothing: its contract has run out");
}

function machines({ own_machines: own }: Register): TemplateResult {
  return html`<section class="card"><header><h3>${t("Our own machines")}</h3><p class="read">${t("What this service runs on, as its settings say.")}</p></header>
    <ul class="facts">${own.map(({ name, kept, is_elsewhere: isElsewhere }) => html`<li>${icon("storage")}<div><strong>${name}</strong>
      <span>${kept}${isElsewhere ? html` · ${t("on another machine")}` : nothing}</span></div></li>`)}</ul></section>`;
}
