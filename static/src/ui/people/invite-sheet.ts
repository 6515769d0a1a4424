/** Whom to invite: an address, and what happens with it. */
import { html, nothing, type TemplateResult } from "lit";

import { invite } from "../../vault/people/people.ts";
import type { GivenRole } from "../../vault/sharing/group-changes.ts";
import type { Group } from "../../vault/sharing/groups.ts";
import type { Vault } from "../../vault/unlock.ts";
import { EmailField } from "../account/email-field.ts";
import { Sheet } from "../library/dialogs/sheet.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";
import { roleField } from "./role-field.ts";

export class InviteSheet extends Sheet {
  protected readonly title: string;
  readonly #vault: Vault;
  readonly #group: Pick<Group, "id" | "name"> | null;
  #role: GivenRole = "member";

  /** With a group, whoever accepts is added to it. */
  constructor(vault: Vault, group: Pick<Group, "id" | "name"> | null = null) {
    super();
    this.#vault = vault;
    this.#group = group;
    this.title = group === null ? t("Invite someone") : t("Invite to {group}", { group: group.name });
  }

  /** Answers the invited address, or "". */
  async ask(): Promise<string> {
    const answer = this.open();
    await this.#startAtAddress();
    return await answer;
  }

  /** The field draws itself a moment after its dialog: `autofocus` would come too late. */
  async #startAtAddress(): Promise<void> {
    const field = this.dialog.querySelector("pv-email-field");
    if (!(field instanceof EmailField)) return;
    await field.updateComplete;
    field.querySelector("input")?.focus();
  }

  protected body(): TemplateResult {
    return html`<form id="invite" @submit=${this.#send} novalidate>
      <pv-email-field></pv-email-field>
      ${this.#group === null ? nothing : roleField(this.#role, (role) => { this.#role = role; })}
      <p class="quiet small">${this.#group === null
        ? t("They get a mail with your address and nothing else. We do not tell you whether they already have a vault; you know each other once they say yes.")
        : t("They get a mail with your address and nothing else, not even the group's name. Once they say yes, a device of yours lets them in: when you open this page or People.")}</p>
    </form>`;
  }

  protected footer(): TemplateResult {
    return html`<button class="btn ghost" type="button" @click=${() => { this.close(""); }}>${t("Cancel")}</button>
      <button class="btn main" form="invite" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${t("Send the invitation")}</button>`;
  }

  readonly #send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const field = this.dialog.querySelector("pv-email-field");
    const email = field instanceof EmailField ? field.value : "";
    if (email === "") {
      this.problem = t("Enter the address of the person you invite.");
      this.update();
      return;
    }
    this.isBusy = true;
    this.problem = "";
    this.update();
    try {
      await invite(this.#vault, email, this.#group && { group: this.#group.id, role: this.#role });
      this.close(email);
    } catch (error) {
      this.isBusy = false;
      this.problem = sentenceOf(error);
      this.update();
    }
  };
}
