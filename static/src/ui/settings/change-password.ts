/** `<pv-change-password>`: a new password for the same vault. */
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { changePassword } from "../../vault/recovery.ts";
import { currentVault } from "../../vault/unlock.ts";
import { judged } from "../account/strength.ts";
import { codeOf } from "../sentence.ts";
import { toast } from "../shell/notices.ts";
import { t } from "../text.ts";
import { Section } from "./section.ts";
import { valueOf } from "./value-of.ts";
import "../account/password-field.ts";

@customElement("pv-change-password")
export class ChangePassword extends Section {
  @state() private currentProblem = "";
  @state() private nextProblem = "";

  protected override render(): TemplateResult {
    return html`<section class="card">
      <header><h3>${t("Password")}</h3><p class="read">${t("The keys of your vault stay the same; only the lock on them changes. All other devices are signed out.")}</p></header>
      <form @submit=${this.submit} novalidate>
        <pv-password-field class="current" label=${t("Current password")} complete="current-password" .problem=${this.currentProblem}></pv-password-field>
        <pv-password-field class="next" label=${t("New password")} complete="new-password" with-strength .problem=${this.nextProblem}></pv-password-field>
        ${this.trouble()}
        <p class="acts"><button class="btn" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${this.isBusy ? t("Changing") : t("Change password")}</button></p>
      </form>
    </section>`;
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const current = valueOf(this, ".current");
    const next = valueOf(this, ".next");
    this.currentProblem = current === "" ? t("Enter your present password.") : "";
    this.nextProblem = "";
    if (this.currentProblem !== "") void this.focusOn("[aria-invalid='true']");
    else void this.attempt(async () => {
      const strength = await judged(next, currentVault()?.email ?? "");
      if (!strength.isAccepted) {
        this.nextProblem = strength.sentence;
        await this.focusOn("[aria-invalid='true']");
        return;
      }
      try {
        await changePassword(current, next);
      } catch (error) {
        if (codeOf(error) !== "wrong-password") throw error;
        this.currentProblem = t("That is not the present password. Nothing was changed.");
        return;
      }
      this.find<HTMLFormElement>("form")?.reset();
      toast(t("Password changed. Other devices are signed out."));
    });
  };
}
