/** What everyone can see, as a view of the vault. */
import { librarySession } from "../library/session.ts";
import type { Route, View } from "../shell/router.ts";
import { t } from "../text.ts";
import { ProfilePage } from "./profile-page.ts";

async function profileView(): Promise<View> {
  const page = new ProfilePage();
  page.session = await librarySession();
  return { title: t("Public page"), element: page };
}

export const publishingRoutes: readonly Route[] = [{ path: "/profile", open: profileView }];
