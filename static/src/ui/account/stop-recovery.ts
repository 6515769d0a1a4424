/** `<pv-stop-recovery>`: the link from the mail to an owner, `/stop-recovery#REQUEST.CODE`. Asks before it acts: mail scanners follow links. */
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { Problem } from "../../api/problem.ts";
import { stopByMail } from "../../vault/recovery-contacts/setting-up.ts";
import { readStopLink } from "../../vault/recovery-contacts/stop-link.ts";
import { LightElement } from "../element.ts";
import { icon } from "../icons.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";

@customElement("pv-stop-recovery")
export class StopRecovery extends LightElement {
  @state() private step: "ask" | "stopped" | "over" = "ask";
  @state() private isBusy = false;
  @state() private problem = "";

  protected override render(): TemplateResult {
    if (this.step === "stopped") {
      return html`<h1 tabindex="-1">${t("It is stopped")}</h1>
        <p class="lead quiet">${t("Nobody gets into your vault by it, and what your contacts had answered was deleted. Change the password of your mailbox next, because somebody could read your mail.")}</p>
        <form><a class="btn main wide" href="/sign-in">${t("Sign in")}</a></form>`;
    }
    if (this.step === "over") {
      return html`<h1 tabindex="-1">${t("There is nothing to stop")}</h1>
        <p class="lead quiet">${t("This recovery has ended or was stopped already. If a newer mail tells you of another one, use its link.")}</p>
        <form><a class="btn main wide" href="/sign-in">${t("Sign in")}</a></form>`;
    }
    if (readStopLink(location.hash) === null) {
      return html`<h1 tabindex="-1">${t("This link is not whole")}</h1>
        <p class="lead quiet">${t("Copy it from the mail again, up to its last letter. Where you are signed in, you can stop it in the settings too.")}</p>
        <form><a class="btn main wide" href="/settings/contacts">${t("Settings")}</a></form>`;
    }
    return html`<h1>${t("Stop this recovery?")}</h1>
      <p class="lead quiet">${t("Somebody asked your recovery contacts for your vault. If it was not you, stop it. Your contacts keep their shares, and you can ask them again.")}</p>
      <form @submit=${this.stop}>
        ${this.problem === "" ? "" : html`<p class="note problem" role="alert">${icon("info")}<span>${this.problem}</span></p>`}
        <button class="btn main wide" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${t("Stop it")}</button>
      </form>`;
  }

  private readonly stop = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.send();
  };

  private async send(): Promise<void> {
    const link = readStopLink(location.hash);
    if (link === null) return;
    this.isBusy = true;
    this.problem = "";
    try {
      await stopByMail(link.requestId, link.code);
      this.step = "stopped";
    } catch (error) {
      if (error instanceof Problem && error.code === "recovery_ended") this.step = "over";
      else this.problem = sentenceOf(error);
    } finally {
      this.isBusy = false;
    }
    await this.focusOn("h1");
  }
}
