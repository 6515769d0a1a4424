/** Light, dark, or what the system says. Remembered in this browser, so that a page is right before its first paint. */
import type { Theme } from "../api/types.ts";

const THEME = "pv-theme";

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

export function rememberedTheme(): Theme {
  const theme = localStorage.getItem(THEME);
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** Put a theme on and remember it. */
export function rememberTheme(theme: Theme): void {
  localStorage.setItem(THEME, theme);
  applyRememberedTheme();
}
