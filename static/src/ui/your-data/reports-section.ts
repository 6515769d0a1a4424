/** `<pv-data-reports>`: photos of somebody's that had to be withheld, why, and what they can do about it. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { OwnReport, OwnReports } from "../../api/types.ts";
import { complainOf, complainOfRefusal, counterNotice, readOwnReports } from "../../vault/reports.ts";
import { dayText } from "../format.ts";
import { Section } from "../settings/section.ts";
import { announce } from "../shell/notices.ts";
import { t } from "../text.ts";
import { answerWords, decisionWords, stateTag, strikeWords } from "./report-words.ts";

type Form = "complaint" | "counter" | "refused" | "";
type Refused = OwnReports["refused"][number];

@customElement("pv-data-reports")
export class ReportsSection extends Section {
  @state() private told: OwnReports | null = null;
  @state() private open: { readonly id: string; readonly form: Form } = { id: "", form: "" };

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(async () => {
      this.told = await readOwnReports();
    });
  }

  protected override render(): TemplateResult {
    const { told } = this;
    return html`<div class="stack">${this.trouble()}${told === null ? nothing : html`
      <section class="card"><header><h3>${t("Reports about photos you show to everyone")}</h3>
        <p class="read">${t("Anyone can report what is public. Private photos cannot be reported, and we cannot look into them: we have no key.")} ${strikeWords(told)}</p></header></section>
      ${told.refused.map((each) => this.refusedCard(each))}
      ${told.reports.length + told.refused.length === 0 ? html`<section class="card"><p>${t("Nothing of yours was withheld.")}</p></section>` : told.reports.map((each) => this.card(each))}`}</div>`;
  }

  private card(report: OwnReport): TemplateResult {
    const { id, number, facts, signed_by: signedBy, work, may_complain: mayComplain, may_counter: mayCounter } = report;
    const answer = answerWords(report);
    return html`<section class="card" data-report=${id}><header><h3>${t("Report {number}", { number })}</h3><span class="tag ${report.state === "reinstated" ? "on" : ""}">${stateTag(report)}</span></header>
      <p class="read">${decisionWords(report)}</p>
      ${facts === "" ? nothing : html`<p class="read">${facts}</p>`}
      ${signedBy === "" ? nothing : html`<p class="read">${t("The notice was signed by {name}, for: {work}.", { name: signedBy, work })}</p>`}
      ${answer === "" ? nothing : html`<p class="read"><strong>${answer}</strong></p>`}
      ${this.open.id === id ? this.form(id) : html`<p class="acts">
        ${mayComplain ? html`<button class="btn main" type="button" @click=${() => { this.open = { id, form: "complaint" }; }}>${t("Complain")}</button>` : nothing}
        ${mayCounter ? html`<button class="btn" type="button" @click=${() => { this.open = { id, form: "counter" }; }}>${t("Counter-notice")}</button>` : nothing}</p>`}</section>`;
  }

  private refusedCard({ publication: id, caption, made_at: madeAt }: Refused): TemplateResult {
    return html`<section class="card" data-refused=${id}><header><h3>${caption === "" ? t("A photo without a caption") : caption}</h3><span class="tag">${t("Not shown")}</span></header>
      <p class="read">${t("On {day} you wanted to show it to everyone. It looks like a photo that had to be withheld, so it was not. If that is a mistake, say so.", { day: dayText(madeAt) })}</p>
      ${this.open.id === id ? this.form(id) : html`<p class="acts"><button class="btn main" type="button" @click=${() => { this.open = { id, form: "refused" }; }}>${t("Complain")}</button></p>`}</section>`;
  }

  private form(id: string): TemplateResult {
    const isCounter = this.open.form === "counter";
    return html`<form class="stack" @submit=${(event: SubmitEvent) => { this.send(event, id); }}>
      ${isCounter ? counterFields() : nothing}
      <div class="field"><label for="why-${id}">${isCounter ? t("Why it was withheld by mistake") : t("Why this decision is wrong")}</label><textarea class="input" id="why-${id}" name="text" rows="4" maxlength="2000" required></textarea></div>
      <p class="acts"><button class="btn main" type="submit" ?disabled=${this.isBusy}>${isCounter ? t("Sign and send") : t("Send")}</button>
        <button class="btn" type="button" @click=${() => { this.open = { id: "", form: "" }; }}>${t("Cancel")}</button></p></form>`;
  }

  private send(event: SubmitEvent, id: string): void {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const data = new FormData(event.target);
    const said = (name: string): string => {
      const value = data.get(name);
      return typeof value === "string" ? value.trim() : "";
    };
    const isCounter = this.open.form === "counter";
    void this.attempt(async () => {
      this.told = isCounter
        ? await counterNotice(id, { name: said("name"), postal: said("postal"), text: said("text"), mistake: data.has("mistake"), jurisdiction: data.has("jurisdiction") })
        : await (this.open.form === "refused" ? complainOfRefusal : complainOf)(id, said("text"));
      this.open = { id: "", form: "" };
      announce(isCounter ? t("Sent. Whoever signed the notice gets it with your name and address.") : t("Sent. Somebody else looks at it."));
    });
  }
}

function counterFields(): TemplateResult {
  return html`<p class="read">${t("A counter-notice goes to whoever signed the notice, with all of this (17 USC 512(g)(3)).")}</p>
    <div class="field"><label for="counter-name">${t("Your full name; it stands for your signature")}</label><input class="input" id="counter-name" name="name" maxlength="300" autocomplete="name" required /></div>
    <div class="field"><label for="counter-postal">${t("Your postal address and telephone number")}</label><input class="input" id="counter-postal" name="postal" maxlength="300" required /></div>
    <label class="check"><input type="checkbox" name="mistake" required /><span>${t("Under penalty of perjury: I believe in good faith that it was withheld by mistake or misidentification.")}</span></label>
    <label class="check"><input type="checkbox" name="jurisdiction" required /><span>${t("I accept the jurisdiction of the federal court of my district or, outside the United States, of any in which this service may be found, and service of process from whoever signed the notice or their agent.")}</span></label>`;
}
