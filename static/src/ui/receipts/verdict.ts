/** What a check of a receipt found: what it says, what was checked, what that proves and what it does not. */
import { html, nothing, type TemplateResult } from "lit";

import type { CheckedReceipt, ReceiptFault } from "../../crypto/receipt.ts";
import { dayText, numberText } from "../format.ts";
import { icon } from "../icons.ts";
import { t, tn } from "../text.ts";
import { faultSentence, kindTitle, photosIn, sentencesOf } from "./words.ts";

/**
 * Whose the key in the file is: the one this device knows this site's log by, one that could not be compared, or one of
 * another log altogether.
 */
export type KeyStanding = "known" | "unknown" | "elsewhere";

export function holds(checked: CheckedReceipt, standing: KeyStanding): TemplateResult {
  return html`<section class="card verdict" aria-labelledby="verdict">
    <p class="stamp">${icon("check")}<span>${standing === "known" ? t("This receipt holds") : t("Every part of this receipt fits")}</span></p>
    <h2 id="verdict" tabindex="-1">${kindTitle(checked.kind)}</h2>
    ${sentencesOf(checked).map((sentence) => html`<p class="says">${sentence}</p>`)}
    ${photoList(checked)}
    ${standing === "known" ? nothing : html`<p class="note warn">${icon("warning")}<span>${doubt(checked, standing)}</span></p>`}
    <h3>${t("What was checked")}</h3>
    <ul class="rows">${checks(checked, standing)}</ul>
    <div class="two">
      <div><h3>${t("What this proves")}</h3><ul class="points">${proved(checked).map((point) => html`<li>${point}</li>`)}</ul></div>
      <div><h3>${t("What it does not prove")}</h3><ul class="points">${unproved(checked).map((point) => html`<li>${point}</li>`)}</ul></div>
    </div>
  </section>`;
}

export function fails(fault: ReceiptFault): TemplateResult {
  return html`<section class="card verdict bad" aria-labelledby="verdict">
    <p class="stamp">${icon("warning")}<span>${t("This receipt does not hold")}</span></p>
    <h2 id="verdict" tabindex="-1">${faultSentence(fault)}</h2>
    <p class="says">${t("Do not rely on it. If you saved it from your own vault, choose the file again as it was saved: one changed letter is enough. If it still does not hold, keep the file: it is evidence.")}</p>
  </section>`;
}

function photoList({ facts }: CheckedReceipt): TemplateResult | typeof nothing {
  const photos = photosIn(facts["images"]);
  if (photos.length === 0) return nothing;
  return html`<details class="ids"><summary>${tn("The number of the photo", "The numbers of the {n} photos", photos.length)}</summary>
    <ul class="mono">${photos.map((id) => html`<li>${id}</li>`)}</ul></details>`;
}

function checks({ key, index, checkpoint, loggedOn }: CheckedReceipt, standing: KeyStanding): readonly TemplateResult[] {
  const size = numberText(checkpoint.size);
  const row = (title: string, sub: string, name = "check"): TemplateResult =>
    html`<li>${icon(name)}<span class="grow"><strong>${title}</strong><span class="sub">${sub}</span></span></li>`;
  return [
    row(t("Signed"), t("By the key of {log}, over every word of it.", { log: key.name })),
    row(t("In the public log"), t("Entry {index} of {size}, under a signed checkpoint. The log took it in on {day}.", { index: numberText(index), size, day: dayText(loggedOn) })),
    row(t("Yours alone"), t("The entry hides the receipt. Only the secret number in your file opens it.")),
    standing === "known"
      ? row(t("The right key"), t("The same as this site’s log has, as this device knows it."))
      : row(t("The key was not compared"), key.name, "info"),
  ];
}

function doubt({ keyText }: CheckedReceipt, standing: KeyStanding): TemplateResult {
  const sentence = standing === "elsewhere"
    ? t("It was given by another service’s log than this site’s. Whether this key is theirs, this page cannot know. Compare it with what they publish:")
    : t("The key of this site’s log could not be asked for. Compare the key that signed this receipt with the one you know:");
  return html`${sentence} <span class="mono whole">${keyText}</span>`;
}

function proved({ dueOn }: CheckedReceipt): readonly string[] {
  return [
    t("The service said this, and cannot deny it: only its key makes this signature."),
    t("It said so to everybody: it stands in a log to which things are only ever added."),
    dueOn !== undefined ? t("It promised the second receipt by {day}. Whoever follows the log sees whether it kept that.", { day: dayText(dueOn) }) : "",
  ].filter((point) => point !== "");
}

function unproved({ kind }: CheckedReceipt): readonly string[] {
  return [
    kind === "stored" ? t("That the photos are still there today. Ask for a new receipt to know that.") : t("That nobody kept a copy: people you shared with may have one. No receipt can say otherwise."),
    t("Whose photos they were. The receipt names numbers, not people."),
    t("That the log shows everybody the same. Those who follow it find out, by comparing checkpoints."),
  ];
}
