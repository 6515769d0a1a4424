/** What is said about photos that everyone can see: how far they are, and why one cannot be shown. */
import type { Publication } from "../../vault/publishing/statements.ts";
import type { PublicationState } from "../../vault/publishing/wire.ts";
import { dayText } from "../format.ts";
import { t } from "../text.ts";

/** @translated */
const STEPS: Readonly<Record<Exclude<PublicationState, "live" | "refused">, string>> = {
  arrived: "Being looked at",
  checked: "Cleaned a second time",
  marked: "Being made in three sizes",
  rendered: "About to be shown",
};

/** @translated */
const REFUSALS: Readonly<Record<string, string>> = {
  not_a_picture: "This file is no picture that can be shown on the web.",
  wrong_kind: "This kind of file cannot be shown on the web.",
  too_many_pixels: "It has more than 100 million pixels. A smaller version of it can be shown.",
  too_many_bytes: "Its file is too large to be shown. A smaller version of it can be.",
  cannot_strip: "What is hidden in this file could not all be taken out, so it is not shown.",
  cannot_decode: "This picture could not be read, so it cannot be shown.",
  cannot_mark: "It is too small or too even for an invisible mark. You can show it without one.",
  took_too_long: "Preparing it took too long. Try it once more, or show a smaller version of it.",
  too_much_memory: "Preparing it took too much memory. A smaller version of it can be shown.",
  cannot_open: "What arrived did not open with its key, so it is not shown. Please try it once more.",
  lost: "Our storage lost the copy before it was shown. Please try it once more.",
  withheld_before: "It looks like a photo that had to be withheld, so it is not shown. If that is a mistake, complain under Reports in Your data: somebody looks at it.",
  copy_differs: "What arrived is not the copy that you signed, so it is not shown. Please try it once more.",
};

export function refusalWords(code: string): string {
  return t((Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined) ?? "This photo cannot be shown. Nothing of it is public.");
}

/** How far a publication is. */
export function stateWords({ state, refusal, publishedAt, withheldAt, said }: Publication): string {
  if (said === null) return t("Not what you signed");
  if (state === "refused") return refusalWords(refusal);
  if (withheldAt !== null) return t("We withhold it since {day}: nobody but you can see it", { day: dayText(withheldAt) });
  if (state === "live") return publishedAt === null ? t("Everyone can see it") : t("Everyone can see it since {day}", { day: dayText(publishedAt) });
  return t(STEPS[state]);
}

/** The same in a word or two, on the picture. */
export function stateChip({ state, withheldAt, said }: Publication): string {
  if (said === null) return t("Not signed by you");
  if (state === "refused") return t("Cannot be shown");
  if (withheldAt !== null) return t("Withheld");
  return state === "live" ? "" : t(STEPS[state]);
}

/** What showing a photo to everyone means, in the order in which it matters. */
export const MEANING = (): readonly string[] => [
  t("Anyone on the web can see this copy, without an account. So can we: we get the key of this copy, and of nothing else of yours."),
  t("Others may keep a copy. You can take yours back at any time; it is gone from your page in the same moment."),
];
