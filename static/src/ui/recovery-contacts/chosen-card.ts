/** `<pv-recovery-contacts>`: the three who can give this vault back, what that means, and what is asked of them. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { SHARE_COUNT } from "../../crypto/shares.ts";
import { readPeople, type Person } from "../../vault/people/people.ts";
import { chooseContacts, endContacts, readSetup, stopRequest, type Setup, type StandingRequest } from "../../vault/recovery-contacts/setting-up.ts";
import { momentText } from "../format.ts";
import { icon } from "../icons.ts";
import { addressText } from "../people/address.ts";
import { initials } from "../people/initials.ts";
import { SeenSection } from "../people/seen-section.ts";
import { valueOf } from "../settings/value-of.ts";
import { confirmDialog, toast } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { whatItMeans } from "./meaning.ts";
import "../account/password-field.ts";

@customElement("pv-recovery-contacts")
export class ChosenCard extends SeenSection {
  @state() private setup: Setup | null = null;
  @state() private people: readonly Person[] = [];
  @state() private isChoosing = false;
  @state() private picked: readonly string[] = [];
  @state() private knowsIt = false;

  protected override render(): TemplateResult {
    const { setup } = this;
    if (setup === null) return html`${this.trouble()}`;
    return html`${setup.request === null ? nothing : this.asked(setup.request)}
      <section class="card chosen">
        <header><h3>${t("Who can give you your vault back")}</h3><p class="read">${t("Choose three people. If you lose your password, your passkeys and your recovery key, any two of them together give you your vault back, after a notice period in which you can stop it. Nobody can unless you choose them.")}</p></header>
        ${setup.is_on ? this.chosen(setup) : nothing}
        ${setup.is_on && !this.isChoosing ? this.acts(setup) : this.choice(setup)}
      </section>`;
  }

  protected override async load(): Promise<void> {
    this.people = (await readPeople(this.vault)).contacts;
    await this.look();
  }

  protected override async lookAgain(): Promise<void> {
    if (!this.isBusy && this.setup !== null) await this.look().catch(() => undefined);
  }

  private async look(): Promise<void> {
    this.setup = await readSetup();
  }

  private asked(request: StandingRequest): TemplateResult {
    return html`<div class="note danger" role="alert">${icon("warning")}
      <div class="grow"><strong>${t("Somebody asks for your vault.")}</strong>
        <p>${t("On {moment} it can be opened on another device, once two of your contacts have answered.", { moment: momentText(request.opens_at) })} ${this.answered(request)} ${t("If it is not you, stop it.")}</p>
        <p class="acts"><button class="btn danger" type="button" ?disabled=${this.isBusy} @click=${() => { this.refuse(request); }}>${t("Stop it")}</button></p></div>
    </div>`;
  }

  /** Known here alone: the device that asks may be a stranger's, who would learn whom to talk to. */
  private answered({ answered_by: answeredBy }: StandingRequest): string {
    const [one, other] = answeredBy.map((id) => this.nameOf(id));
    if (one === undefined) return t("Nobody has answered by now.");
    return other === undefined ? t("{email} has answered by now.", { email: one }) : t("{email} and {other} have answered by now.", { email: one, other });
  }

  private nameOf(id: string): string {
    return this.people.find(({ accountId }) => accountId === id)?.email ?? t("Somebody you know");
  }

  private chosen({ contacts, handed_back_by: handedBackBy }: Setup): TemplateResult {
    const missing = SHARE_COUNT - contacts.length;
    return html`<ul class="rows">${contacts.map(({ account_id: id, has_accepted: hasAccepted }) => {
      const email = this.nameOf(id);
      return html`<li><span class="avatar" aria-hidden="true">${initials(email)}</span>
        <div class="grow"><strong>${addressText(email)}</strong><span class="sub">${hasAccepted ? t("Said yes and holds a share") : t("Holds a share and has not answered yet")}</span></div>
        <span class="tag ${hasAccepted ? "on" : ""}">${hasAccepted ? t("Holds a share") : t("Asked")}</span></li>`;
    })}</ul>
    ${missing === 0 ? nothing : html`<p class="note warn">${icon("info")}<span>${handedBackBy === null ? t("One of the three is no contact any more.") : t("{email} handed their share back.", { email: this.nameOf(handedBackBy) })} ${t("The other two can still give your vault back, and both are needed. Choose three again when you can.")}</span></p>`}`;
  }

  private acts({ number }: Setup): TemplateResult {
    return html`${this.trouble()}<p class="acts">
      <button class="btn" type="button" @click=${this.begin}>${t("Choose others")}</button>
      <button class="btn ghost danger" type="button" ?disabled=${this.isBusy} @click=${() => void this.end(number)}>${t("End this")}</button></p>`;
  }

  private choice({ is_on: isOn }: Setup): TemplateResult {
    if (this.people.length < SHARE_COUNT) {
      return html`${this.trouble()}<p class="note">${icon("info")}<span>${tn("You need three people whom you know here, and know {n} by now.", "You need three people whom you know here, and know {n} by now.", this.people.length)} <a class="text-link" href="/people">${t("Invite somebody")}</a></span></p>`;
    }
    return html`<form @submit=${this.choose} novalidate>
      <fieldset class="field"><legend>${t("Choose three")}</legend>
        <ul class="rows pick-people">${this.people.map((person) => this.option(person))}</ul></fieldset>
      ${whatItMeans()}
      <label class="agree"><input type="checkbox" .checked=${this.knowsIt} @change=${(event: Event) => { this.knowsIt = (event.target as HTMLInputElement).checked; }} /><span>${t("I know that two of them, together with this service, could open my vault.")}</span></label>
      <pv-password-field label=${t("Password")} complete="current-password" .problem=${this.problem}></pv-password-field>
      <p class="acts">
        <button class="btn main" ?disabled=${this.isBusy || !this.isReady} aria-busy=${this.isBusy}>${isOn ? t("Choose these instead") : t("Choose these three")}</button>
        ${isOn ? html`<button class="btn ghost" type="button" @click=${() => { this.isChoosing = false; this.problem = ""; }}>${t("Cancel")}</button>` : nothing}
        ${this.isReady ? nothing : html`<span class="why-off">${this.picked.length === SHARE_COUNT ? t("Say first that you know what it means.") : tn("{n} of three chosen", "{n} of three chosen", this.picked.length)}</span>`}
      </p>
    </form>`;
  }

  private get isReady(): boolean {
    return this.picked.length === SHARE_COUNT && this.knowsIt;
  }

  private option({ accountId, email, trust }: Person): TemplateResult {
    const isPicked = this.picked.includes(accountId);
    const isOff = trust === "changed" || (!isPicked && this.picked.length >= SHARE_COUNT);
    const words = trust === "changed" ? t("Keys changed: compare the safety number first") : trust === "checked" ? t("Safety number checked") : t("Safety number not checked yet");
    return html`<li><label>
      <input type="checkbox" .checked=${isPicked} ?disabled=${isOff} @change=${() => { this.turn(accountId); }} />
      <span class="avatar" aria-hidden="true">${initials(email)}</span>
      <span class="grow"><strong>${addressText(email)}</strong><span class="sub">${words}</span></span>
    </label></li>`;
  }

  private turn(accountId: string): void {
    this.picked = this.picked.includes(accountId) ? this.picked.filter((id) => id !== accountId) : [...this.picked, accountId];
  }

  private readonly begin = (): void => {
    const known = new Set(this.people.map(({ accountId }) => accountId));
    this.picked = (this.setup?.contacts ?? []).map(({ account_id: id }) => id).filter((id) => known.has(id));
    this.knowsIt = false;
    this.isChoosing = true;
  };

  private readonly choose = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!this.isReady) return;
    const password = valueOf(this, "pv-password-field");
    void this.attempt(async () => {
      await chooseContacts(this.vault, password, this.picked);
      this.isChoosing = false;
      this.picked = [];
      this.knowsIt = false;
      await this.look();
      toast(t("They can help you now. Tell them, so that they say yes."));
    });
  };

  private async end(number: number): Promise<void> {
    const goesOn = await confirmDialog({
      title: t("End your recovery contacts?"),
      sentences: [
        t("Nobody can give your vault back any more. Your password, your passkeys and your 24 words work as before."),
        t("The service deletes what the shares open. The shares themselves may stay on their devices, and open nothing without it."),
      ],
      confirm: t("End it"),
      danger: true,
    });
    if (!goesOn) return;
    await this.attempt(async () => {
      await endContacts(number);
      await this.look();
      toast(t("Nobody can give your vault back any more."));
    });
  }

  private refuse({ id }: StandingRequest): void {
    void this.attempt(async () => {
      await stopRequest(id);
      await this.look();
      toast(t("Stopped. What your contacts had answered was deleted."));
    });
  }
}
