/** `<pv-data-close>`: closing the account, or keeping it after all. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { OwnClosing } from "../../api/types.ts";
import { closeAccount, closingAddress, forgetAccountHere, keepAccount, newClosingLink, readOwnClosing } from "../../vault/erasure.ts";
import { readMe } from "../../vault/preferences.ts";
import { dayText, momentText } from "../format.ts";
import { icon } from "../icons.ts";
import { Section } from "../settings/section.ts";
import { toast } from "../shell/notices.ts";
import { t, tn } from "../text.ts";

const DAYS = [0, 3, 7, 14] as const;
const DAY_MS = 86_400_000;
/** An epoch key is destroyed this many days after it was made; then no backup opens. */
const BACKUP_DAYS = 22;

@customElement("pv-data-close")
export class CloseSection extends Section {
  @state() private email = "";
  @state() private count = 0;
  @state() private typed = "";
  @state() private days = 7;
  @state() private closing: OwnClosing | null = null;
  @state() private isRead = false;
  /** Made once: the same wish again is the same wish, whatever became of the first answer. */
  private readonly link = newClosingLink();

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(async () => {
      const [me, closing] = await Promise.all([readMe(), readOwnClosing()]);
      this.email = me.email;
      this.count = me.quota.images;
      this.closing = closing;
      this.isRead = true;
    });
  }

  protected override render(): TemplateResult {
    return html`<div class="stack">${this.trouble()}${!this.isRead ? nothing : this.closing === null ? this.ask() : this.waits(this.closing)}</div>`;
  }

  private waits({ starts_at: startsAt }: OwnClosing): TemplateResult {
    return html`<section class="card"><header><h3>${t("This account is erased on {day}", { day: momentText(startsAt) })}</h3>
        <p class="read">${t("Until then everything is here and you can take it with you. Nothing is shared any more.")}</p></header>
      <p class="acts"><button class="btn main" type="button" ?disabled=${this.isBusy} @click=${this.keep}>${t("Keep the account")}</button>
        <a class="btn" href="/your-data/take-with-you">${icon("download")}${t("Download everything")}</a></p></section>`;
  }

  private ask(): TemplateResult {
    return html`<section class="card"><header><h3>${t("What happens")}</h3></header>
      <ul class="facts">
        <li>${icon("sign-out")}<div><strong>${t("At once: the doors close")}</strong><span>${t("Every device is signed out. Whatever you shared, showed or collected ends.")}</span></div></li>
        <li>${icon("recycle")}<div><strong>${this.days === 0 ? t("At once: everything is erased") : t("On {day}: everything is erased", { day: this.dayAfter(this.days) })}</strong><span>${tn("{n} photo, your albums, what you wrote, your keys and your address", "{n} photos, your albums, what you wrote, your keys and your address", this.count)}</span></div></li>
        <li>${icon("calendar")}<div><strong>${t("By {day}: unreadable in every backup", { day: this.dayAfter(this.days + BACKUP_DAYS) })}</strong><span>${t("You can follow it without an account, and download the receipts for 60 days.")}</span></div></li>
        <li>${icon("people")}<div><strong>${t("What stays with others")}</strong><span>${t("Whoever saved a copy of something you shared still has it.")}</span></div></li>
      </ul>
      <p class="acts"><a class="btn" href="/your-data/take-with-you">${icon("download")}${t("Download everything first")}</a></p></section>
    <form class="card" @submit=${this.submit} novalidate><header><h3>${t("Close your account")}</h3></header>
      <div class="choices" role="radiogroup" aria-label=${t("Time to think")}>${DAYS.map((days) => this.choice(days))}</div>
      <div class="field"><label for="close-typed">${t("Type {email} to confirm", { email: this.email })}</label>
        <input class="input" id="close-typed" name="confirm" type="text" autocomplete="off" autocapitalize="off" spellcheck="false" .value=${this.typed} @input=${this.type} /></div>
      <p class="acts"><button class="btn danger ${this.isSure ? "final" : ""}" ?disabled=${this.isBusy || !this.isSure} aria-busy=${this.isBusy}>${this.days === 0 ? t("Erase everything now") : t("Close the account")}</button>
        ${this.isSure ? nothing : html`<span class="why-off">${t("Type your address first.")}</span>`}</p></form>`;
  }

  private choice(days: number): TemplateResult {
    const words = days === 0 ? t("Right away") : tn("{n} day to think", "{n} days to think", days);
    const sub = days === 0 ? t("Nobody can bring anything back, and neither can we.") : t("Until {day} you can sign in and keep the account.", { day: this.dayAfter(days) });
    return html`<label><input type="radio" name="days" value=${days} .checked=${days === this.days} @change=${() => { this.days = days; }} /><strong>${words}</strong><span class="sub">${sub}</span></label>`;
  }

  private dayAfter(days: number): string {
    return dayText(new Date(Date.now() + days * DAY_MS).toISOString());
  }

  private get isSure(): boolean {
    return this.email !== "" && this.typed.trim().toLowerCase() === this.email.toLowerCase();
  }

  private readonly type = (event: InputEvent): void => {
    if (event.target instanceof HTMLInputElement) this.typed = event.target.value;
  };

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!this.isSure) return;
    void this.attempt(async () => {
      await closeAccount(this.link, this.days);
      await forgetAccountHere();
      location.assign(closingAddress(this.link));
    });
  };

  private readonly keep = (): void => {
    void this.attempt(async () => {
      await keepAccount();
      this.closing = null;
      toast(t("The account stays. What you had shared stays ended."));
    });
  };
}
