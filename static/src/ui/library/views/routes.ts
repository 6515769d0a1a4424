/** Every view of the library and its address. */
import type { View as LibraryView } from "../../../vault/library/view.ts";
import { settingsRoutes } from "../../settings/routes.ts";
import { later } from "../../shell/later.ts";
import type { Route, View } from "../../shell/router.ts";
import { t } from "../../text.ts";
import { librarySession, whenFound } from "../session.ts";
import { viewerCode, openViewer, viewerIsOpen } from "../viewer/open.ts";
import { archiveList, binList, favouritesList, photosList } from "./lists.ts";
import { PhotoPage, type PhotoList } from "./photo-page.ts";
import { keepScroll } from "./scroll-memory.ts";

const albumLists = later(() => import("./album-list.ts"));
const albumsPage = later(() => import("./albums-page.ts"));
const duplicatesPage = later(() => import("./duplicates-page.ts"));
const searchPage = later(() => import("./search-page.ts"));

let shown: { readonly key: string; readonly view: View } | null = null;

/** The same view again (as when the viewer over it closes) keeps its element, its place and its scroll. */
export async function stay(key: string, make: () => Promise<View> | View): Promise<View> {
  if (shown?.key === key && shown.view.element.isConnected) return shown.view;
  const view = await make();
  shown = { key, view };
  keepScroll(view.element);
  return view;
}

export async function photoPage(list: PhotoList): Promise<View> {
  const page = new PhotoPage();
  page.session = await librarySession();
  page.list = list;
  return { title: list.title, element: page };
}

async function albumsView(): Promise<View> {
  const { AlbumsPage } = await albumsPage();
  const page = new AlbumsPage();
  page.session = await librarySession();
  return { title: t("Albums"), element: page };
}

async function albumView(id: string, photo: string | null): Promise<View> {
  const { albumList } = await albumLists();
  const view = await photoPage(albumList(await librarySession(), id));
  if (view.element instanceof PhotoPage) view.element.photoId = photo;
  return view;
}

async function searchView(query: URLSearchParams): Promise<View> {
  const { SearchPage } = await searchPage();
  const page = new SearchPage();
  page.session = await librarySession();
  page.begin(query);
  return { title: t("Search"), element: page };
}

async function duplicatesView(): Promise<View> {
  const { DuplicatesPage } = await duplicatesPage();
  const page = new DuplicatesPage();
  page.session = await librarySession();
  return { title: t("Duplicates"), element: page };
}

const here = (): string => location.pathname + location.search + location.hash;
/** What is looked for; in addresses from before, it stood where the server sees it. */
const behindHash = (query: URLSearchParams): URLSearchParams => location.hash === "" ? query : new URLSearchParams(location.hash.slice(1));

function listRoute(path: string, list: () => PhotoList): Route {
  return { path, open: () => stay(here(), () => photoPage(list())) };
}

/** A photo by its address: the timeline, with the viewer over it. */
async function photoRoute(id: string): Promise<View> {
  viewerCode().catch(() => undefined);
  const { pathname } = location;
  const session = await librarySession();
  const { others } = session;
  const view = await stay("/photos", () => photoPage(photosList(session)));
  if (viewerIsOpen()) return view;
  const page = view.element instanceof PhotoPage ? view.element : null;
  const close = (last: string): void => { page?.lookAt(last); };
  const whole = (): LibraryView => others.viewWith(session.access.library.view({}));
  const open = async (): Promise<void> => {
    // Whichever comes first, its code or what the library holds: it begins with the photo that was asked for.
    await whenFound(session, id);
    if (location.pathname !== pathname) return;
    await openViewer(({ listSource }) => listSource({ session, place: { kind: "photos" }, others }, whole), id, { onClose: close, isAtAddress: true });
  };
  const opening = open();
  page?.standUnder(opening);
  return view;
}

/** Every view of the vault. */
export const libraryRoutes: readonly Route[] = [
  { path: "/photos", open: () => stay(here(), async () => photoPage(photosList(await librarySession()))) },
  { path: "/photos/:id", open: ({ id }) => photoRoute(id ?? ""), code: viewerCode },
  listRoute("/favourites", favouritesList),
  listRoute("/archive", archiveList),
  listRoute("/bin", binList),
  { path: "/albums", open: () => stay(here(), albumsView), code: albumsPage },
  { path: "/albums/:id", open: ({ id }, query) => stay(location.pathname, () => albumView(id ?? "", query.get("photo"))), code: albumLists },
  { path: "/search", open: (_params, query) => stay(here(), () => searchView(behindHash(query))), code: searchPage },
  { path: "/duplicates", open: () => stay(here(), duplicatesView), code: duplicatesPage },
  ...settingsRoutes,
];
