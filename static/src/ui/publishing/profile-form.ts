/** `<pv-profile-form>`: what the public page says, whether it is open, and whether search engines may list it. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { readMe } from "../../vault/preferences.ts";
import type { OwnProfile } from "../../vault/publishing/profile-words.ts";
import type { ProfileWords } from "../../vault/publishing/wire.ts";
import { Section } from "../settings/section.ts";
import { toast } from "../shell/notices.ts";
import { t } from "../text.ts";
import { publishingKeeper } from "./keeper.ts";
import { firstWrong, licenceField, nameFields, written } from "./profile-fields.ts";

@customElement("pv-profile-form")
export class ProfileForm extends Section {
  /** Null to set one up. */
  @property({ attribute: false }) profile: OwnProfile | null = null;
  @property({ attribute: false }) licence = "";

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.profile === null) void this.suggest();
  }

  protected override render(): TemplateResult {
    const { profile } = this;
    // What was signed stands in the fields, whatever the service lists beside it.
    const words = profile?.said ?? profile;
    return html`<form class="card" @submit=${this.save} novalidate aria-label=${t("What your page says")}>
      <header><h2>${profile === null ? t("Set up your page") : t("What your page says")}</h2></header>
      ${this.trouble()}
      ${nameFields(words)}
      <div class="field"><label for="bio">${t("A few words about you")}</label><textarea class="input" id="bio" name="bio" maxlength="500" .value=${words?.bio ?? ""}></textarea></div>
      ${licenceField("page-licence", words?.licence ?? (this.licence || t("All rights reserved")))}
      <div>
        ${profile === null ? nothing : html`<div class="switch-line"><label for="is-open">${t("The page is open")}<span class="sub">${t("Closed, it is as if it were not there. Nothing on it is lost.")}</span></label><input class="switch" id="is-open" name="open" type="checkbox" role="switch" ?checked=${profile.isOpen} /></div>`}
        <div class="switch-line"><label for="is-listed">${t("Search engines may list it")}<span class="sub">${t("Off, they are asked to stay away. Training models on your photos is refused either way.")}</span></label><input class="switch" id="is-listed" name="listed" type="checkbox" role="switch" ?checked=${profile?.isListed ?? false} /></div>
      </div>
      <div class="acts"><button class="btn ${profile === null ? "main" : ""}" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${profile === null ? t("Make the page") : t("Save")}</button></div>
    </form>`;
  }

  private async suggest(): Promise<void> {
    this.licence = (await readMe().catch(() => null))?.preferences.rights_licence ?? "";
  }

  private readonly save = (event: Event): void => {
    event.preventDefault();
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || this.isBusy) return;
    const wrong = firstWrong(form);
    this.problem = wrong?.validationMessage ?? "";
    if (wrong === null) void this.attempt(async () => { await this.put(wordsOf(form, this.profile)); });
  };

  private async put(words: ProfileWords): Promise<void> {
    const wasThere = this.profile !== null;
    await publishingKeeper().saveProfile(words);
    toast(wasThere ? t("Your page says so now.") : t("Your page is there. It is empty until you show something."));
  }
}

function wordsOf(form: HTMLFormElement, profile: OwnProfile | null): ProfileWords {
  const data = new FormData(form);
  return {
    name: written(form, "name"), shownName: written(form, "shown-name"), bio: written(form, "bio"), licence: written(form, "licence"), albums: (profile?.said ?? profile)?.albums ?? [],
    isOpen: profile === null || data.has("open"), isListed: data.has("listed"), coverId: profile?.coverId ?? null,
  };
}
