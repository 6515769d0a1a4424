/** `<pv-unsubscribe>`: the link from a mail about shared albums, `/unsubscribe#TOKEN`. Asks before it acts: mail scanners follow links. */
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { Problem } from "../../api/problem.ts";
import { unsubscribe } from "../../vault/preferences.ts";
import { LightElement } from "../element.ts";
import { icon } from "../icons.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";

@customElement("pv-unsubscribe")
export class Unsubscribe extends LightElement {
  @state() private step: "ask" | "done" | "unknown" = "ask";
  @state() private isBusy = false;
  @state() private problem = "";

  protected override render(): TemplateResult {
    if (this.step === "done") {
      return html`<h1 tabindex="-1">${t("No more of these mails")}</h1>
        <p class="lead quiet">${t("You are not told by mail any more what others add to your shared albums. Nothing else changed, and you can turn it on again in the settings.")}</p>`;
    }
    if (this.step === "unknown" || location.hash.length < 2) {
      return html`<h1 tabindex="-1">${t("This link is not whole")}</h1>
        <p class="lead quiet">${t("Copy it from the mail again, or turn the mails off in the settings, under Privacy.")}</p>
        <form><a class="btn main wide" href="/settings/privacy">${t("Settings")}</a></form>`;
    }
    return html`<h1>${t("No more of these mails?")}</h1>
      <p class="lead quiet">${t("Mails about what others add to albums you share stop. Mails about your account and its safety go on.")}</p>
      <form @submit=${this.stop}>
        ${this.problem === "" ? "" : html`<p class="note problem" role="alert">${icon("info")}<span>${this.problem}</span></p>`}
        <button class="btn main wide" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${t("Stop these mails")}</button>
      </form>`;
  }

  private readonly stop = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.send();
  };

  private async send(): Promise<void> {
    this.isBusy = true;
    this.problem = "";
    try {
      await unsubscribe(location.hash.slice(1));
      this.step = "done";
      await this.focusOn("h1");
    } catch (error) {
      if (error instanceof Problem && error.status === 404) this.step = "unknown";
      else this.problem = sentenceOf(error);
    } finally {
      this.isBusy = false;
    }
  }
}
