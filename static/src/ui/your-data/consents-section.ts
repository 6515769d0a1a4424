/** `<pv-data-consents>`: what somebody agrees to in writing, agreed to, and its end. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { Consent } from "../../api/types.ts";
import { readConsentReceipt, readConsents, withdrawConsent, type ConsentText } from "../../vault/consents.ts";
import { currentVault } from "../../vault/unlock.ts";
import { dayText } from "../format.ts";
import { icon } from "../icons.ts";
import { librarySession, whenReady } from "../library/session.ts";
import { saveBlob } from "../save-blob.ts";
import { Section } from "../settings/section.ts";
import { announce } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { ConsentSheet } from "./consent-sheet.ts";

@customElement("pv-data-consents")
export class ConsentsSection extends Section {
  @state() private consents: readonly Consent[] | null = null;
  @state() private text: ConsentText | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(() => this.load());
  }

  protected override render(): TemplateResult {
    return html`<div class="stack">${this.trouble()}
      <section class="card"><header><h3>${t("Nothing is made of your photos")}</h3>
        <p class="read">${t("PocketVault has nothing that makes new pictures of yours. If it ever had, each would need your written, signed consent for that very photo: without one our database refuses it. A consent ends after twelve months at the latest, and with one click before.")}</p></header>
        <p class="read">${t("It is the only thing here that needs a consent, and nothing asks for one today: whatever you give now has no effect until there is something it could allow. You need not give any.")}</p>
        ${this.text === null ? nothing : html`<p class="acts"><button class="btn" type="button" ?disabled=${this.isBusy} @click=${() => { this.give(); }}>${icon("correct")}${t("Give a consent")}</button></p>`}</section>
      ${this.consents === null ? nothing : this.list(this.consents)}</div>`;
  }

  private list(consents: readonly Consent[]): TemplateResult {
    if (consents.length === 0) return html`<section class="card"><p>${t("You have agreed to nothing of the kind.")}</p></section>`;
    return html`${consents.map((each) => this.card(each))}`;
  }

  private card(consent: Consent): TemplateResult {
    const { id, text, typed_name: name, images, given_at: givenAt, expires_at: expiresAt, withdrawn_at: withdrawnAt, is_live: isLive } = consent;
    const state = withdrawnAt !== null ? t("Withdrawn on {day}", { day: dayText(withdrawnAt) }) : isLive ? t("Until {day}", { day: dayText(expiresAt) }) : t("Ended on {day}", { day: dayText(expiresAt) });
    return html`<section class="card" data-consent=${id}><header><h3>${tn("About {n} photo", "About {n} photos", images)}</h3><span class="tag ${isLive ? "on" : ""}">${state}</span></header>
      <p class="read">${text}</p>
      <ul class="facts"><li>${icon("correct")}<div><strong>${name}</strong><span>${t("Signed with your key on {day}", { day: dayText(givenAt) })}</span></div></li></ul>
      <p class="acts">${isLive ? html`<button class="btn main" type="button" ?disabled=${this.isBusy} @click=${() => { this.withdraw(id); }}>${t("Withdraw")}</button>` : nothing}
        <button class="btn" type="button" ?disabled=${this.isBusy} @click=${() => { this.keep(id); }}>${icon("download")}${t("Receipt")}</button></p></section>`;
  }

  private give(): void {
    const [vault, text] = [currentVault(), this.text];
    if (vault === null || text === null) return;
    void this.attempt(async () => {
      const session = await librarySession();
      await whenReady(session);
      if (!(await new ConsentSheet(vault, session, text).ask())) return;
      announce(t("Your consent is kept. You can end it here at any time."));
      await this.load();
    });
  }

  private withdraw(id: string): void {
    void this.attempt(async () => {
      await withdrawConsent(id);
      announce(t("Withdrawn. What was made under it is deleted."));
      await this.load();
    });
  }

  private keep(id: string): void {
    void this.attempt(async () => {
      saveBlob(await readConsentReceipt(id), `consent-${id}.json`);
    });
  }

  private async load(): Promise<void> {
    const { text, items } = await readConsents();
    [this.text, this.consents] = [text, items];
  }
}
