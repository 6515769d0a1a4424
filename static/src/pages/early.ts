/** Runs before the first paint of every page: what would otherwise be seen to change, and what a vault asks for while its code still comes. */
import { askAhead } from "../api/ahead.ts";
import { applyRememberedTheme } from "../vault/theme.ts";

/** Who is signed in, and, where somebody is, their wrapped keys. */
const AT_OPENING = ["/auth/session", "/keys/bundle"] as const;

if (document.querySelector("meta[name='opens'][content='vault']") !== null) askAhead(AT_OPENING);
applyRememberedTheme();
