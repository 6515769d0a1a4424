/** A page of sections: their list at the left, one of them open. Settings and "Your data" are two of them. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";

import { LightElement } from "./element.ts";
import { icon } from "./icons.ts";
import { tellNotArrived } from "./shell/not-arrived.ts";
import { t } from "./text.ts";

export interface Entry {
  readonly name: string;
  readonly icon: string;
  readonly title: string;
  readonly content: () => TemplateResult;
  /** Has what stands in it come, where that is not there with the page. @throws NotArrivedError. */
  readonly code?: () => Promise<unknown>;
}

export abstract class SectionsPage extends LightElement {
  @property() section = "";

  /** Where the page stands, without a slash at its end. */
  protected abstract readonly address: string;
  protected abstract readonly heading: string;
  /** What stands below the heading, "" for nothing. */
  protected readonly words: string = "";
  /** What a phone calls the way back to the list. */
  protected abstract readonly wayBack: string;
  protected abstract readonly sections: readonly Entry[];
  /** What a phone lists below the sections, since its tabs have no room for it. */
  protected others(): readonly TemplateResult[] { return []; }

  protected override render(): TemplateResult {
    const { open } = this;
    return html`<div class="page">
      <div class="page-head"><div><h1>${this.heading}</h1>${this.words === "" ? nothing : html`<p class="sub">${this.words}</p>`}</div></div>
      <div class="settings ${this.section === "" ? "" : "has-section"}">
        <nav class="settings-nav" aria-label=${t("Sections")}>${this.sections.map((entry) => this.link(entry, entry === open))}${this.others()}</nav>
        <div class="stack">
          <a class="btn ghost accent settings-back" href=${this.address}>${icon("back")}${this.wayBack}</a>
          <h2 class="section-name">${open?.title}</h2>
          ${open?.content()}
        </div>
      </div>
    </div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    // Its element stands there, and fills itself once the browser has learned what it is.
    if (changed.has("section")) this.open?.code?.().catch(tellNotArrived);
  }

  /** A wide window always shows a section; a phone shows the list first. */
  private get open(): Entry | undefined {
    return this.sections.find(({ name }) => name === this.section) ?? this.sections[0];
  }

  private link({ name, icon: drawing, title }: Entry, isOpen: boolean): TemplateResult {
    return html`<a href="${this.address}/${name}" aria-current=${isOpen ? "page" : nothing}>${icon(drawing)}${title}${icon("next")}</a>`;
  }
}
