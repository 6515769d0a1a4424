/** What the public log has to say of a restoration, in a sentence. */
import type { Restoration } from "../../vault/restorations.ts";
import { t } from "../text.ts";

export function logWords({ isProven }: Restoration): string {
  return isProven ? t("Its public log says the same.") : t("Its public log does not say so, or not yet.");
}
