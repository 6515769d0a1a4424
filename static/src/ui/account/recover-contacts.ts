/** `<pv-recover-contacts>`: everything is lost, and two of three contacts give the vault back. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { Opened } from "../../vault/recovery.ts";
import { recoveryWordsInWorker } from "../../vault/people/safety.ts";
import { askContacts, confirmAsking, finishAsking, lookAtAsking } from "../../vault/recovery-contacts/asking.ts";
import { forgetAsking, recallAsking } from "../../vault/recovery-contacts/asking-store.ts";
import { requestOfAsking, type AskedState, type Asking } from "../../vault/recovery-contacts/given-back.ts";
import { LightElement } from "../element.ts";
import { momentText } from "../format.ts";
import { icon, wrong } from "../icons.ts";
import { whileSeen } from "../people/while-seen.ts";
import { comparedWords } from "../recovery-contacts/words.ts";
import { codeOf, sentenceOf } from "../sentence.ts";
import { confirmDialog } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { looksLikeAddress } from "./address.ts";
import type { EmailField } from "./email-field.ts";
import "./code-form.ts";
import "./email-field.ts";
import "./new-password.ts";

@customElement("pv-recover-contacts")
export class RecoverContacts extends LightElement {
  /** Whether this browser was asked what it had begun. */
  @state() private isKnown = false;
  @state() private asking: Asking | null = null;
  @state() private stands: AskedState | null = null;
  @state() private words = "";
  @state() private hasEnded = false;
  @state() private opened: Opened | null = null;
  @state() private isBusy = false;
  @state() private problem = "";
  @state() private emailProblem = "";
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.recall();
    this.stop = whileSeen(() => {
      if (!this.isBusy && this.words !== "" && this.opened === null) void this.lookQuietly();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  protected override render(): TemplateResult {
    if (!this.isKnown) return html`<div aria-busy="true"></div>`;
    if (this.opened !== null) return html`<pv-new-password .opened=${this.opened} @pv-password-set=${this.enter}></pv-new-password>`;
    if (this.hasEnded) return this.endedStep();
    if (this.asking === null) return this.askStep();
    return this.asking.owner === null ? this.codeStep(this.asking) : this.waitStep(this.stands);
  }

  private askStep(): TemplateResult {
    return html`<h1>${t("Ask your recovery contacts")}</h1>
      <p class="lead quiet">${t("If you chose three of them before, any two can give you your vault back. It takes a notice period, by default three days.")}</p>
      <form @submit=${this.ask} novalidate>
        <p class="note warn">${icon("info")}<span>${t("Do it in a browser that stays yours: what you ask with is kept in this one alone. Do not sign out here or clear its data until you are in.")}</span></p>
        <pv-email-field .problem=${this.emailProblem || this.problem}></pv-email-field>
        <button class="btn main wide" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${t("Send me the code")}</button>
      </form>
      <div class="other-ways"><a class="btn ghost" href="/recover">${icon("recovery")}${t("I have my recovery key")}</a></div>`;
  }

  private codeStep({ email }: Asking): TemplateResult {
    return html`<h1 tabindex="-1">${t("Look in your mail")}</h1>
      <p class="lead quiet">${t("If {email} has an account with recovery contacts, a code is on its way. It works for one hour. Once you type it, your contacts and you are told, and the notice period begins.", { email })}</p>
      <pv-code-form no-resend button=${t("Ask my contacts")} .problem=${this.problem} .isBusy=${this.isBusy} @pv-code=${this.confirm}></pv-code-form>
      ${this.again(t("Begin again"))}`;
  }

  private waitStep(stands: AskedState | null): TemplateResult {
    const isOpen = stands?.state === "open" || stands?.state === "used";
    return html`<h1 tabindex="-1">${isOpen ? t("Your vault can be opened") : t("Call your contacts")}</h1>
      <p class="lead quiet">${isOpen ? t("Two contacts answered, and the notice period is over.") : t("Call two of the three, or meet them, and read them these words. They answer once the words on their screen are the same.")}</p>
      ${isOpen ? nothing : this.comparing()}
      ${stands === null ? nothing : html`<ul class="facts asked-facts">
        <li>${icon("people")}<div><strong>${tn("{n} of 2 contacts answered", "{n} of 2 contacts answered", stands.answered)}</strong><span>${t("We do not say who: you hear it from them.")}</span></div></li>
        ${stands.opens_at === null ? nothing : html`<li>${icon("calendar")}<div><strong>${isOpen ? t("The notice period ended on {moment}", { moment: momentText(stands.opens_at) }) : t("Not before {moment}", { moment: momentText(stands.opens_at) })}</strong><span>${t("Open it by {moment}. Then you would have to ask again.", { moment: momentText(stands.expires_at) })}</span></div></li>`}
      </ul>`}
      <form @submit=${this.finish}>
        ${wrong("contacts-wrong", this.problem)}
        <button class="btn ${isOpen ? "main" : ""} wide" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${isOpen ? t("Open my vault") : t("Look again")}</button>
      </form>
      ${this.again(t("Begin again"))}`;
  }

  private comparing(): TemplateResult {
    if (this.words === "") return html`<p class="quiet" role="status">${t("Working the words out on this device.")}</p>`;
    return comparedWords(this.words);
  }

  private endedStep(): TemplateResult {
    return html`<h1 tabindex="-1">${t("This has ended")}</h1>
      <p class="lead quiet">${t("It was stopped, it ran out, or your contacts changed. Nothing was lost, and you can ask again.")}</p>
      <form><button class="btn main wide" type="button" @click=${() => void this.restart()}>${t("Ask again")}</button></form>`;
  }

  private again(words: string): TemplateResult {
    return html`<div class="other-ways"><button class="btn ghost" type="button" @click=${() => void this.giveUp()}>${icon("back")}${words}</button></div>`;
  }

  private async recall(): Promise<void> {
    // A browser that keeps nothing can still ask, as long as its page stays open.
    this.asking = await recallAsking().catch(() => null);
    this.isKnown = true;
    if (this.asking?.owner) await this.attempt(() => this.look());
  }

  private async look(): Promise<void> {
    if (this.asking === null) return;
    const { asking, state: stands } = await lookAtAsking(this.asking);
    this.asking = asking;
    this.stands = stands;
    const request = requestOfAsking(asking);
    if (request !== null && this.words === "") this.words = (await recoveryWordsInWorker(request)).words;
  }

  /** What did not answer now is asked again soon. */
  private async lookQuietly(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.hasEnded = codeOf(error) === "recovery_ended";
      if (codeOf(error) === "other-owner") this.problem = sentenceOf(error);
    }
  }

  private readonly ask = (event: SubmitEvent): void => {
    event.preventDefault();
    const email = this.find<EmailField>("pv-email-field")?.value ?? "";
    this.emailProblem = looksLikeAddress(email) ? "" : t("Enter an address like name@example.org.");
    if (this.emailProblem !== "") void this.focusOn("#email");
    else void this.attempt(async () => {
      this.asking = await askContacts(email);
      await this.focusOn("h1");
    });
  };

  private readonly confirm = (event: CustomEvent<string>): void => {
    const { asking } = this;
    if (asking === null) return;
    void this.attempt(async () => {
      this.asking = await confirmAsking(asking, event.detail);
      await this.look();
      await this.focusOn("h1");
    });
  };

  private readonly finish = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.attempt(async () => {
      await this.look();
      const { asking, stands } = this;
      if (asking !== null && stands !== null && stands.opened !== null) this.opened = await finishAsking(asking, stands);
    });
  };

  /** The old words may be with anybody: new ones come next. */
  private readonly enter = (): void => {
    location.assign("/settings/recovery#new-words");
  };

  private async giveUp(): Promise<void> {
    const goesOn = await confirmDialog({
      title: t("Begin again?"),
      sentences: [t("What this browser asked with is thrown away, and what your contacts answered to it is of no use. A recovery that has begun stands until you stop it with the link in your mail.")],
      confirm: t("Begin again"),
      danger: true,
    });
    if (goesOn) await this.restart();
  }

  private async restart(): Promise<void> {
    await forgetAsking().catch(() => undefined);
    this.asking = this.stands = null;
    this.words = this.problem = "";
    this.hasEnded = false;
    await this.focusOn("#email");
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    this.problem = "";
    try {
      await act();
    } catch (error) {
      this.hasEnded = codeOf(error) === "recovery_ended";
      this.problem = sentenceOf(error);
      await this.focusOn(this.hasEnded ? "h1" : "[aria-invalid='true']");
    } finally {
      this.isBusy = false;
    }
  }
}
