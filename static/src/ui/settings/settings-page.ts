/** `<pv-settings>`: the sections at the left, one of them open. */
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";

import { icon, ring } from "../icons.ts";
import { hasProfiles } from "../publishing/offered.ts";
import { later } from "../shell/later.ts";
import { SectionsPage, type Entry } from "../sections-page.ts";
import { t } from "../text.ts";
import "./account-section.ts";
import "./preferences-section.ts";
import "./privacy-section.ts";
import "./storage-section.ts";

// What these stand on, keys of other people and the words of recovery, is more than all the others together.
const contacts = later(() => import("./contacts-section.ts"));
const recovery = later(() => import("./recovery-section.ts"));
const security = later(() => import("./security-section.ts"));

const SECTIONS: readonly Entry[] = [
  { name: "account", icon: "account", title: t("Account and devices"), content: () => html`<pv-settings-account></pv-settings-account>` },
  { name: "security", icon: "key", title: t("Signing in"), content: () => html`<pv-settings-security></pv-settings-security>`, code: security },
  { name: "recovery", icon: "recovery", title: t("Recovery key"), content: () => html`<pv-settings-recovery></pv-settings-recovery>`, code: recovery },
  { name: "contacts", icon: "help", title: t("Recovery contacts"), content: () => html`<pv-settings-contacts></pv-settings-contacts>`, code: contacts },
  { name: "privacy", icon: "people", title: t("Privacy"), content: () => html`<pv-settings-privacy></pv-settings-privacy>` },
  { name: "preferences", icon: "sun", title: t("Preferences"), content: () => html`<pv-settings-preferences></pv-settings-preferences>` },
  { name: "storage", icon: "storage", title: t("Storage"), content: () => html`<pv-settings-storage></pv-settings-storage>` },
];

@customElement("pv-settings")
export class SettingsPage extends SectionsPage {
  protected override readonly address = "/settings";
  protected override readonly heading = t("Settings");
  protected override readonly wayBack = t("All settings");
  protected override readonly sections = SECTIONS;

  protected override others(): readonly TemplateResult[] {
    const data = html`<a class="phone-only" href="/your-data">${icon("rights")}${t("Your data")}${icon("next")}</a>`;
    return hasProfiles() ? [data, html`<a class="phone-only" href="/profile">${ring("public")}${t("Public page")}${icon("next")}</a>`] : [data];
  }
}
