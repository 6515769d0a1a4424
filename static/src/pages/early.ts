/** Runs before the first paint of every page: what would otherwise be seen to change, and what a vault asks for while its code still comes. */
import { askAhead, askAllAhead } from "../api/ahead.ts";
import { mayBeOpenStill } from "../vault/activity.ts";
import { applyRememberedTheme } from "../vault/theme.ts";

/** Who is signed in, and, where somebody is, their wrapped keys. */
const AT_OPENING = ["/auth/session", "/keys/bundle"] as const;
/** The half of the key to a vault that was left open. */
const TO_OPEN = "/auth/session/resume-key";

if (document.querySelector("meta[name='opens'][content='vault']") !== null) {
  if (mayBeOpenStill()) askAllAhead([...AT_OPENING, TO_OPEN]);
  else askAhead(AT_OPENING);
}
applyRememberedTheme();
