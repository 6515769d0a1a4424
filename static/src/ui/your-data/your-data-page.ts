/** `<pv-your-data>`: everything somebody may ask of us about their data, where it stands, and the proof. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { LightElement } from "../element.ts";
import { icon } from "../icons.ts";
import { t } from "../text.ts";
import { SECTIONS, type Entry } from "./sections.ts";

@customElement("pv-your-data")
export class YourDataPage extends LightElement {
  @property() section = "";

  protected override render(): TemplateResult {
    // A wide window always shows a section; a phone shows the list first.
    const [first] = SECTIONS;
    const open = SECTIONS.find(({ name }) => name === this.section) ?? first;
    return html`<div class="page">
      <div class="page-head"><div><h1>${t("Your data")}</h1><p class="sub">${t("Everything you may ask of us, where it stands, and the proof.")}</p></div></div>
      <div class="settings ${this.section === "" ? "" : "has-section"}">
        <nav class="settings-nav" aria-label=${t("Sections")}>${SECTIONS.map((entry) => this.link(entry, entry === open))}</nav>
        <div class="stack">
          <a class="btn ghost accent settings-back" href="/your-data">${icon("back")}${t("Your data")}</a>
          <h2 class="sr">${open?.title}</h2>
          ${open?.content()}
        </div>
      </div>
    </div>`;
  }

  private link({ name, icon: drawing, title }: Entry, isOpen: boolean): TemplateResult {
    return html`<a href="/your-data/${name}" aria-current=${isOpen ? "page" : nothing}>${icon(drawing)}${title}${icon("next")}</a>`;
  }
}
