/** The sections of "Your data", in the order in which they are shown. */
import { html } from "lit";

import type { Entry } from "../sections-page.ts";
import { apart, later } from "../shell/later.ts";
import { t } from "../text.ts";
import "./about-section.ts";
import "./archives-section.ts";
import "./choices-section.ts";
import "./close-section.ts";
import "./deleted-section.ts";
import "./health-section.ts";
import "./legal-section.ts";
import "./processors-section.ts";
import "./reports-section.ts";
import "./requests-section.ts";
import "./seen-section.ts";
import "./touches-section.ts";

// What these stand on, keys of other people and signatures, is more than all the others together.
const consents = later(() => import("./consents-section.ts"));
const receipts = later(() => import("./receipts-section.ts"));
const take = later(() => import("./take-section.ts"));
const takedowns = apart(() => import("./takedowns-section.ts"));

export const SECTIONS: readonly Entry[] = [
  { name: "deleted", icon: "recycle", title: t("Deleted"), content: () => html`<pv-data-deleted></pv-data-deleted>` },
  { name: "receipts", icon: "rights", title: t("Receipts"), content: () => html`<pv-data-receipts></pv-data-receipts>`, code: receipts },
  { name: "take-with-you", icon: "download", title: t("Take it with you"), content: () => html`<pv-data-take></pv-data-take>`, code: take },
  { name: "archives", icon: "archive", title: t("Archives"), content: () => html`<pv-data-archives></pv-data-archives>` },
  { name: "health", icon: "check", title: t("Photo health"), content: () => html`<pv-data-health></pv-data-health>` },
  { name: "choices", icon: "select", title: t("Choices"), content: () => html`<pv-data-choices></pv-data-choices>` },
  { name: "copies-elsewhere", icon: "search", title: t("Copies elsewhere"), content: () => html`<pv-data-takedowns></pv-data-takedowns>`, code: takedowns },
  { name: "consents", icon: "correct", title: t("Consents"), content: () => html`<pv-data-consents></pv-data-consents>`, code: consents },
  { name: "requests", icon: "info", title: t("Requests"), content: () => html`<pv-data-requests></pv-data-requests>` },
  { name: "reports", icon: "report", title: t("Reports"), content: () => html`<pv-data-reports></pv-data-reports>` },
  { name: "touches", icon: "visible", title: t("Who touched my photos"), content: () => html`<pv-data-touches></pv-data-touches>` },
  { name: "processors", icon: "share", title: t("Who works for us"), content: () => html`<pv-data-processors></pv-data-processors>` },
  { name: "legal", icon: "mark", title: t("Legal requests"), content: () => html`<pv-data-legal></pv-data-legal>` },
  { name: "about", icon: "info", title: t("What we know about you"), content: () => html`<pv-data-about></pv-data-about>` },
  { name: "seen", icon: "people", title: t("Who can see what"), content: () => html`<pv-data-seen></pv-data-seen>` },
  { name: "close", icon: "sign-out", title: t("Close your account"), content: () => html`<pv-data-close></pv-data-close>` },
];
