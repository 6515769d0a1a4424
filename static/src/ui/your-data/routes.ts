/** What somebody asked of us about their data, as a view of the vault. */
import type { Route } from "../shell/router.ts";
import { t } from "../text.ts";
import { YourDataPage } from "./your-data-page.ts";

function open(section: string): { readonly title: string; readonly element: HTMLElement } {
  const element = new YourDataPage();
  element.section = section;
  return { title: t("Your data"), element };
}

export const yourDataRoutes: readonly Route[] = [
  { path: "/your-data", open: () => open("") },
  { path: "/your-data/:section", open: ({ section }) => open(section ?? "") },
];
