/** What is shared, as a view of the vault. */
import type { Route } from "../shell/router.ts";
import { t } from "../text.ts";
import { ExposuresPage } from "./exposures-page.ts";

export const sharingRoutes: readonly Route[] = [
  { path: "/sharing", open: () => ({ title: t("Everything I share"), element: new ExposuresPage() }) },
];
