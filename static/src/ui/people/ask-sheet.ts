/** Asking for photos: what for, until when, and how many. */
import { html, type TemplateResult } from "lit";

import { makeCollectLink } from "../../vault/sharing/collect-links.ts";
import type { Vault } from "../../vault/unlock.ts";
import { linkPasswordProblem } from "../account/strength.ts";
import { Sheet } from "../library/dialogs/sheet.ts";
import { sentenceOf } from "../sentence.ts";
import { endField, inDays, numberIn } from "../sharing/link-choices.ts";
import { t, tn } from "../text.ts";

const PHOTOS = [50, 200, 500, 2000] as const;
const USUAL_PHOTOS = 500;
/** Room for so many bytes of each: an original of a good camera, and its small pictures. */
const BYTES_EACH = 20_000_000;

export class AskSheet extends Sheet {
  protected readonly title = t("Ask for photos");
  readonly #vault: Vault;

  constructor(vault: Vault) {
    super();
    this.#vault = vault;
  }

  /** Answers the new link's id, or "". */
  async ask(): Promise<string> {
    return await this.open();
  }

  protected body(): TemplateResult {
    return html`<form id="ask" class="ask-form" @submit=${this.#make} novalidate>
      <div class="field"><label for="ask-name">${t("What for")}</label><input class="input" id="ask-name" maxlength="120" autocomplete="off" autofocus placeholder=${t("Ida and Tom’s wedding")} aria-describedby="ask-hint" />
        <p class="hint" id="ask-hint">${t("Whoever opens the link reads this. We do not.")}</p></div>
      <div class="field"><label for="ask-password">${t("Password, if you like")}</label><input class="input" id="ask-password" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="200" /></div>
      <div class="pair">${endField("ask-end")}
        <div class="field"><label for="ask-photos">${t("At most")}</label><select class="input" id="ask-photos">${PHOTOS.map((count) => html`<option value=${count} ?selected=${count === USUAL_PHOTOS}>${tn("{n} photo", "{n} photos", count)}</option>`)}</select></div></div>
      <p class="quiet small">${t("What they bring counts against your storage.")}</p>
    </form>`;
  }

  protected footer(): TemplateResult {
    return html`<button class="btn ghost" type="button" @click=${() => { this.close(""); }}>${t("Cancel")}</button>
      <button class="btn main" form="ask" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${t("Make the link")}</button>`;
  }

  readonly #make = async (event: Event): Promise<void> => {
    event.preventDefault();
    const valueOf = (id: string): string => this.dialog.querySelector<HTMLInputElement>(id)?.value ?? "";
    const name = valueOf("#ask-name").trim();
    this.problem = name === "" ? t("Say what the photos are for.") : "";
    this.isBusy = name !== "";
    this.update();
    if (name === "") return;
    const photoLimit = numberIn(this.dialog.querySelector("#ask-photos"));
    const expiresAt = inDays(numberIn(this.dialog.querySelector("#ask-end")));
    const password = valueOf("#ask-password");
    try {
      this.problem = await linkPasswordProblem(password);
      if (this.problem === "") this.close(await makeCollectLink(this.#vault, { name, password, expiresAt, photoLimit, byteLimit: photoLimit * BYTES_EACH }));
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    this.isBusy = false;
    this.update();
  };
}
