/** `<pv-settings-preferences>`: looks, locking, deleting, and what a new photo carries. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { Preferences, Theme } from "../../api/types.ts";
import { changePreferences, metadataChoice, readMe, rememberMetadataChoice, type MetadataChoice } from "../../vault/preferences.ts";
import { rememberedTheme } from "../../vault/theme.ts";
import { languagesSpoken } from "../languages.ts";
import { t, tn } from "../text.ts";
import { Section } from "./section.ts";

const LOCK_MINUTES = [1, 5, 15, 30, 60, 240, 0] as const;
const MOST_BIN_DAYS = 7;

@customElement("pv-settings-preferences")
export class PreferencesSection extends Section {
  @state() private preferences: Preferences | null = null;
  @state() private choice: MetadataChoice = metadataChoice();
  private saved: Promise<unknown> = Promise.resolve();

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(async () => {
      this.preferences = (await readMe()).preferences;
    });
  }

  protected override render(): TemplateResult {
    return html`<div class="stack">${this.trouble()} ${this.looks()} ${this.language()} ${this.locking()} ${this.deleting()} ${this.metadata()} ${this.rights()}</div>`;
  }

  private looks(): TemplateResult {
    const theme = this.preferences?.theme ?? rememberedTheme();
    const choices: readonly (readonly [Theme, string])[] = [["system", t("As the system")], ["light", t("Light")], ["dark", t("Dark")]];
    return html`<section class="card"><header><h3>${t("Appearance")}</h3></header>
      <div class="choices across" role="radiogroup" aria-label=${t("Appearance")}>
        ${choices.map(([value, words]) => this.radio("theme", value, words, "", value === theme, () => { this.change({ theme: value }); }))}
      </div></section>`;
  }

  private language(): TemplateResult | typeof nothing {
    const own = this.preferences?.language ?? "";
    const known = languagesSpoken();
    if (known.length < 2) return nothing;
    return html`<section class="card"><header><h3>${t("Language")}</h3></header>
      <div class="field narrow"><label for="language">${t("Pages and mails are in")}</label>
        <select class="input" id="language" ?disabled=${this.preferences === null} @change=${this.setLanguage}>
          ${known.map(([code, name]) => html`<option value=${code} lang=${code} ?selected=${code === own}>${name}</option>`)}
        </select>
        <p class="hint">${t("The page is loaded anew when you change it.")}</p></div></section>`;
  }

  private locking(): TemplateResult {
    const minutes = this.preferences?.auto_lock_minutes ?? 15;
    return html`<section class="card"><header><h3>${t("Locking")}</h3></header>
      <div class="field narrow"><label for="auto-lock">${t("Lock by itself")}</label>
        <select class="input" id="auto-lock" @change=${this.setAutoLock}>
          ${[...new Set([...LOCK_MINUTES, minutes])].map((each) => html`<option value=${each} ?selected=${each === minutes}>${lockWords(each)}</option>`)}
        </select>
        <p class="hint">${t("Counted from the last thing you did, in any tab.")}</p></div></section>`;
  }

  private deleting(): TemplateResult {
    const days = this.preferences?.recycle_bin_days ?? 0;
    const off = t("Deleted photos are gone from our servers at once and unreadable in every backup within 22 days.");
    const on = tn(
      "Deleted photos wait {n} day in the recycle bin, where you can take them back. Then they are gone from our servers, and 22 days later unreadable in every backup.",
      "Deleted photos wait {n} days in the recycle bin, where you can take them back. Then they are gone from our servers, and 22 days later unreadable in every backup.",
      days,
    );
    return html`<section class="card"><header><h3>${t("Recycle bin")}</h3></header>
      <div class="field narrow"><label for="bin-days">${t("Keep deleted photos for")}</label>
        <select class="input" id="bin-days" aria-describedby="bin-words" @change=${this.setBinDays}>
          ${Array.from({ length: MOST_BIN_DAYS + 1 }, (_, each) => html`<option value=${each} ?selected=${each === days}>${each === 0 ? t("No bin: delete at once") : tn("{n} day", "{n} days", each)}</option>`)}
        </select></div>
      <p class="small quiet read" id="bin-words">${days === 0 ? off : on}</p></section>`;
  }

  private metadata(): TemplateResult {
    const choices: readonly (readonly [MetadataChoice, string, string])[] = [
      ["remember", t("Remove from the file, remember for my timeline"), t("Date and place stay with you, encrypted. The file carries nothing.")],
      ["remove", t("Remove everything"), t("Not even you will know when or where it was taken.")],
      ["keep", t("Keep the file as it is"), t("Encrypted all the same. A copy you share later is cleaned first.")],
    ];
    return html`<section class="card"><header><h3>${t("What new photos say about you")}</h3><p class="read">${t("Cameras write date, place and serial numbers into each file. This choice is for this device, and you can change it at every upload.")}</p></header>
      <div class="choices" role="radiogroup" aria-label=${t("What new photos say about you")}>
        ${choices.map(([value, words, sub]) => this.radio("metadata", value, words, sub, value === this.choice, () => {
          this.choice = value;
          rememberMetadataChoice(value);
        }))}
      </div></section>`;
  }

  private rights(): TemplateResult {
    return html`<section class="card"><header><h3>${t("Whose photos these are")}</h3><p class="read">${t("Written beside each new photo, encrypted. We take no licence, whatever it says.")}</p></header>
      <form @submit=${this.saveRights}>
        <div class="field"><label for="creator">${t("Made by")}</label><input class="input" id="creator" maxlength="120" autocomplete="name" .value=${this.preferences?.rights_creator ?? ""} /></div>
        <div class="field"><label for="licence">${t("Rights")}</label><input class="input" id="licence" maxlength="200" .value=${this.preferences?.rights_licence ?? ""} /></div>
        <p class="acts"><button class="btn" ?disabled=${this.isBusy || this.preferences === null}>${t("Save")}</button></p>
      </form></section>`;
  }

  private radio(name: string, value: string, words: string, sub: string, isOn: boolean, choose: () => void): TemplateResult {
    return html`<label><input type="radio" name=${name} value=${value} .checked=${isOn} @change=${choose} /><strong>${words}</strong>${sub === "" ? "" : html`<span class="sub">${sub}</span>`}</label>`;
  }

  /** One after the other: what is chosen while an earlier choice is still being saved counts too. */
  private change(changes: Partial<Preferences>): void {
    this.saved = this.saved.then(() => this.attempt(async () => {
      this.preferences = await changePreferences(changes);
    }));
  }

  private readonly setAutoLock = (event: Event): void => {
    if (event.target instanceof HTMLSelectElement) this.change({ auto_lock_minutes: Number(event.target.value) });
  };

  private readonly setLanguage = (event: Event): void => {
    if (!(event.target instanceof HTMLSelectElement)) return;
    this.change({ language: event.target.value });
    void this.saved.then(() => { if (this.problem === "") location.reload(); });
  };

  private readonly setBinDays = (event: Event): void => {
    if (event.target instanceof HTMLSelectElement) this.change({ recycle_bin_days: Number(event.target.value) });
  };

  private readonly saveRights = (event: SubmitEvent): void => {
    event.preventDefault();
    const value = (id: string): string => this.find<HTMLInputElement>(id)?.value.trim() ?? "";
    this.change({ rights_creator: value("#creator"), rights_licence: value("#licence") });
  };
}

function lockWords(minutes: number): string {
  if (minutes === 0) return t("Never, only by hand");
  if (minutes % 60 === 0) return tn("After {n} hour", "After {n} hours", minutes / 60);
  return tn("After {n} minute", "After {n} minutes", minutes);
}
