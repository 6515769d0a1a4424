/** What stands before a link that does not open: why, and what the person can do. */
import { html, nothing, type TemplateResult } from "lit";

import { icon, ring } from "../icons.ts";
import { t } from "../text.ts";

/** How a link can be shut. */
export interface Shut {
  readonly title: string;
  readonly sentence: string;
  /** What the one button says, for what another try may mend. */
  readonly again?: string;
}

/** @translated */
const SHUT: Readonly<Record<string, Shut>> = {
  "link_ended": { title: "This link has ended", sentence: "It ran out, was used up, or was taken back. Ask whoever sent it to you for a new one." },
  "link_asleep": { title: "This link rests", sentence: "It was tried too often with a wrong password. Ask whoever sent it to you to wake it." },
  "too_many_requests": { title: "Too many tries", sentence: "This link was tried too often in the last hour. Wait an hour, then try again.", again: "Try again" },
  "not_found": { title: "There is no such link", sentence: "Check that the address is whole: it is long, and every letter counts." },
  "visit_ended": { title: "Your visit is over", sentence: "For everybody's safety a visit lasts an hour. Open the link again to go on.", again: "Open it again" },
  "cut-off": { title: "Part of this link is missing", sentence: "Copy the whole address, up to its last letter, and open it again." },
  "offline": { title: "You are offline", sentence: "Nothing was lost. Try again when you have a connection.", again: "Try again" },
};

/** What to say for a refusal; one that is not foreseen says its own sentence. */
export function shutFor(code: string, sentence: string): Shut {
  const known = SHUT[code];
  if (known === undefined) return { title: t("This link cannot be opened"), sentence };
  return { title: t(known.title), sentence: t(known.sentence), ...(known.again !== undefined && { again: t(known.again) }) };
}

/** The page before a door that is shut. */
export function shutDoor({ title, sentence, again }: Shut, retry: () => void): TemplateResult {
  return html`<div class="door" role="alert">
    ${ring("link", "big")}
    <h1 tabindex="-1">${title}</h1>
    <p class="lead quiet">${sentence}</p>
    ${again === undefined ? nothing : html`<p><button class="btn main" type="button" @click=${retry}>${icon("retry")}${again}</button></p>`}
  </div>`;
}

/** While the link is asked. */
export function openingDoor(): TemplateResult {
  return html`<div class="door" role="status">${ring("link", "big waiting")}<p class="lead quiet">${t("Opening the link on this device")}</p></div>`;
}
