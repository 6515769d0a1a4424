/** Whom to add to a group, from the people one knows. */
import { html, type TemplateResult } from "lit";

import type { Person } from "../../vault/people/people.ts";
import { addMember, type GivenRole } from "../../vault/sharing/group-changes.ts";
import type { Circle, Group } from "../../vault/sharing/groups.ts";
import { icon } from "../icons.ts";
import { Sheet } from "../library/dialogs/sheet.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";
import { initials } from "./initials.ts";
import { roleField } from "./role-field.ts";

export class AddSheet extends Sheet {
  protected readonly title: string;
  readonly #circle: Circle;
  readonly #group: Group;
  readonly #people: readonly Person[];
  readonly #picked = new Set<string>();
  #role: GivenRole = "member";
  #isChanged = false;

  constructor(circle: Circle, group: Group, contacts: readonly Person[]) {
    super();
    this.#circle = circle;
    this.#group = group;
    this.#people = contacts.filter(({ accountId }) => !group.members.some((member) => member.accountId === accountId && member.keys !== null));
    this.title = t("Add to {group}", { group: group.name });
  }

  /** Answers "invite" when somebody else is to be asked, "added" when anybody came in, else "". */
  async ask(): Promise<string> {
    const answer = await this.open();
    return answer === "" && this.#isChanged ? "added" : answer;
  }

  protected body(): TemplateResult {
    if (this.#people.length === 0) {
      return html`<p>${t("Everybody you know is in this group already. Invite somebody else by e-mail: they join once they say yes.")}</p>`;
    }
    return html`<form id="add-form" class="stack" @submit=${this.#add}>
        <fieldset class="field"><legend class="sr">${t("People you know")}</legend>
          <ul class="rows pick-people">${this.#people.map((person) => this.#row(person))}</ul></fieldset>
        ${roleField(this.#role, (role) => { this.#role = role; })}
      </form>
      <p class="quiet small">${t("Whoever you add can open everything that is shared with this group, from its beginning.")}</p>`;
  }

  protected footer(): TemplateResult {
    const invite = html`<button class="btn ${this.#people.length === 0 ? "main" : "ghost"}" type="button" @click=${() => { this.close("invite"); }}>${icon("mail")}${t("Invite by e-mail")}</button>`;
    if (this.#people.length === 0) return invite;
    return html`${invite}<button class="btn main" form="add-form" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${t("Add")}</button>`;
  }

  #row({ accountId, email, trust }: Person): TemplateResult {
    const isOff = trust === "changed";
    const pick = (event: Event): void => {
      if ((event.target as HTMLInputElement).checked) this.#picked.add(accountId);
      else this.#picked.delete(accountId);
    };
    return html`<li><label>
      <input type="checkbox" .checked=${this.#picked.has(accountId)} ?disabled=${isOff} @change=${pick} />
      <span class="avatar" aria-hidden="true">${initials(email)}</span>
      <span class="grow"><strong>${email}</strong><span class="sub">${isOff ? t("Keys changed: compare the safety number first") : trust === "checked" ? t("Safety number checked") : t("Safety number not checked yet")}</span></span>
    </label></li>`;
  }

  readonly #add = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.isBusy) return;
    if (this.#picked.size === 0) {
      this.problem = t("Choose whom to add first.");
      this.update();
      return;
    }
    this.isBusy = true;
    this.problem = "";
    this.update();
    try {
      for (const accountId of [...this.#picked]) {
        await addMember(this.#circle, this.#group.id, accountId, this.#role);
        this.#isChanged = true;
        this.#picked.delete(accountId);
      }
      this.close("added");
    } catch (error) {
      this.isBusy = false;
      this.problem = sentenceOf(error);
      this.update();
    }
  };
}
