/** `<pv-data-requests>`: what somebody asked of us about their data, by when it is answered, and our letters. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { DataRequest, DataRequests, WholeRequest } from "../../api/types.ts";
import { letterAddress, openRequest, readRequest, readRequests } from "../../vault/requests.ts";
import { momentText } from "../format.ts";
import { icon } from "../icons.ts";
import { Section } from "../settings/section.ts";
import { announce } from "../shell/notices.ts";
import { t } from "../text.ts";
import { happened, standing } from "./request-words.ts";

@customElement("pv-data-requests")
export class RequestsSection extends Section {
  @state() private found: DataRequests | null = null;
  @state() private opened: WholeRequest | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(() => this.load());
  }

  protected override render(): TemplateResult {
    return html`<div class="stack">${this.trouble()}
      <section class="card"><header><h3>${t("Ask us something")}</h3>
        <p class="read">${t("Most of what the law gives you is a button on these pages, and done at once. For the rest, write to our data protection team. It costs nothing, and you are told by when you get an answer.")}</p></header>
        ${this.found === null ? nothing : this.form(this.found)}</section>
      ${this.found === null ? nothing : this.list(this.found.items)}</div>`;
  }

  private form({ rights }: DataRequests): TemplateResult {
    return html`<form class="stack" @submit=${this.send}>
      <div class="field"><label for="right">${t("What do you ask for?")}</label><select class="input" id="right" name="right" required>
        ${this.options(rights, "gdpr", t("Europe and everywhere else (GDPR)"))}${this.options(rights, "ccpa", t("California (CCPA)"))}</select></div>
      <div class="field"><label for="request-text">${t("What is it about?")}</label><textarea class="input" id="request-text" name="text" rows="4" maxlength="4000" required></textarea>
        <p class="hint">${t("Please send no copy of a passport. Whoever signed in is known well enough.")}</p></div>
      <div class="acts"><button class="btn main" type="submit" ?disabled=${this.isBusy}>${t("Send request")}</button></div></form>`;
  }

  private options(rights: DataRequests["rights"], regime: string, law: string): TemplateResult {
    return html`<optgroup label=${law}>${rights.filter((each) => each.regime === regime).map(({ kind, title, article }) => html`<option value="${regime}.${kind}">${title} (${article})</option>`)}</optgroup>`;
  }

  private list(items: readonly DataRequest[]): TemplateResult {
    if (items.length === 0) return html`<section class="card"><p>${t("You have asked us nothing yet.")}</p></section>`;
    return html`<section class="card"><header><h3>${t("Your requests")}</h3></header>
      <ul class="rows">${repeat(items, ({ id }) => id, (each) => this.row(each))}</ul></section>`;
  }

  private row(request: DataRequest): TemplateResult {
    const { id, number, title, channel } = request;
    const isOpened = this.opened?.id === id;
    const look = channel === "self" ? nothing : html`<button class="btn" type="button" aria-expanded=${isOpened ? "true" : "false"} ?disabled=${this.isBusy} @click=${() => { this.look(id); }}>${isOpened ? t("Close") : t("Open")}</button>`;
    return html`<li data-request=${number}><div class="grow"><strong>${title}</strong><span class="sub">${standing(request)} · <span class="num">${number}</span></span>
      ${isOpened ? this.whole(this.opened) : nothing}</div>${look}</li>`;
  }

  private whole(request: WholeRequest | null): TemplateResult | typeof nothing {
    if (request === null) return nothing;
    return html`<div class="request-whole"><blockquote>${request.text}</blockquote>
      <ol class="request-events">${request.events.map((each) => { const words = happened(each); return words === null ? nothing : html`<li><time datetime=${each.at}>${momentText(each.at)}</time> ${words}</li>`; })}</ol>
      ${request.letters.map((each) => html`<details><summary>${icon("info")}${each.subject}</summary><p class="sub">${momentText(each.sent_at)}</p><pre class="request-letter" lang=${each.language}>${each.text}</pre><p class="acts"><a class="btn" href=${letterAddress(request.id, each.id)} download>${t("Save as PDF")}</a></p></details>`)}</div>`;
  }

  private readonly send = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const sent = new FormData(form);
    const [regime = "", kind = ""] = String(sent.get("right")).split(".");
    void this.attempt(async () => {
      const made = await openRequest(regime, kind, String(sent.get("text")));
      form.reset();
      announce(standing(made));
      await this.load();
      this.opened = made;
    });
  };

  private look(id: string): void {
    if (this.opened?.id === id) {
      this.opened = null;
      return;
    }
    void this.attempt(async () => {
      this.opened = await readRequest(id);
    });
  }

  private async load(): Promise<void> {
    this.found = await readRequests();
  }
}
