/** One file of the tray. */
import { html, nothing, type TemplateResult } from "lit";

import type { UploadEntry, UploadState } from "../../../transfer/entries.ts";
import type { UploadQueue } from "../../../transfer/queue.ts";
import { icon } from "../../icons.ts";
import { t } from "../../text.ts";
import type { LibrarySession } from "../session.ts";
import { picture } from "../views/cover.ts";
import { stateWords } from "./words.ts";

const MOVING: ReadonlySet<UploadState> = new Set(["reading", "encrypting", "sending", "finishing"]);
const ENDABLE: ReadonlySet<UploadState> = new Set(["waiting", "checking", "reading", "encrypting", "sending", "paused", "waiting-for-network", "choose-again"]);

export function row(entry: UploadEntry, queue: UploadQueue, session: LibrarySession | null): TemplateResult {
  return html`<li class=${entry.state}>
    ${thumb(entry, session)}
    <span class="grow"><span class="name">${entry.name}</span><span class="sub">${stateWords(entry)}</span>
      ${entry.state === "sending" ? html`<progress class="meter" max=${entry.totalBytes || 1} .value=${entry.sentBytes} aria-label=${t("{name} sent", { name: entry.name })}></progress>` : nothing}
    </span>
    ${tools(entry, queue)}
  </li>`;
}

function thumb(entry: UploadEntry, session: LibrarySession | null): TemplateResult {
  const isThere = entry.imageId !== null && session?.access.library.byId(entry.imageId)?.hasThumbnail === true;
  if (isThere && session !== null) return html`<span class="thumb"><img alt="" hidden ${picture(session.access.media, entry.imageId)} /></span>`;
  return html`<span class="thumb">${icon(MOVING.has(entry.state) ? "wait" : "photo", MOVING.has(entry.state) ? "small spin" : "small")}</span>`;
}

function tools(entry: UploadEntry, queue: UploadQueue): TemplateResult {
  const tool = (name: string, label: string, act: () => void): TemplateResult =>
    html`<button class="btn icon-only" type="button" aria-label=${label} title=${label} @click=${act}>${icon(name)}</button>`;
  if (entry.state === "done" || entry.state === "already-there") return html`<span class="state">${icon("check")}</span>`;
  if (entry.failure?.offersKeep) return html`<button class="btn ghost accent short" type="button" @click=${() => { queue.retryKeeping(entry.id); }}>${t("Keep as it is")}</button>`;
  if (entry.failure?.canRetry) return tool("retry", t("Try {name} again", { name: entry.name }), () => { queue.retry(entry.id); });
  if (entry.state === "paused") return html`${tool("play", t("Go on with {name}", { name: entry.name }), () => { queue.resume(entry.id); })}`;
  if (ENDABLE.has(entry.state)) return tool("close", t("Cancel {name}", { name: entry.name }), () => { queue.cancel(entry.id); });
  return html`<span class="state">${icon(entry.state === "failed" ? "warning" : "wait")}</span>`;
}
