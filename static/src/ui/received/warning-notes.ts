/** What is not as it should be in a shared album, above its photos. */
import { html, type TemplateResult } from "lit";

import { icon } from "../icons.ts";

/** `alerts` are about people's keys, `gaps` about photos that are not as the history says. */
export function warningNotes(alerts: readonly string[], gaps: readonly string[]): TemplateResult {
  return html`${alerts.map((words) => html`<p class="note danger" role="alert">${icon("warning")}<span>${words}</span></p>`)}
    ${gaps.map((words) => html`<p class="note warn" role="status">${icon("info")}<span>${words}</span></p>`)}`;
}
