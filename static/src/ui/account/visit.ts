/**
 * `<pv-visit>`: from a public profile's page and back to it, at `/visit/NAME`, with a pass. It asks before it acts: whoever leads
 * somebody here must not learn that they have an account.
 */
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { Problem } from "../../api/problem.ts";
import { passTo } from "../../vault/publishing/passes.ts";
import { LightElement } from "../element.ts";
import { icon } from "../icons.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";

@customElement("pv-visit")
export class Visit extends LightElement {
  @state() private isBusy = false;
  @state() private problem = "";
  @state() private needsSignIn = false;

  protected override render(): TemplateResult {
    const name = nameHere();
    return html`<h1>${t("Look at {name} with your account", { name })}</h1>
      <p class="lead quiet">${t("While somebody copies a profile, its large pictures rest. With an account you see them all the same, a photo every two seconds.")}</p>
      <form @submit=${this.goOn}>
        <p class="quiet">${t("The page learns that somebody with an account looks, by a number that is another one each day and on each profile. It does not learn who you are, and nothing of this is kept.")}</p>
        ${this.problem === "" ? "" : html`<p class="note problem" role="alert">${icon("info")}<span>${this.problem}</span></p>`}
        ${this.needsSignIn ? html`<a class="btn main wide" href=${`/sign-in?to=${encodeURIComponent(location.pathname)}`}>${t("Sign in")}</a>`
          : html`<button class="btn main wide" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${t("Go on to the photos")}</button>`}
      </form>`;
  }

  private readonly goOn = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.pass();
  };

  private async pass(): Promise<void> {
    this.isBusy = true;
    this.problem = "";
    try {
      location.assign(await passTo(nameHere()));
    } catch (error) {
      this.isBusy = false;
      this.needsSignIn = error instanceof Problem && error.status === 401;
      this.problem = this.needsSignIn ? t("Sign in first; then you come back here.") : sentenceOf(error);
    }
  }
}

function nameHere(): string {
  return location.pathname.split("/").pop() ?? "";
}
