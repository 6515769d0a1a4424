/** `<pv-settings>`: the sections at the left, one of them open. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { LightElement } from "../element.ts";
import { icon } from "../icons.ts";
import { t } from "../text.ts";
import "./account-section.ts";
import "./contacts-section.ts";
import "./preferences-section.ts";
import "./privacy-section.ts";
import "./recovery-section.ts";
import "./security-section.ts";
import "./storage-section.ts";

interface Entry {
  readonly name: string;
  readonly icon: string;
  readonly title: string;
  readonly content: () => TemplateResult;
}

const SECTIONS: readonly Entry[] = [
  { name: "account", icon: "account", title: t("Account and devices"), content: () => html`<pv-settings-account></pv-settings-account>` },
  { name: "security", icon: "key", title: t("Signing in"), content: () => html`<pv-settings-security></pv-settings-security>` },
  { name: "recovery", icon: "recovery", title: t("Recovery key"), content: () => html`<pv-settings-recovery></pv-settings-recovery>` },
  { name: "contacts", icon: "help", title: t("Recovery contacts"), content: () => html`<pv-settings-contacts></pv-settings-contacts>` },
  { name: "privacy", icon: "people", title: t("Privacy"), content: () => html`<pv-settings-privacy></pv-settings-privacy>` },
  { name: "preferences", icon: "sun", title: t("Preferences"), content: () => html`<pv-settings-preferences></pv-settings-preferences>` },
  { name: "storage", icon: "storage", title: t("Storage"), content: () => html`<pv-settings-storage></pv-settings-storage>` },
];

@customElement("pv-settings")
export class SettingsPage extends LightElement {
  @property() section = "";

  protected override render(): TemplateResult {
    // A wide window always shows a section; a phone shows the list first.
    const [first] = SECTIONS;
    const open = SECTIONS.find(({ name }) => name === this.section) ?? first;
    return html`<div class="page">
      <div class="page-head"><div><h1>${t("Settings")}</h1></div></div>
      <div class="settings ${this.section === "" ? "" : "has-section"}">
        <nav class="settings-nav" aria-label=${t("Sections")}>${SECTIONS.map((entry) => this.link(entry, entry === open))}</nav>
        <div class="stack">
          <a class="btn ghost accent settings-back" href="/settings">${icon("back")}${t("All settings")}</a>
          <h2 class="sr">${open?.title}</h2>
          ${open?.content()}
        </div>
      </div>
    </div>`;
  }

  private link({ name, icon: drawing, title }: Entry, isOpen: boolean): TemplateResult {
    return html`<a href="/settings/${name}" aria-current=${isOpen ? "page" : nothing}>${icon(drawing)}${title}${icon("next")}</a>`;
  }
}
