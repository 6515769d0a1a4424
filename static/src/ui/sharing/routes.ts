/** What is shared, as a view of the vault. */
import { later } from "../shell/later.ts";
import type { Route, View } from "../shell/router.ts";
import { t } from "../text.ts";

const exposuresPage = later(() => import("./exposures-page.ts"));

async function exposuresView(): Promise<View> {
  const { ExposuresPage } = await exposuresPage();
  return { title: t("Everything I share"), element: new ExposuresPage() };
}

export const sharingRoutes: readonly Route[] = [
  { path: "/sharing", open: exposuresView, code: exposuresPage },
];
