/** Runs before the first paint of every page: what would otherwise be seen to change, and what a vault asks for while its code still comes. */
import { askInTurn, askTogether } from "../api/ahead.ts";
import { isLeftOpen } from "../vault/activity.ts";
import { applyRememberedTheme } from "../vault/theme.ts";

/** Who is signed in, and, where somebody is, their wrapped keys. */
const AT_OPENING = ["/auth/session", "/keys/bundle"] as const;
/** The half of the key to a vault that was left open. */
const TO_OPEN = "/auth/session/resume-key";

if (document.querySelector("meta[name='opens'][content='vault']") !== null) {
  // Asked for one after the other they would be three ways there and back, before anything is seen.
  if (isLeftOpen()) askTogether([...AT_OPENING, TO_OPEN]);
  else askInTurn(AT_OPENING);
}
applyRememberedTheme();
