/** Who touched a photo: what each correction changed, and the way back to before it. */
import { html, nothing, type TemplateResult } from "lit";

import type { CorrectionChange, CorrectionRevision, Details } from "../../../vault/library/contract.ts";
import { localMilliseconds, type CorrectionsDocument } from "../../../vault/library/documents.ts";
import type { Item } from "../../../vault/library/view.ts";
import { dayText, momentText } from "../../format.ts";
import { LOCALE, t, tn } from "../../text.ts";
import { wholeMoment } from "../dates.ts";
import { spokenPlace } from "../viewer/field-values.ts";

type Member = Exclude<keyof CorrectionsDocument, "by">;

/** @translated */
const MEMBERS: Readonly<Record<Member, string>> = {
  capturedAt: "the date",
  zone: "the time zone",
  place: "the place",
  title: "the title",
  description: "the description",
  keywords: "the keywords",
  rating: "the rating",
  rotation: "the turning",
  rights: "the rights",
  altText: "what it shows",
};
const NAMES = Object.keys(MEMBERS) as readonly Member[];

function changedNames(now: CorrectionsDocument | null, before: CorrectionsDocument | null): readonly Member[] {
  return NAMES.filter((name) => JSON.stringify(now?.[name]) !== JSON.stringify(before?.[name]));
}

/** What a revision holds that the one before did not. */
function changedWords(now: CorrectionsDocument | null, before: CorrectionsDocument | null): string {
  if (now === null) return t("A correction that cannot be opened");
  const list = new Intl.ListFormat(LOCALE).format(changedNames(now, before).map((name) => t(MEMBERS[name])));
  if (now.by === "takeout") return t("Google Takeout filled in {list}", { list });
  return list === "" ? t("You saved it without a change") : t("You corrected {list}", { list });
}

/** One value in words; what is not corrected is what the file says. */
function valueWords(document: CorrectionsDocument | null, name: Member): string {
  const value = document?.[name];
  if (value === undefined) return t("as the file says");
  if (value === null || value === "") return t("none");
  if (name === "capturedAt" && typeof value === "string") return wholeMoment(localMilliseconds(value) ?? 0);
  if (name === "rotation") return t("{degrees}°", { degrees: String(value) });
  if (typeof value === "number") return tn("{n} star", "{n} stars", value);
  if (typeof value === "string") return name === "zone" ? value : `“${value}”`;
  if ("lat" in value) return spokenPlace(value);
  return "licence" in value ? [value.licence, value.creator].filter(Boolean).join(", ") : value.join(", ");
}

function differences(now: CorrectionsDocument | null, before: CorrectionsDocument | null): readonly string[] {
  return changedNames(now, before).map((name) => t("{now}, before: {before}", { now: valueWords(now, name), before: valueWords(before, name) }));
}

/** The change that makes `now` what `then` was. */
export function changeBackTo(then: CorrectionsDocument | null, now: CorrectionsDocument | null): CorrectionChange {
  const kept = NAMES.filter((name) => then?.[name] !== undefined).map((name) => [name, then?.[name]]);
  const takeBack = NAMES.filter((name) => then?.[name] === undefined && now?.[name] !== undefined);
  return { ...(Object.fromEntries(kept) as CorrectionChange), takeBack };
}

export interface TrailActs {
  readonly load: () => void;
  /** Null where nothing may be corrected. */
  readonly goBack: ((change: CorrectionChange) => void) | null;
}

function line(revisions: readonly CorrectionRevision[], index: number, details: Details | null, { goBack }: TrailActs): TemplateResult {
  const now = revisions[index]?.corrections ?? null;
  const before = revisions[index - 1]?.corrections ?? null;
  const isNewest = index === revisions.length - 1;
  const change = changeBackTo(before, details?.corrections ?? null);
  return html`<li>${changedWords(now, before)}${differences(now, before).map((words) => html`<span class="sub">${words}</span>`)}
    <span class="sub">${momentText(revisions[index]?.madeAt ?? "")}</span>
    ${isNewest && goBack !== null ? html`<button class="btn ghost accent short" type="button" @click=${() => { goBack(change); }}>${t("Undo this correction")}</button>` : nothing}</li>`;
}

export function trailSection(item: Item, details: Details | null, history: readonly CorrectionRevision[] | null, acts: TrailActs): TemplateResult {
  const revisions = [...(history ?? [])].sort((a, b) => a.revision - b.revision);
  const canLoad = history === null && (details?.revision ?? 0) > 0;
  return html`<section><h3>${t("Who touched this photo")}</h3>
    <ol class="trail">
      ${revisions.map((_, index) => line(revisions, index, details, acts)).reverse()}
      ${canLoad ? html`<li><button class="btn ghost accent short" type="button" @click=${acts.load}>${t("Show corrections")}</button></li>` : nothing}
      <li>${t("You uploaded it")}<span class="sub">${momentText(new Date(item.storedAt).toISOString())}</span></li>
    </ol>
    ${details?.verifiedAt ? html`<p class="quiet small">${t("Its stored bytes were last checked on {day}.", { day: dayText(details.verifiedAt) })}</p>` : nothing}
    <p class="quiet small">${t("Our staff cannot open it: they hold no key.")}</p></section>`;
}
