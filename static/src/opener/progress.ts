/** How far it is, and how it ended: numbers first, then what did not come out and why. */
import { html, nothing, type TemplateResult } from "lit";

import { bytesText, numberText } from "../ui/format.ts";
import { t, tn } from "../ui/text.ts";
import { drawing } from "./drawings.ts";
import type { Standing } from "./opening.ts";
import type { Failure } from "./plain-tree.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
/** Before this many seconds a guess would only jump about. */
const SETTLED_AFTER = 3;

export function progressOf(standing: Standing, size: number): TemplateResult {
  const { step, photos, photosOf, bytes, failures } = standing;
  const title = step === "reading" ? t("Reading what is in it") : t("Your photos are coming out");
  return html`<div class="opener-title"><h1>${title}</h1>
      <p class="lead quiet">${t("Leave this page open until it says that it is done.")}</p></div>
    <div class="opener-progress">
      <progress class="meter thick" max=${Math.max(1, photosOf)} .value=${photos} aria-label=${title}></progress>
      <p class="num" aria-live="off"><strong>${t("{n} of {all} photos", { n: numberText(photos), all: numberText(photosOf) })}</strong>
        <span class="quiet">${step === "reading" ? nothing : [bytesText(bytes), speedOf(standing), leftOf(standing, size)].filter((part) => part !== "").join(", ")}</span></p>
    </div>
    ${failuresOf(failures)}`;
}

export function outcomeOf({ photos, bytes, failures }: Standing, receipts: number): TemplateResult {
  return html`<div class="opener-title"><span class="opener-tick">${drawing("tick")}</span>
      <h1 tabindex="-1">${tn("{n} photo is out", "{n} photos are out", photos)}</h1>
      <p class="lead quiet">${t("{size}, each proved to be what you stored. Open README.html in the folder data to look at them.", { size: bytesText(bytes) })}</p></div>
    ${failuresOf(failures)}
    ${receipts === 0 ? nothing : html`<p data-receipts>${tn("{n} receipt lies in data/receipts. It proves what it says; the page “Check a receipt” of the service, or anybody who follows its public log, can check it.", "{n} receipts lie in data/receipts. They prove what they say; the page “Check a receipt” of the service, or anybody who follows its public log, can check them.", receipts)}</p>`}
    <p class="quiet">${t("manifest-sha256.txt has the digest of every file. The archive itself is as it was: keep it as a sealed copy, or remove it.")}</p>`;
}

function failuresOf(failures: readonly Failure[]): TemplateResult | typeof nothing {
  if (failures.length === 0) return nothing;
  return html`<section class="opener-failures"><h2>${tn("{n} photo did not come out", "{n} photos did not come out", failures.length)}</h2>
    <ul class="rows">${failures.map(({ name, reason }) => html`<li>${drawing("alert")}<div class="grow"><strong>${name}</strong><span class="sub">${t(reason)}</span></div></li>`)}</ul></section>`;
}

const secondsOf = ({ startedAt }: Standing): number => (Date.now() - startedAt) / 1000;

function speedOf(standing: Standing): string {
  const seconds = secondsOf(standing);
  return seconds < SETTLED_AFTER ? "" : t("{size} a second", { size: bytesText(standing.bytes / seconds) });
}

function leftOf(standing: Standing, size: number): string {
  const seconds = secondsOf(standing);
  if (seconds < SETTLED_AFTER || standing.bytes === 0) return "";
  const left = (Math.max(0, size - standing.bytes) * seconds) / standing.bytes;
  if (left < MINUTE) return t("less than a minute left");
  return left < HOUR ? tn("{n} minute left", "{n} minutes left", Math.ceil(left / MINUTE)) : tn("{n} hour left", "{n} hours left", Math.ceil(left / HOUR));
}
