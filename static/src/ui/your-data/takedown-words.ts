/** A takedown in words. */
import { t } from "../text.ts";

const STEPS: Readonly<Record<string, string>> = {
  reported: t("Looking at the addresses"), evidence: t("Evidence kept. Next: the notice"), assessed: t("The notice is begun"),
  drafted: t("The notice waits for your signature"), signed: t("Signed, going out"), sent: t("Sent, waiting for an answer"),
  acknowledged: t("They are looking into it"), escalated: t("Nobody answered: taken further"), refused: t("They refused"),
  countered: t("Somebody objects to the removal"), restored: t("They put it back"), removed: t("Removed. We looked, and it is gone"),
  monitored: t("Removed, and looked at again"), reopened: t("It is back. Sign again to send again"),
  unresolved: t("Nobody removed it"), closed: t("Closed"),
};

const TAGS: Readonly<Record<string, string>> = {
  reported: t("You reported it"), looked: t("We looked at an address"), gathered: t("Evidence is kept"), evidence_uploaded: t("You added evidence"),
  receivers_found: t("We looked for whom to write to"), assessed: t("Rules chosen"), drafted: t("Notice kept as a draft"), signed: t("You signed"),
  sent: t("The notice went out"), reminded: t("A reminder went out"), escalated: t("Taken further"), by_hand: t("This one has a form only"), checked: t("We looked again"),
  removal_verified: t("The copy is gone"), monitored: t("Still gone"), reappeared: t("The copy is back"), acknowledged: t("They answered"),
  refused: t("They refused"), countered: t("They passed on an objection"), restored: t("They put it back"), given_up: t("Nobody is left to write to"),
  closed: t("Closed"), withdrawn: t("You closed it"), traced: t("Its invisible mark was looked for"),
  stamped: t("The evidence has a time-stamp"), not_stamped: t("No time-stamp yet. We ask again"), never_stamped: t("No time-stamp could be had"),
  not_drawn: t("No picture of the page could be drawn"), answered: t("They answered us, and it is really from them"),
  answer_unproved: t("A mail came in answer. Anybody may have written it"), lumen_chosen: t("You let Lumen have the notice"), lumen_declined: t("Lumen does not get the notice any more"),
};

const PIECES: Readonly<Record<string, string>> = {
  page: t("The page, as we fetched it"), headers: t("What its server said with it"), image: t("The picture, as we fetched it"),
  upload: t("As you uploaded it. We did not check it"), trace: t("What its invisible mark says"), manifest: t("The list of all this with its hashes"),
  stamp: t("Time-stamp of such a list"), registry: t("What a public register says of the host"), screen: t("The page as a browser draws it, without scripts"),
  reply: t("A mail in answer"),
};
const STAMPS: Readonly<Record<string, string>> = {
  waiting: t("A time-stamp was asked for and is not there yet. The case goes on without it."),
  stamped: t("A time-stamping authority vouches for when this was there."),
  missing: t("No time-stamp could be had. The hashes are there all the same."),
};

export const pieceWords = (kind: string): string => PIECES[kind] ?? kind;
/** "" where nobody stamps. */
export const stampWords = (state: string): string => STAMPS[state] ?? "";
export const stepWords = (step: string): string => STEPS[step] ?? step;
export const tagWords = (tag: string): string => TAGS[tag] ?? tag;

/** The texts of a notice: how each is called, and whether it may be long. */
export const TEXTS = [
  ["name", t("Your legal name"), false], ["email", t("E-mail for the answer"), false], ["address", t("Postal address"), true], ["phone", t("Telephone"), false],
  ["work", t("Which picture of yours it is"), true], ["reasons", t("Why it is unlawful"), true], ["not_consensual", t("How one can tell that you did not agree"), true],
  ["erasure_ground", t("Ground of article 17(1)"), false], ["rule", t("Which rule of theirs it breaks"), false], ["query", t("The search that finds it"), false],
] as const;
/** Which text or switch makes which element. */
export const TEXT_OF: Readonly<Record<string, readonly string[]>> = {
  name: ["name"], email: ["email"], address: ["address", "phone"], work: ["work"], reasons: ["reasons"], not_consensual: ["not_consensual"],
  erasure_ground: ["erasure_ground"], rule: ["rule"], query: ["query"],
};
export const SWITCH_OF: Readonly<Record<string, string>> = {
  good_faith: "is_good_faith", accurate: "is_accurate", authorised: "is_authorised", bona_fide: "is_bona_fide", depicted: "is_depicted",
  no_licence: "has_no_licence", fair_use: "has_considered_fair_use", warned: "is_warned",
};
