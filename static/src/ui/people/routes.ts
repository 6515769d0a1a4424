/** People as a view of the vault. */
import type { Route, View } from "../shell/router.ts";
import { t } from "../text.ts";
import { GroupPage } from "./group-page.ts";
import { PeoplePage } from "./people-page.ts";

function groupView(id: string): View {
  const page = new GroupPage();
  page.groupId = id;
  return { title: t("Group"), element: page };
}

export const peopleRoutes: readonly Route[] = [
  { path: "/people", open: () => ({ title: t("People"), element: new PeoplePage() }) },
  { path: "/people/groups/:id", open: ({ id }) => groupView(id ?? "") },
];
