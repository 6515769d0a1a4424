/** The settings as views of the vault. */
import type { Route } from "../shell/router.ts";
import { t } from "../text.ts";
import { SettingsPage } from "./settings-page.ts";

function open(section: string): { readonly title: string; readonly element: HTMLElement } {
  const element = new SettingsPage();
  element.section = section;
  return { title: t("Settings"), element };
}

export const settingsRoutes: readonly Route[] = [
  { path: "/settings", open: () => open("") },
  { path: "/settings/:section", open: ({ section }) => open(section ?? "") },
];
