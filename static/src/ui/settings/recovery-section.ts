/** `<pv-settings-recovery>`: the 20-second check that the words are still there, and new words. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { Me } from "../../api/types.ts";
import { forgetMe, readMe } from "../../vault/preferences.ts";
import { confirmPhrase, newPhrase, replacePhrase } from "../../vault/recovery.ts";
import { dayText } from "../format.ts";
import { icon } from "../icons.ts";
import { toast } from "../shell/notices.ts";
import { RECOVERY_CHECKED } from "../shell/recovery-reminder.ts";
import { t } from "../text.ts";
import { Section } from "./section.ts";
import { valueOf } from "./value-of.ts";
import "../account/keep-phrase.ts";
import "../account/password-field.ts";
import "../account/phrase-field.ts";
import "../account/prove-phrase.ts";

/** Behind the address of this section: new words are to be made at once. */
const NEW_WORDS = "#new-words";

@customElement("pv-settings-recovery")
export class RecoverySection extends Section {
  @state() private me: Me | null = null;
  /** The server was asked how the key stands; without an answer the words can be checked all the same. */
  @state() private wasAsked = false;
  @state() private fresh = "";
  @state() private isProved = false;
  @state() private checkProblem = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(() => this.refresh()).then(() => {
      this.wasAsked = true;
      // Whoever came back by their contacts has lost the old words.
      if (location.hash === NEW_WORDS) this.begin();
    });
  }

  /** All of it at once: a note that came later would push what somebody is about to touch. */
  protected override render(): TemplateResult {
    if (!this.wasAsked) return html`<div class="stack" aria-busy="true"></div>`;
    return html`<div class="stack">${this.check()} ${this.replace()}</div>`;
  }

  private check(): TemplateResult {
    const confirmed = this.me?.recovery.confirmed_at ?? null;
    const next = this.me?.recovery.next_check_at ?? null;
    return html`<section class="card">
      <header><h3>${t("Do you still have it?")}</h3><p class="read">${t("Twenty seconds now, so that you are sure later. The words are checked on this device; only a proof is sent.")}</p></header>
      ${this.me === null ? nothing : html`<p class="note ${confirmed === null ? "warn" : ""}">${icon(confirmed === null ? "info" : "check")}<span>${
        confirmed === null
          ? t("You have not shown yet that you kept your recovery key.")
          : t("Last shown on {day}.", { day: dayText(confirmed) })} ${next === null ? nothing : t("We ask again on {day}.", { day: dayText(next) })}</span></p>`}
      <form @submit=${this.drill} novalidate>
        <pv-phrase-field class="stack close drill" .problem=${this.checkProblem}></pv-phrase-field>
        <p class="acts"><button class="btn" ?disabled=${this.isBusy}>${t("Check")}</button></p>
      </form>
    </section>`;
  }

  private replace(): TemplateResult {
    return html`<section class="card">
      <header><h3>${t("Replace it")}</h3><p class="read">${t("If somebody may have seen the words, or they are lost while you still know the password. The old words open nothing from then on.")}</p></header>
      ${this.fresh === "" ? html`<p class="acts"><button class="btn" type="button" @click=${this.begin}>${t("Make 24 new words")}</button></p>` : this.newWords()}
    </section>`;
  }

  private newWords(): TemplateResult {
    return html`<div class="stack">
      <pv-keep-phrase .phrase=${this.fresh} .email=${this.me?.email ?? ""}></pv-keep-phrase>
      ${this.isProved ? this.lastStep() : html`<pv-prove-phrase .phrase=${this.fresh} button=${t("I kept it")} @pv-phrase-proved=${this.proved}></pv-prove-phrase>`}
      <p><button class="btn ghost" type="button" @click=${this.cancel}>${t("Keep the old words")}</button></p>
    </div>`;
  }

  private lastStep(): TemplateResult {
    return html`<form @submit=${this.finish} novalidate>
      <pv-password-field label=${t("Password")} complete="current-password" .problem=${this.problem}></pv-password-field>
      <p class="acts"><button class="btn main" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${t("Put the new words in force")}</button></p>
    </form>`;
  }

  private async refresh(): Promise<void> {
    this.me = await readMe();
    dispatchEvent(new CustomEvent(RECOVERY_CHECKED, { detail: this.me.recovery }));
  }

  private readonly drill = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.attempt(async () => {
      await confirmPhrase(valueOf(this, ".drill"));
      forgetMe();
      await this.refresh();
      this.find<HTMLFormElement>("form")?.reset();
      toast(t("Those are the words. Well kept."));
    }).then(() => {
      this.checkProblem = this.isProved ? "" : this.problem;
    });
  };

  private readonly begin = (): void => {
    this.fresh = newPhrase();
    this.isProved = false;
  };

  private readonly proved = (): void => {
    this.isProved = true;
    this.problem = "";
    void this.focusOn("pv-password-field input");
  };

  private readonly cancel = (): void => {
    this.fresh = "";
    this.isProved = false;
  };

  private readonly finish = (event: SubmitEvent): void => {
    event.preventDefault();
    const password = valueOf(this, "pv-password-field");
    void this.attempt(async () => {
      await replacePhrase(password, this.fresh);
      forgetMe();
      this.cancel();
      await this.refresh();
      toast(t("The new words are in force. Destroy the old ones."));
    });
  };
}
