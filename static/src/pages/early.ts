/** Runs before the first paint of every page: what would otherwise be seen to change, and what a vault asks for while its code still comes. */
import { askAhead } from "../api/ahead.ts";
import { applyRememberedTheme } from "../vault/theme.ts";

/** Who is signed in, and their wrapped keys: both are asked for at every opening, whatever comes of it. */
const AT_OPENING = ["/auth/session", "/keys/bundle"];

if (document.querySelector("meta[name='opens'][content='vault']") !== null) askAhead(AT_OPENING);
applyRememberedTheme();
