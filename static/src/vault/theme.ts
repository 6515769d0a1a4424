/** Light, dark, or what the system says. Remembered in this browser, so that a page is right before its first paint. */
import type { Theme } from "../api/types.ts";

const THEME = "pv-theme";
/** The true black that photographs are looked at on (`static/css/viewer.css`), in both schemes. */
export const VIEWER_COLOUR = "#000000";

/** Put on the theme this browser remembers. */
export function applyRememberedTheme(): void {
  const theme = rememberedTheme();
  document.documentElement.classList.toggle("light", theme === "light");
  document.documentElement.classList.toggle("dark", theme === "dark");
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name='theme-color']")) {
    const own = meta.dataset["theme"] ?? "";
    meta.media = theme === "system" ? `(prefers-color-scheme: ${own})` : theme === own ? "all" : "not all";
  }
}

/** The system's own bar stands beside whatever covers the page: in its colour, until it is told null. */
export function colourSystemBar(colour: string | null): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name='theme-color']")) {
    meta.dataset["own"] ??= meta.content;
    meta.content = colour ?? meta.dataset["own"];
  }
}

export function rememberedTheme(): Theme {
  const theme = localStorage.getItem(THEME);
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** Put a theme on and remember it. */
export function rememberTheme(theme: Theme): void {
  localStorage.setItem(THEME, theme);
  applyRememberedTheme();
}
