/** What a trace of a found copy says to a person: which photo it is, and what was done to it. */
import type { Trace, TraceStep } from "../../vault/publishing/traces.ts";
import { dayText } from "../format.ts";
import { LOCALE, t, tn } from "../text.ts";

const WHOLE = 0.97;
const STRAIGHT_DEGREES = 0.5;

export function resultWords({ result, publication, withdrawn_at: withdrawnAt }: Trace): string {
  if (result === "confirmed") return t("This is your photo: its mark and what it shows both say so.");
  if (result === "features-only") return t("This shows your photo. A mark of it was not found: it was taken out, or there was none.");
  if (result === "number-only" && withdrawnAt !== null) return t("It carries the number of a photo that you took back on {day}.", { day: dayText(withdrawnAt) });
  if (result === "number-only" && publication !== null) return t("It carries the number of a photo of yours, but does not show it. That proves nothing: a number can be put into any picture.");
  return t("This leads to nothing that you published.");
}

/** How far a worker has come with it. */
export function stepWords(step: TraceStep): string {
  if (step === "looking") return t("Step 1 of 3: reading its mark, and what it can be known by");
  if (step === "searching") return t("Step 2 of 3: looking among your published photos");
  if (step === "comparing") return t("Step 3 of 3: looking for altered parts");
  return t("It waits its turn");
}

/** What was done to it; empty where nothing is known of it. */
export function changeWords({ change, altered }: Trace): readonly string[] {
  if (change === null) return [];
  const words: string[] = [];
  if (change.share < WHOLE) words.push(t("It shows {share} of your photo.", { share: percent(change.share) }));
  if (Math.abs(change.turn) > STRAIGHT_DEGREES) words.push(t("It was turned by {degrees}.", { degrees: degrees(change.turn) }));
  if (change.is_mirrored) words.push(t("It is mirrored."));
  if (change.is_negative) words.push(t("Light and dark are exchanged."));
  if (change.is_slanted) words.push(t("It looks photographed from the side, as from a screen."));
  const places = altered?.regions.length ?? 0;
  if (places > 0) words.push(tn("In {n} place it does not show what you published. Look there yourself: this is a hint, and no proof.", "In {n} places it does not show what you published. Look there yourself: this is a hint, and no proof.", places));
  return words;
}

const percent = (share: number): string => share.toLocaleString(LOCALE, { style: "percent", maximumFractionDigits: 0 });
const degrees = (turn: number): string => Math.abs(turn).toLocaleString(LOCALE, { style: "unit", unit: "degree", maximumFractionDigits: 1 });
