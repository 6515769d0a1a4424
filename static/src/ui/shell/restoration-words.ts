/** What the public log has to say of a restoration, and what this device made of it, in sentences. */
import { isSameRestoration, type Restored } from "../../vault/library/restored.ts";
import { inSeconds, type Restoration } from "../../vault/restorations.ts";
import { t, tn } from "../text.ts";

export function logWords({ isProven }: Restoration): string {
  return isProven ? t("Its public log says the same.") : t("Its public log does not say so, or not yet.");
}

/** What was taken over of this restoration; "" where nothing was. */
export function takenWords(restoration: Restoration, restored: Restored): string {
  if (!isSameRestoration(inSeconds(restoration), restored)) return "";
  const { older, lost } = restored;
  const sentences = [
    older === 0 ? "" : tn("So this device shows {n} photo or album as it was then.", "So this device shows {n} photos and albums as they were then.", older),
    lost === 0 ? "" : tn("{n} photo or album that it knew is not there any more.", "{n} photos and albums that it knew are not there any more.", lost),
  ];
  return sentences.filter((each) => each !== "").join(" ");
}
