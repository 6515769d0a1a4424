/** Runs before the first paint of every page: what would otherwise be seen to change, and what a vault asks for while its code still comes. */
import { askAhead } from "../api/ahead.ts";
import { leftOpenBy } from "../vault/activity.ts";
import { applyRememberedTheme } from "../vault/theme.ts";

/** Who is signed in, and, where somebody is, their wrapped keys. */
const AT_OPENING = ["/auth/session", "/keys/bundle"] as const;
/** The half of the key to a vault that was left open. */
const TO_OPEN = "/auth/session/resume-key";

if (document.querySelector("meta[name='opens'][content='vault']") !== null) {
  const session = leftOpenBy();
  const isSame = (told: unknown): boolean => (told as { readonly session_id?: unknown }).session_id === session;
  askAhead(AT_OPENING, session === null ? undefined : { path: TO_OPEN, isWanted: isSame });
}
applyRememberedTheme();
