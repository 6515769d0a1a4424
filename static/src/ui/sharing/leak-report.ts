/** What the chosen photos would give away, and what of it others get to see: findings, not promises. */
import { html, nothing, type TemplateResult } from "lit";

import { TELLINGS, type Telling } from "../../crypto/event.ts";
import type { Told } from "../../vault/sharing/album-told.ts";
import { icon } from "../icons.ts";
import { LOCALE, t, tn } from "../text.ts";
import type { Findings } from "./findings.ts";
import { chosenWords, tellingChoices, type Chosen, type TellingChoices } from "./telling-choices.ts";

export interface LeakReport {
  readonly findings: Findings;
  readonly tells: readonly Telling[];
  /** What is shared by now; null before anything is. */
  readonly told: Told | null;
  readonly choose: TellingChoices["choose"];
  readonly isBusy: boolean;
  /** What was chosen last, of an album that is shared; null before that. */
  readonly chosen: Chosen | null;
  /** Whether what is told was ever chosen here. */
  readonly isChosen: boolean;
}

export function leakReport(report: LeakReport): TemplateResult {
  const { told } = report;
  return html`<h3>${told === null ? t("What they will not see") : t("What they do not see")}</h3>
    <ul class="gone">${hidden(report)}${line("check", t("File names and captions."), t("They stay with you"))}</ul>
    <h3>${told === null ? t("What they will see") : t("What they see")}</h3>
    <ul>${seen(report)}</ul>
    ${choices(report)}`;
}

/** The same for everyone: what a copy for the web leaves at home, and what it shows. */
export function publicReport(findings: Findings): TemplateResult {
  return html`<h3>${t("What nobody will see")}</h3>
    <ul class="gone">${hidden({ findings, tells: [], told: null })}${line("check", t("File names, albums and keywords."), t("They stay with you"))}</ul>
    <h3>${t("What everyone will see")}</h3>
    <ul>${line("photo", t("The pictures,"), t("up to 2,048 pixels long; the originals stay in your vault"))}
      ${line("rights", t("The words you write here."), t("Caption, creator and licence, signed by you"))}
      ${facesLine()}
      ${line("download", t("They can keep a copy."), t("Taking it back cannot reach what others saved"))}</ul>`;
}

function hidden({ findings, tells, told }: Pick<LeakReport, "findings" | "tells" | "told">): readonly TemplateResult[] {
  const { places, dates, cameras, whole } = findings;
  const lines: TemplateResult[] = [];
  if (!isSeen("place", tells, told)) lines.push(line("check", t("Where you were."), found(places, t("There is no place in them"), tn("{n} of them holds a place", "{n} of them hold a place", places))));
  if (cameras.length > 0) lines.push(line("check", t("Your camera."), namesOf(cameras)));
  if (!isSeen("taken_at", tells, told)) lines.push(line("check", t("When it was."), found(dates, t("There is no time in them"), tn("{n} of them holds the time to the second", "{n} of them hold the time to the second", dates))));
  if (whole > 0) {
    const cleaned = told?.cleaned ?? 0;
    lines.push(line("check", t("What is inside the files."), cleaned > 0
      ? tn("A clean copy of {n} file was made, without preview, serial number or notes", "Clean copies of {n} files were made, without previews, serial numbers or notes", cleaned)
      : tn("{n} file is kept as it came. They get a clean copy, without preview, serial number or notes", "{n} files are kept as they came. They get clean copies, without previews, serial numbers or notes", whole)));
  }
  return lines;
}

/** What was told stays seen until the photos say it no more. */
const isSeen = (telling: Telling, tells: readonly Telling[], told: Told | null): boolean =>
  tells.includes(telling) || (telling === "place" ? (told?.places ?? 0) : (told?.dates ?? 0)) > 0;

const found = (n: number, nothingThere: string, words: string): string => (n === 0 ? nothingThere : words);

function seen({ findings, tells, told }: LeakReport): readonly TemplateResult[] {
  const lines = [line("photo", told === null ? t("The pictures,") : tn("{n} picture,", "{n} pictures,", told.photos), t("in full size if they may keep the originals"))];
  if (isSeen("taken_at", tells, told)) lines.push(line("calendar", t("When they were taken."), tn("{n} photo says so", "{n} photos say so", told?.dates ?? findings.dates)));
  if (isSeen("place", tells, told)) lines.push(line("place", t("Where they were taken."), tn("{n} photo says so", "{n} photos say so", told?.places ?? findings.places)));
  lines.push(facesLine());
  return [...lines, line("download", t("They can keep a copy."), t("Ending access cannot take it back"))];
}

const facesLine = (): TemplateResult => line("people", t("Everything in them: faces, signs, number plates."), t("Look before you share"));

function line(name: string, strong: string, rest: string): TemplateResult {
  return html`<li>${icon(name)}<div><strong>${strong}</strong> <span>${rest}</span></div></li>`;
}

/** What is told already can be taken back, though no photo of one's own says it now. */
function choices(report: LeakReport): TemplateResult | typeof nothing {
  const { findings, tells, told, choose, isBusy } = report;
  const isOffered: Readonly<Record<Telling, boolean>> = {
    taken_at: findings.dates > 0 || isSeen("taken_at", tells, told),
    place: findings.places > 0 || isSeen("place", tells, told),
  };
  const offered = TELLINGS.filter((each) => isOffered[each]);
  return offered.length === 0 ? nothing : tellingChoices({ offered, tells, isBusy, choose, words: told === null ? "" : laterWords(report, told.others) });
}

function laterWords({ chosen, isChosen, tells }: LeakReport, others: number): string {
  const words = chosen === null ? t("You can change this at any time.") : chosenWords(chosen);
  if (!isChosen && tells.length > 0) return t("Photos that come in from now on tell neither, until you choose here.");
  return others === 0 ? words : `${words} ${t("What photos of others tell, they choose themselves.")}`;
}

/** The first three, and how many more. */
function namesOf(names: readonly string[]): string {
  const more = names.length - 3;
  const shown = more > 0 ? [...names.slice(0, 3), t("{count} more", { count: more })] : names;
  return new Intl.ListFormat(LOCALE, { type: "conjunction" }).format(shown);
}
