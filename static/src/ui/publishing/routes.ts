/** What everyone can see, as a view of the vault. */
import { librarySession } from "../library/session.ts";
import { later } from "../shell/later.ts";
import type { Route, View } from "../shell/router.ts";
import { t } from "../text.ts";

const profilePage = later(() => import("./profile-page.ts"));

async function profileView(): Promise<View> {
  const { ProfilePage } = await profilePage();
  const page = new ProfilePage();
  page.session = await librarySession();
  return { title: t("Public page"), element: page };
}

export const publishingRoutes: readonly Route[] = [{ path: "/profile", open: profileView, code: profilePage }];
