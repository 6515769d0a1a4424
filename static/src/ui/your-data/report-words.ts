/** What is said about a decided report. */
import type { OwnReport, OwnReports } from "../../api/types.ts";
import { dayText } from "../format.ts";
import { t, tn } from "../text.ts";

/** Where a report stands, in a word or two. */
export function stateTag({ state, complained_at: complainedAt, complaint_decided_at: decidedAt }: OwnReport): string {
  if (state === "reinstated") return t("Shown again");
  if (complainedAt !== null && decidedAt === null) return t("Being looked at again");
  return t("Withheld");
}

/** What was decided, when, and under what. */
export function decisionWords({ decided_at: decidedAt, words, law }: OwnReport): string {
  const day = decidedAt === null ? "" : dayText(decidedAt);
  return t("Withheld on {day}, because {words} ({law}). A person decided this.", { day, words, law });
}

/** What came of a complaint or counter-notice; "" where there is none. */
export function answerWords(report: OwnReport): string {
  const { complained_at: complainedAt, complaint_decided_at: lookedAt, is_complaint_upheld: isUpheld, countered_at: counteredAt, restore_from: from, restore_by: by, suit_told_at: suitAt, state } = report;
  if (complainedAt !== null && lookedAt === null) return t("You complained on {day}. Somebody who did not make the decision looks at it within 14 days.", { day: dayText(complainedAt) });
  if (lookedAt !== null) return isUpheld === true ? t("Your complaint was right.") : t("Somebody else looked at your complaint on {day}. It stays withheld.", { day: dayText(lookedAt) });
  if (counteredAt === null || from === null || by === null || state === "reinstated") return "";
  if (suitAt !== null) return t("Whoever signed the notice went to court on {day} at the latest. It stays withheld until that is decided.", { day: dayText(suitAt) });
  return t("You gave a counter-notice on {day}. It is shown again between {first} and {last}, unless they go to court.", { day: dayText(counteredAt), first: dayText(from), last: dayText(by) });
}

/** The strikes that count, and what they come to. */
export function strikeWords({ strikes, policy, barred_until: barredUntil }: OwnReports): string {
  const count = tn("{n} strike counts now.", "{n} strikes count now.", strikes);
  const barred = barredUntil !== null && new Date(barredUntil).getTime() > Date.now() ? t("You can publish again on {day}.", { day: dayText(barredUntil) }) : "";
  const rule = t("Each counts for {days} days. With {most} that count, nothing new can be published for {barred} days. A decision that is reversed takes its strike with it.", { days: String(policy.counts_days), most: String(policy.most), barred: String(policy.barred_days) });
  return [count, barred, rule].filter((each) => each !== "").join(" ");
}
