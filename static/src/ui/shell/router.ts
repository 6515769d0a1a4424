/** Moves between the views of the vault without leaving the page, so that keys stay in memory. */
import { NotArrivedError } from "./later.ts";
import { notArrived, nothingHere } from "./nothing-here.ts";

export type Params = Readonly<Record<string, string>>;

/** What stands in the outlet. The title is also what is announced and shown on a phone. */
export interface View {
  readonly title: string;
  readonly element: HTMLElement;
}

/** `/albums/:id` and how to open it. */
export interface Route {
  readonly path: string;
  readonly open: (params: Params, query: URLSearchParams) => View | Promise<View>;
  /** Has its code come, where that comes later. */
  readonly code?: () => Promise<unknown>;
}

type Show = (view: View, path: string) => void;

const leaving = new Set<() => void>();
let routes: readonly Route[] = [];
let show: Show = () => undefined;
let turn = 0;

/** Start routing, or start again after a lock. The view of the current address is shown at once. */
export function startRouter(all: readonly Route[], showView: Show): void {
  routes = all;
  show = showView;
  addEventListener("popstate", openOnReturn);
  document.addEventListener("click", catchLink);
  void openHere();
}

/** Have the code of the view at this address come while it is still being found out who opens it. */
export function fetchCodeHere(all: readonly Route[]): void {
  all.find(({ path }) => matchPath(path, location.pathname) !== null)?.code?.().catch(() => undefined);
}

/** Leave the present view and open none until {@link startRouter}. */
export function clearRoutes(): void {
  turn += 1;
  routes = [];
  leaveView();
  removeEventListener("popstate", openOnReturn);
}

/** Go to an address of the vault. */
export function go(path: string): void {
  if (path === location.pathname + location.search + location.hash) return;
  history.pushState({ inside: true }, "", path);
  void openHere();
}

/** The same, without an entry in the history. */
export function replace(path: string): void {
  history.replaceState(history.state, "", path);
  void openHere();
}

/** Back to where the person came from, or to `fallback` when that was not here. */
export function back(fallback: string): void {
  if ((history.state as { inside?: boolean } | null)?.inside) history.back();
  else replace(fallback);
}

/** Call back once, before the present view is replaced. */
export function onLeave(callback: () => void): void {
  leaving.add(callback);
}

/** The parameters when `path` fits the pattern, else null. */
export function matchPath(pattern: string, path: string): Params | null {
  const wanted = pattern.split("/");
  const parts = path.split("/");
  if (wanted.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [index, name] of wanted.entries()) {
    const part = parts[index] ?? "";
    if (!name.startsWith(":")) {
      if (name !== part) return null;
      continue;
    }
    const meant = readable(part);
    if (meant === null) return null;
    params[name.slice(1)] = meant;
  }
  return params;
}

function openOnReturn(): void {
  void openHere();
}

function leaveView(): void {
  for (const callback of leaving) callback();
  leaving.clear();
}

function readable(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

async function openHere(): Promise<void> {
  turn += 1;
  const mine = turn;
  const path = location.pathname;
  const view = await viewOf(path);
  // A slower view must not replace the one asked for after it.
  if (mine !== turn) return;
  leaveView();
  show(view, path);
}

async function viewOf(path: string): Promise<View> {
  for (const route of routes) {
    const params = matchPath(route.path, path);
    if (params !== null) return await opened(route, params);
  }
  return nothingHere();
}

async function opened(route: Route, params: Params): Promise<View> {
  try {
    return await route.open(params, new URLSearchParams(location.search));
  } catch (error) {
    if (error instanceof NotArrivedError) return notArrived();
    throw error;
  }
}

function catchLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
  if (link === null || link.target !== "" || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (link.hash !== "" && link.pathname === location.pathname) return;
  if (!routes.some((route) => matchPath(route.path, link.pathname) !== null)) return;
  event.preventDefault();
  go(link.pathname + link.search);
}
