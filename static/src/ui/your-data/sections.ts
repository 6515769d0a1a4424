/** The sections of "Your data", in the order in which they are shown. */
import { html, type TemplateResult } from "lit";

import { t } from "../text.ts";
import "./health-section.ts";
import "./seen-section.ts";

export interface Entry {
  readonly name: string;
  readonly icon: string;
  readonly title: string;
  readonly content: () => TemplateResult;
}

export const SECTIONS: readonly Entry[] = [
  { name: "health", icon: "check", title: t("Photo health"), content: () => html`<pv-data-health></pv-data-health>` },
  { name: "seen", icon: "people", title: t("Who can see what"), content: () => html`<pv-data-seen></pv-data-seen>` },
];
