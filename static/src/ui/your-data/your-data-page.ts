/** `<pv-your-data>`: everything somebody may ask of us about their data, where it stands, and the proof. */
import { customElement } from "lit/decorators.js";

import { SectionsPage } from "../sections-page.ts";
import { t } from "../text.ts";
import { SECTIONS } from "./sections.ts";

@customElement("pv-your-data")
export class YourDataPage extends SectionsPage {
  protected override readonly address = "/your-data";
  protected override readonly heading = t("Your data");
  protected override readonly words = t("Everything you may ask of us, where it stands, and the proof.");
  protected override readonly wayBack = t("Your data");
  protected override readonly sections = SECTIONS;
}
