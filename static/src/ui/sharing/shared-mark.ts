/** What an album of one's own says about being shared: with how many, or how far it is. */
import { html, nothing, type TemplateResult } from "lit";

import { numberText } from "../format.ts";
import { ring } from "../icons.ts";
import { t, tn } from "../text.ts";
import { sharingKeeper } from "./keeper.ts";

export function sharedWords(albumId: string): TemplateResult | typeof nothing {
  const { grants, progress } = sharingKeeper().standing(albumId);
  if (progress !== null) return mark(t("Preparing {done} of {count}", { done: numberText(progress.done), count: numberText(progress.total) }));
  const [groups, people] = [grants.filter(({ groupId }) => groupId !== null).length, grants.filter(({ accountId }) => accountId !== null).length];
  const words = [people > 0 ? tn("{n} person", "{n} people", people) : "", groups > 0 ? tn("{n} group", "{n} groups", groups) : ""].filter(Boolean);
  return words.length === 0 ? nothing : mark(t("Shared with {whom}", { whom: words.join(", ") }));
}

const mark = (words: string): TemplateResult => html`<span class="sub shared">${ring("people", "small")}${words}</span>`;
