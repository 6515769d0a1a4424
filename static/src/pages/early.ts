/** Runs before the first paint of every page: only what would otherwise be seen to change. */
import { applyRememberedTheme } from "../vault/theme.ts";

applyRememberedTheme();
