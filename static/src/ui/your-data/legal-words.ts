/** What is said of an order of an authority. Knows no page. */
import type { LegalRequest } from "../../api/types.ts";
import { dayText } from "../format.ts";
import { t } from "../text.ts";

/** What kind of paper came. */
export function instrumentWords(instrument: LegalRequest["instrument"]): string {
  const names: Readonly<Record<LegalRequest["instrument"], string>> = {
    "warrant": t("Search warrant"), "court_order": t("Court order"), "2703d": t("Order under 2703(d)"), "subpoena": t("Subpoena"),
    "epoc": t("European Production Order"), "nsl": t("National security letter"), "preservation": t("Preservation request"),
    "emergency": t("Emergency without an order"), "informal": t("Informal request"),
  };
  return names[instrument];
}

/** What was asked for, or given. */
export function classWords(kind: LegalRequest["asked"][number]): string {
  const names: Readonly<Record<LegalRequest["asked"][number], string>> = {
    subscriber: t("your address, and when the account was made"), sign_ins: t("when you last signed in"), public: t("what you show to everyone"),
    stored: t("how many photos are kept, and how large they are"), content: t("a list of your encrypted photos"),
  };
  return names[kind];
}

/** What became of it, in a sentence. */
export function becameWords({ is_genuine: isGenuine, outcome, produced_at: producedAt }: LegalRequest): string {
  if (!isGenuine) return t("The authority did not confirm it. We gave nothing.");
  if (producedAt !== null) return t("We gave lists on {day}. We cannot give photos that you keep private: we hold no key.", { day: dayText(producedAt) });
  if (outcome === "reject") return t("We rejected it and gave nothing.");
  if (outcome === "contest") return t("We contest it, and gave nothing.");
  return t("Nothing was given so far.");
}
