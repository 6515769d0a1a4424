/** `<pv-data-legal>`: what authorities asked about somebody, as soon as they may be told. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { LegalRequest } from "../../api/types.ts";
import { listLegalRequests } from "../../vault/legal.ts";
import { dayText } from "../format.ts";
import { icon } from "../icons.ts";
import { Section } from "../settings/section.ts";
import { t } from "../text.ts";
import { becameWords, classWords, instrumentWords } from "./legal-words.ts";

@customElement("pv-data-legal")
export class LegalSection extends Section {
  @state() private requests: readonly LegalRequest[] | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(async () => {
      this.requests = await listLegalRequests();
    });
  }

  protected override render(): TemplateResult {
    const { requests } = this;
    return html`<div class="stack">${this.trouble()}${requests === null ? nothing : html`${requests.length === 0 ? none() : requests.map(entry)}`}
      <p class="acts"><a class="btn ghost accent" href="/transparency">${t("What authorities ask of us, in numbers")}</a></p></div>`;
  }
}

function none(): TemplateResult {
  return html`<section class="card"><header><h3>${t("No request that we may tell you of")}</h3></header>
    <p class="read">${t("When an authority asks about your account, you read it here and by mail as soon as we have called it back. Where a court forbids that, you are told on the day on which it no longer does; our software sends it by itself.")}</p></section>`;
}

function entry(request: LegalRequest): TemplateResult {
  const facts: readonly (readonly [string, string, string])[] = [
    ["filter", request.asked.length === 0 ? t("that nothing be deleted for good") : request.asked.map(classWords).join("; "), t("Asked for")],
    ...(request.given.length === 0 ? [] : [["share", request.given.map(classWords).join("; "), t("Given")] as const]),
    ["calendar", dayText(request.received_at), t("Received")],
    ["mail", dayText(request.told_at), t("You were told")],
  ];
  return html`<section class="card"><header><h3>${instrumentWords(request.instrument)}, ${request.authority} (${request.country})</h3><p class="sub">${t("Reference {reference}", { reference: request.reference })}</p></header>
    <p>${becameWords(request)}</p>
    ${request.is_held ? html`<p class="read">${t("A legal order makes us keep sealed copies of photos that you delete, so there is no last receipt for them yet.")}</p>` : nothing}
    <ul class="facts">${facts.map(([drawing, main, sub]) => html`<li>${icon(drawing)}<div><strong>${main}</strong><span>${sub}</span></div></li>`)}</ul></section>`;
}
