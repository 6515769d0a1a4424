/** Name and words of a group, for a new one and for one that is there. */
import { html, type TemplateResult } from "lit";

import { changeSettings, createGroup } from "../../vault/sharing/group-changes.ts";
import type { Circle, Group } from "../../vault/sharing/groups.ts";
import { Sheet } from "../library/dialogs/sheet.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";

export class GroupSheet extends Sheet {
  protected readonly title: string;
  readonly #circle: Circle;
  readonly #group: Group | null;

  /** For a group that is there, or (with null) a new one. */
  constructor(circle: Circle, group: Group | null) {
    super();
    this.#circle = circle;
    this.#group = group;
    this.title = group === null ? t("New group") : t("Name and words");
  }

  /** Answers the group's id, "" when nothing was saved. */
  async ask(): Promise<string> {
    return await this.open();
  }

  protected body(): TemplateResult {
    return html`<form id="group-form" class="stack" @submit=${this.#save} novalidate>
      <div class="field"><label for="group-name">${t("Name")}</label>
        <input class="input" id="group-name" name="name" maxlength="200" required autocomplete="off" autofocus .value=${this.#group?.name ?? ""} /></div>
      <div class="field"><label for="group-description">${t("A few words")}</label>
        <textarea class="input" id="group-description" name="description" maxlength="2000" .value=${this.#group?.description ?? ""}></textarea></div>
      <p class="quiet small">${t("Encrypted: only those who are in the group can read its name.")}</p>
    </form>`;
  }

  protected footer(): TemplateResult {
    return html`<button class="btn ghost" type="button" @click=${() => { this.close(""); }}>${t("Cancel")}</button>
      <button class="btn main" form="group-form" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${this.#group === null ? t("Make the group") : t("Save")}</button>`;
  }

  readonly #save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement) || this.isBusy) return;
    const data = new FormData(event.target);
    const settings = { name: String(data.get("name") ?? "").trim(), description: String(data.get("description") ?? "").trim() };
    if (settings.name === "") {
      this.problem = t("Give the group a name first.");
      this.update();
      return;
    }
    this.isBusy = true;
    this.problem = "";
    this.update();
    try {
      if (this.#group !== null) await changeSettings(this.#circle, this.#group.id, settings);
      this.close(this.#group === null ? await createGroup(this.#circle, settings) : this.#group.id);
    } catch (error) {
      this.isBusy = false;
      this.problem = sentenceOf(error);
      this.update();
    }
  };
}
