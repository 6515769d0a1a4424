/** Taking photos back from everyone, and whether marked copies still lead to their owner. */
import { html, nothing, type TemplateResult } from "lit";

import { withdraw, withdrawAll } from "../../vault/publishing/publications.ts";
import type { Publication } from "../../vault/publishing/statements.ts";
import { withStepUp } from "../../vault/step-up.ts";
import { currentVault } from "../../vault/unlock.ts";
import { askStepUp } from "../account/step-up-dialog.ts";
import { Sheet } from "../library/dialogs/sheet.ts";
import { sentenceOf } from "../sentence.ts";
import { toast } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { publishingKeeper } from "./keeper.ts";

export class WithdrawSheet extends Sheet {
  protected readonly title: string;
  readonly #publications: readonly Publication[];
  readonly #isAll: boolean;
  #keepsNumber = true;

  /** `isAll`: all that there is, in one request. */
  constructor(publications: readonly Publication[], isAll: boolean) {
    super();
    this.#publications = publications;
    this.#isAll = isAll;
    const { length } = publications;
    this.title = isAll ? t("Take everything back?") : tn("Take {n} photo back?", "Take {n} photos back?", length);
  }

  /** Answers whether they are taken back. */
  async ask(): Promise<boolean> {
    return (await this.open()) === "done";
  }

  protected body(): TemplateResult {
    const isMarked = this.#publications.some(({ isWatermarked }) => isWatermarked);
    const change = (event: Event): void => { this.#keepsNumber = (event.target as HTMLInputElement).checked; };
    return html`<p>${tn("It is gone from your public page in the same moment, and the key of its copy is destroyed.", "They are gone from your public page in the same moment, and the keys of their copies are destroyed.", this.#publications.length)}</p>
      <p>${t("What others saved, they keep. Your photos stay in your vault as they are.")}</p>
      ${isMarked ? html`<div class="switch-line"><label for="keeps-number">${t("Keep the number, so copies still lead to you")}<span class="sub">${t("Of a marked copy we then keep the number and that it is yours, and nothing of the picture. Without it, a copy that turns up later leads nowhere.")}</span></label>
        <input class="switch" id="keeps-number" type="checkbox" role="switch" .checked=${this.#keepsNumber} @change=${change} /></div>` : nothing}`;
  }

  protected footer(): TemplateResult {
    return html`<button class="btn ghost" type="button" @click=${() => { this.close(""); }}>${t("Cancel")}</button>
      <button class="btn danger final" type="button" ?disabled=${this.isBusy} aria-busy=${this.isBusy} @click=${() => void this.#withdraw()}>${t("Take back")}</button>`;
  }

  async #withdraw(): Promise<void> {
    const vault = currentVault();
    if (vault === null || this.isBusy) return;
    this.isBusy = true;
    this.problem = "";
    this.update();
    const ids = this.#publications.map(({ id }) => id);
    try {
      await withStepUp(async () => {
        if (this.#isAll) await withdrawAll(ids, this.#keepsNumber, vault);
        else for (const id of ids) await withdraw(id, this.#keepsNumber, vault);
      }, askStepUp);
      await publishingKeeper().afterWithdrawal(ids).catch(() => undefined);
      toast(tn("Nobody but you can see it any more.", "Nobody but you can see them any more.", ids.length));
      this.close("done");
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    this.isBusy = false;
    this.update();
  }
}
