/** Albums of others as views of the vault. */
import { librarySession } from "../library/session.ts";
import { stay } from "../library/views/routes.ts";
import { later } from "../shell/later.ts";
import type { Route, View } from "../shell/router.ts";
import { t } from "../text.ts";

const receivedPage = later(() => import("./received-page.ts"));

async function receivedView(id: string, photo: string | null): Promise<View> {
  const { ReceivedPage } = await receivedPage();
  const page = new ReceivedPage();
  page.session = await librarySession();
  page.albumId = id;
  page.photoId = photo;
  return { title: t("Shared album"), element: page };
}

export const receivedRoutes: readonly Route[] = [
  { path: "/shared/:id", open: ({ id }, query) => stay(location.pathname, () => receivedView(id ?? "", query.get("photo"))), code: receivedPage },
];
