/** What every settings card starts from: one act at a time, with its trouble said in a sentence. */
import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { withStepUp } from "../../vault/step-up.ts";
import { askStepUp } from "../account/step-up-dialog.ts";
import { LightElement } from "../element.ts";
import { icon } from "../icons.ts";
import { sentenceOf } from "../sentence.ts";

export class Section extends LightElement {
  @state() protected isBusy = false;
  @state() protected problem = "";

  /** Do something with the account, asking for the password when the server wants a fresh proof. */
  protected async attempt(act: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    this.problem = "";
    try {
      await withStepUp(act, askStepUp);
    } catch (error) {
      this.problem = sentenceOf(error);
    } finally {
      this.isBusy = false;
    }
  }

  protected trouble(): TemplateResult | typeof nothing {
    if (this.problem === "") return nothing;
    return html`<p class="note problem" role="alert">${icon("info")}<span>${this.problem}</span></p>`;
  }
}
