/** `<pv-data-about>`: what the law lets somebody ask, answered from the registries. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { About } from "../../api/types.ts";
import { readAbout } from "../../vault/choices.ts";
import { icon } from "../icons.ts";
import { saveBlob } from "../save-blob.ts";
import { Section } from "../settings/section.ts";
import { t, tn } from "../text.ts";

@customElement("pv-data-about")
export class AboutSection extends Section {
  @state() private about: About | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(async () => {
      this.about = await readAbout();
    });
  }

  protected override render(): TemplateResult {
    return html`<div class="stack">${this.trouble()}${this.about === null ? nothing : this.answer(this.about)}</div>`;
  }

  private answer(about: About): TemplateResult {
    return html`<section class="card"><header><h3>${t("Your answer, at any time")}</h3>
        <p class="read">${t("What article 15 of the GDPR lets you ask, made from the lists our software runs by: what is not in them is not done. The file names each kind of record, why we have it and when it goes.")}</p></header>
        <p class="acts"><button class="btn main" type="button" @click=${() => { this.keep(about); }}>${icon("download")}${t("Save the whole answer")}</button></p></section>
      <section class="card"><header><h3>${t("In short")}</h3></header><ul class="facts">
        ${fact("check", tn("{n} purpose", "{n} purposes", about.purposes.length), t("Each is explained under “Choices”."))}
        ${fact("storage", tn("{n} kind of record about you", "{n} kinds of record about you", about.kept.length), t("Each with its end in the file."))}
        ${fact("people", about.recipients.chosen_by_you, t("Who gets what you share"))}
        ${fact("share", recipients(about), t("Who else gets anything"))}
        ${fact("settings", about.automated_decisions.explanation, t("Decisions by machines"))}
      </ul></section>
      <section class="card"><header><h3>${t("Where it comes from")}</h3></header><ul class="facts">${about.sources.map((each) => fact("upload", each, ""))}</ul></section>
      <section class="card"><header><h3>${t("Your rights")}</h3></header><ul class="facts">
        ${about.rights.map(({ article, what }) => fact("rights", what, t("GDPR, article {article}", { article })))}
        ${fact("help", about.complaint, "")}</ul></section>`;
  }

  private keep(about: About): void {
    saveBlob(new Blob([JSON.stringify(about, null, 2)], { type: "application/json" }), "about-my-data.json");
  }
}

function recipients({ recipients: { processors } }: About): string {
  return processors.length === 0 ? t("Nobody") : processors.map(({ name, country }) => `${name} (${country})`).join(", ");
}

function fact(drawing: string, main: string, sub: string): TemplateResult {
  return html`<li>${icon(drawing)}<div><strong>${main}</strong>${sub === "" ? nothing : html`<span>${sub}</span>`}</div></li>`;
}
