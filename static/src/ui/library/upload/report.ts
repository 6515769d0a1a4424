/** What became of an upload, in groups and in words. */
import { html, nothing, type TemplateResult } from "lit";

import type { UploadReport } from "../../../transfer/entries.ts";
import type { UploadQueue } from "../../../transfer/queue.ts";
import { icon } from "../../icons.ts";
import { t, tn } from "../../text.ts";
import { removedWord } from "../removed-words.ts";

export function report(queue: UploadQueue): TemplateResult {
  const { report: groups } = queue;
  return html`<ul class="rows outcome" tabindex="0" aria-label=${t("What became of the upload")}>
    ${line("check", groups.done, (n) => tn("{n} photo encrypted here and stored", "{n} photos encrypted here and stored", n))}
    ${line("copy", groups.alreadyThere, (n) => tn("{n} was in your vault already; nothing was sent", "{n} were in your vault already; nothing was sent", n))}
    ${line("photo-broken", groups.withoutThumbnail, (n) => tn("{n} without a preview; the original is safe", "{n} without a preview; the originals are safe", n))}
    ${line("encrypted", groups.keptWhole, (n) => tn("{n} RAW file kept whole, with all it says", "{n} RAW files kept whole, with all they say", n))}
    ${groups.failed.map((group) => failed(group, queue))} ${removed(groups)}
  </ul>`;
}

function line(name: string, count: number, words: (n: number) => string): TemplateResult | typeof nothing {
  return count === 0 ? nothing : html`<li>${icon(name)}<span class="grow">${words(count)}</span></li>`;
}

function failed(group: UploadReport["failed"][number], queue: UploadQueue): TemplateResult {
  const names = group.names.slice(0, 3).join(", ");
  const more = group.count > 3 ? t("{names} and {n} more", { names, n: group.count - 3 }) : names;
  const again = (): void => {
    for (const entry of queue.entries()) {
      if (entry.failure?.code !== group.code) continue;
      if (entry.failure.offersKeep) queue.retryKeeping(entry.id);
      else queue.retry(entry.id);
    }
  };
  const failure = queue.entries().find((entry) => entry.failure?.code === group.code)?.failure;
  const canRetry = failure?.canRetry === true || failure?.offersKeep === true;
  return html`<li class="failed">${icon("warning")}<span class="grow"><strong>${tn("{n} not uploaded", "{n} not uploaded", group.count)}</strong><span class="sub">${t(group.sentence)}</span><span class="sub">${more}</span></span>
    ${canRetry ? html`<button class="btn short" type="button" @click=${again}>${failure.offersKeep ? t("Keep as it is") : t("Try again")}</button>` : nothing}</li>`;
}

function removed({ removed: kinds }: UploadReport): TemplateResult | typeof nothing {
  if (kinds.length === 0) return nothing;
  const most = [...kinds].sort((a, b) => b.count - a.count).slice(0, 6);
  const words = most.map(({ kind, count }) => t("{what} from {n}", { what: removedWord(kind), n: count })).join(", ");
  return html`<li>${icon("hidden")}<span class="grow">${t("Taken out of the files: {words}.", { words })}</span></li>`;
}
