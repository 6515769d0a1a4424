/** What somebody asked of us about their data, as a view of the vault. */
import { apart } from "../shell/later.ts";
import type { Route, View } from "../shell/router.ts";
import { t } from "../text.ts";

const yourDataPage = apart(() => import("./your-data-page.ts"));

async function open(section: string): Promise<View> {
  const { YourDataPage } = await yourDataPage();
  const element = new YourDataPage();
  element.section = section;
  return { title: t("Your data"), element };
}

export const yourDataRoutes: readonly Route[] = [
  { path: "/your-data", open: () => open(""), code: yourDataPage },
  { path: "/your-data/:section", open: ({ section }) => open(section ?? ""), code: yourDataPage },
];
