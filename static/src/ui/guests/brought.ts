/** A guest's own photos, each with how far it is. */
import { html, nothing, type TemplateResult } from "lit";

import type { GuestEntry, GuestState } from "../../transfer/guest-queue.ts";
import { bytesText, numberText } from "../format.ts";
import { icon } from "../icons.ts";
import { t, tn } from "../text.ts";

export interface BroughtActs {
  readonly pictureOf: (entry: GuestEntry) => string | null;
  readonly retry: (id: string) => void;
  readonly discard: (id: string) => void;
}

/** @translated */
const STATES: Readonly<Record<Exclude<GuestState, "failed">, string>> = {
  waiting: "Waits its turn",
  preparing: "Encrypting here",
  staged: "Encrypted here, waits to be sent",
  sending: "Encrypted here · {percent}% sent",
  offline: "Stopped at {percent}%. It goes on by itself.",
  brought: "Handed over",
};

function stateWords({ state, share, problem, bytes }: GuestEntry): TemplateResult {
  if (state === "failed") return html`<span class="sub wrong-words">${t(problem)}</span>`;
  const percent = Math.floor(share * 100);
  return html`<span class="sub">${state === "brought" ? html`${t(STATES[state])} · <span class="num">${bytesText(bytes)}</span>` : t(STATES[state], { percent })}</span>`;
}

function row(entry: GuestEntry, { pictureOf, retry, discard }: BroughtActs): TemplateResult {
  const { id, name, state, share } = entry;
  const picture = pictureOf(entry);
  return html`<li class=${state}>
    ${picture === null ? html`<span class="thumb" aria-hidden="true">${icon("photo")}</span>` : html`<img class="thumb" alt="" src=${picture} />`}
    <span class="grow"><strong class="name">${name}</strong>${stateWords(entry)}
      ${state === "sending" || state === "offline" ? html`<progress class="meter" max="1" .value=${share} aria-label=${t("How much of {name} is sent", { name })}></progress>` : nothing}</span>
    ${state === "brought" ? html`<span class="done" aria-hidden="true">${icon("check")}</span>` : nothing}
    ${state === "failed"
      ? html`<span class="acts"><button class="btn icon-only" type="button" aria-label=${t("Try {name} again", { name })} title=${t("Try again")} @click=${() => { retry(id); }}>${icon("retry")}</button>
          <button class="btn icon-only" type="button" aria-label=${t("Leave {name} out", { name })} title=${t("Leave it out")} @click=${() => { discard(id); }}>${icon("close")}</button></span>`
      : nothing}
  </li>`;
}

function titleOf(entries: readonly GuestEntry[]): string {
  const brought = entries.filter(({ state }) => state === "brought").length;
  const failed = entries.filter(({ state }) => state === "failed").length;
  if (brought + failed < entries.length) return t("{done} of {all} handed over", { done: numberText(brought), all: tn("{n} photo", "{n} photos", entries.length) });
  if (failed > 0) return tn("{n} photo needs a look", "{n} photos need a look", failed);
  return tn("{n} photo is handed over. Thank you.", "{n} photos are handed over. Thank you.", brought);
}

/** What still moves stands above, what is done below. */
const RANK: Readonly<Record<GuestState, number>> = { failed: 0, sending: 1, offline: 1, staged: 2, preparing: 2, waiting: 3, brought: 4 };

export function broughtList(entries: readonly GuestEntry[], acts: BroughtActs): TemplateResult | typeof nothing {
  if (entries.length === 0) return nothing;
  const sorted = [...entries].sort((left, right) => RANK[left.state] - RANK[right.state]);
  return html`<section class="card brought" aria-labelledby="brought-title">
    <header><h2 id="brought-title" aria-live="polite">${titleOf(entries)}</h2><p>${t("Only what this device brought is shown here.")}</p></header>
    <ul class="rows">${sorted.map((entry) => row(entry, acts))}</ul>
  </section>`;
}
