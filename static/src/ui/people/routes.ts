/** People as a view of the vault. */
import { later } from "../shell/later.ts";
import type { Route, View } from "../shell/router.ts";
import { t } from "../text.ts";

const groupPage = later(() => import("./group-page.ts"));
const peoplePage = later(() => import("./people-page.ts"));

async function peopleView(): Promise<View> {
  const { PeoplePage } = await peoplePage();
  return { title: t("People"), element: new PeoplePage() };
}

async function groupView(id: string): Promise<View> {
  const { GroupPage } = await groupPage();
  const page = new GroupPage();
  page.groupId = id;
  return { title: t("Group"), element: page };
}

export const peopleRoutes: readonly Route[] = [
  { path: "/people", open: peopleView, code: peoplePage },
  { path: "/people/groups/:id", open: ({ id }) => groupView(id ?? ""), code: groupPage },
];
