/** `<pv-new-password>`: a new password for a vault that another way has just opened. Sends `pv-password-set`. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { noteActivity } from "../../vault/lock.ts";
import { setPassword, type Opened } from "../../vault/recovery.ts";
import { LightElement } from "../element.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";
import { judged } from "./strength.ts";
import type { PasswordField } from "./password-field.ts";
import "./password-field.ts";

/** Sent when the password is in force and the vault is open. */
export const PASSWORD_SET = "pv-password-set";

@customElement("pv-new-password")
export class NewPassword extends LightElement {
  @property({ attribute: false }) opened: Opened | null = null;
  @state() private isBusy = false;
  @state() private problem = "";

  protected override firstUpdated(): void {
    void this.focusOn("h1");
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.opened === null) return nothing;
    return html`<h1 tabindex="-1">${t("Choose a new password")}</h1>
      <p class="lead quiet">${t("Your vault is open. The new password replaces the old one, and all other devices are signed out. Your 24 words and your passkeys stay good.")}</p>
      <form @submit=${this.save} novalidate>
        <input class="sr" type="email" autocomplete="username" tabindex="-1" aria-hidden="true" readonly .value=${this.opened.session.email} />
        <pv-password-field label=${t("New password")} complete="new-password" with-strength .problem=${this.problem}></pv-password-field>
        <button class="btn main wide" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${this.isBusy ? t("Saving") : t("Save and open my vault")}</button>
      </form>`;
  }

  private readonly save = (event: SubmitEvent): void => {
    event.preventDefault();
    const opened = this.opened;
    const password = this.find<PasswordField>("pv-password-field")?.value ?? "";
    if (opened !== null) void this.put(opened, password);
  };

  private async put(opened: Opened, password: string): Promise<void> {
    this.isBusy = true;
    noteActivity();
    try {
      const strength = await judged(password, opened.session.email);
      this.problem = strength.isAccepted ? "" : strength.sentence;
      if (!strength.isAccepted) {
        await this.focusOn("[aria-invalid='true']");
        return;
      }
      await setPassword(opened, password);
      this.opened = null;
      this.dispatchEvent(new CustomEvent(PASSWORD_SET, { bubbles: true }));
    } catch (error) {
      this.problem = sentenceOf(error);
      await this.focusOn("[aria-invalid='true']");
    } finally {
      this.isBusy = false;
    }
  }
}
