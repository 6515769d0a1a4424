/** The sections of "Your data", in the order in which they are shown. */
import { html, type TemplateResult } from "lit";

import { t } from "../text.ts";
import "./seen-section.ts";
import "./take-section.ts";

export interface Entry {
  readonly name: string;
  readonly icon: string;
  readonly title: string;
  readonly content: () => TemplateResult;
}

export const SECTIONS: readonly Entry[] = [
  { name: "take-with-you", icon: "download", title: t("Take it with you"), content: () => html`<pv-data-take></pv-data-take>` },
  { name: "seen", icon: "people", title: t("Who can see what"), content: () => html`<pv-data-seen></pv-data-seen>` },
];
