/** Asks for the password once more, in a dialog. */
import { html, render, type TemplateResult } from "lit";

import { stepUp } from "../../vault/step-up.ts";
import { sentenceOf } from "../sentence.ts";
import { showDialog } from "../shell/notices.ts";
import { t } from "../text.ts";
import { PasswordField } from "./password-field.ts";

/** Ask, prove, and answer whether the person went through with it. */
export async function askStepUp(): Promise<boolean> {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog narrow";
  dialog.setAttribute("aria-labelledby", "step-up-title");
  const show = (problem: string, isBusy: boolean): void => {
    render(content(problem, isBusy, submit, () => { dialog.close(""); }), dialog);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const field = dialog.querySelector("pv-password-field");
    const password = field instanceof PasswordField ? field.value : "";
    if (password === "") {
      show(t("Enter your password."), false);
      return;
    }
    show("", true);
    stepUp(password).then(
      () => { dialog.close("proved"); },
      (error: unknown) => { show(sentenceOf(error), false); },
    );
  };
  show("", false);
  return (await showDialog(dialog)) === "proved";
}

function content(problem: string, isBusy: boolean, submit: (event: SubmitEvent) => void, cancel: () => void): TemplateResult {
  return html`<header><h2 id="step-up-title">${t("Is it you?")}</h2></header>
    <form class="body" id="step-up" @submit=${submit} novalidate>
      <p class="quiet">${t("This change asks for your password once more. It holds for ten minutes.")}</p>
      <pv-password-field label=${t("Password")} complete="current-password" .problem=${problem}></pv-password-field>
    </form>
    <footer>
      <button class="btn ghost" type="button" @click=${cancel}>${t("Cancel")}</button>
      <button class="btn main" form="step-up" ?disabled=${isBusy} aria-busy=${isBusy}>${t("Confirm")}</button>
    </footer>`;
}
