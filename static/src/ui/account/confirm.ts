/** `<pv-confirm>`: the link from the sign-up mail, `/confirm#ID.CODE`. Asks before it acts: mail scanners follow links. */
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { confirmAddress } from "../../vault/new-account.ts";
import { LightElement } from "../element.ts";
import { icon } from "../icons.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";

const FRAGMENT = /^#([0-9a-f-]{36})\.(\d{8})$/;

@customElement("pv-confirm")
export class Confirm extends LightElement {
  @state() private isBusy = false;
  @state() private problem = "";
  @state() private parts = FRAGMENT.exec(location.hash);

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", this.read);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.read);
  }

  protected override render(): TemplateResult {
    if (this.parts === null) return this.incomplete();
    return html`<h1>${t("Confirm your address")}</h1>
      <p class="lead quiet">${t("This makes your vault. You open it with the password you chose.")}</p>
      <form @submit=${this.confirm}>
        ${this.problem === "" ? "" : html`<p class="note problem" role="alert">${icon("info")}<span>${this.problem}</span></p>`}
        <button class="btn main wide" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${t("Confirm")}</button>
      </form>
      <p class="small quiet other-ways">${t("Is the page where you began still open? Then enter the code {code} there instead.", { code: this.parts[2] ?? "" })}</p>`;
  }

  private incomplete(): TemplateResult {
    return html`<h1>${t("This link is not whole")}</h1>
      <p class="lead quiet">${t("Copy it from the mail again, or enter the code on the page where you began.")}</p>
      <form><a class="btn main wide" href="/sign-up">${t("Make a vault")}</a></form>`;
  }

  private readonly read = (): void => {
    this.parts = FRAGMENT.exec(location.hash);
  };

  private readonly confirm = (event: SubmitEvent): void => {
    event.preventDefault();
    const [, id = "", code = ""] = this.parts ?? [];
    this.isBusy = true;
    this.problem = "";
    confirmAddress(id, code).then(
      () => { location.assign("/photos"); },
      (error: unknown) => {
        this.problem = sentenceOf(error);
        this.isBusy = false;
      },
    );
  };
}
