/** The settings as views of the vault. */
import { apart } from "../shell/later.ts";
import type { Route, View } from "../shell/router.ts";
import { t } from "../text.ts";

const settingsPage = apart(() => import("./settings-page.ts"));

async function open(section: string): Promise<View> {
  const { SettingsPage } = await settingsPage();
  const element = new SettingsPage();
  element.section = section;
  return { title: t("Settings"), element };
}

export const settingsRoutes: readonly Route[] = [
  { path: "/settings", open: () => open(""), code: settingsPage },
  { path: "/settings/:section", open: ({ section }) => open(section ?? ""), code: settingsPage },
];
