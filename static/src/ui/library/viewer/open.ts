/** Opens and closes the viewer: its address, what lies under it, and where the focus goes after. */
import { colourSystemBar, VIEWER_COLOUR } from "../../../vault/theme.ts";
import { apart } from "../../shell/later.ts";
import { tellNotArrived } from "../../shell/not-arrived.ts";
import { onLeave } from "../../shell/router.ts";
import { holdKeys } from "../held-keys.ts";
import { currentSession, onSession } from "../session.ts";
import type * as Parts from "./parts.ts";
import type { ViewerSource } from "./source.ts";
import type { Viewer } from "./viewer.ts";

/** What of the viewer is fetched later. */
export type ViewerParts = typeof Parts;

export interface ViewerOptions {
  /** Told which photo was looked at last. */
  readonly onClose: (id: string) => void;
  /** The page was opened at this photo's address, so there is nothing to go back to. */
  readonly isAtAddress?: boolean;
}

const parts = apart(() => import("./parts.ts"));

let isComing = false;
let open: { readonly finish: () => void; readonly isAtAddress: boolean } | null = null;

// Heard before the router hears it, because this module is there before any route: a window asks its listeners in
// the order in which they came, whatever they say of capture. Back out of the viewer is no move between views: the
// page under it is still there, and stays as it was left. Back from a page that was opened at a photo leads elsewhere.
addEventListener("popstate", (event) => {
  if (open === null) return;
  if (!open.isAtAddress) event.stopImmediatePropagation();
  open.finish();
});

/** Whether it stands there, or is about to. */
export function viewerIsOpen(): boolean {
  return open !== null || isComing;
}

/** Has its code come before it is asked for, where it is certain to be. @throws NotArrivedError. */
export const viewerCode = parts;

/** Show one photo over the page. Closing it, or going back, leaves the page as it was. */
export async function openViewer(source: (parts: ViewerParts) => ViewerSource, id: string, options: ViewerOptions): Promise<void> {
  if (viewerIsOpen()) return;
  isComing = true;
  const [from, session, letGo] = [location.href, currentSession(), holdKeys()];
  try {
    const there = await parts();
    // Whoever went elsewhere meanwhile, or locked the vault, does not want it any more.
    if (location.href === from && currentSession() === session) show(new there.Viewer(), source(there), id, options);
  } catch (error) {
    tellNotArrived(error);
  } finally {
    isComing = false;
    letGo(open !== null);
  }
}

function show(viewer: Viewer, source: ViewerSource, id: string, options: ViewerOptions): void {
  const under = { title: document.title, path: options.isAtAddress === true ? source.pageAddress : location.pathname + location.search };
  viewer.source = source;
  viewer.start(id);
  if (options.isAtAddress !== true) history.pushState({ inside: true }, "", source.addressOf(id));
  putOverPage(viewer);
  const ending = new AbortController();
  const finish = (): void => {
    ending.abort();
    open = null;
    takeAway(viewer);
    document.title = under.title;
    options.onClose(viewer.shownId);
  };
  viewer.addEventListener("pv-close", () => {
    if (options.isAtAddress === true) history.replaceState(history.state, "", under.path);
    else history.back();
    if (options.isAtAddress === true) finish();
  }, ending);
  const mine = { finish, isAtAddress: options.isAtAddress === true };
  open = mine;
  // A link in the details leads to another view: this photo does not stay before it.
  const leave = (): void => {
    if (open !== mine) return;
    // Opened at its own address, the page under it is about to be shown: that is not leaving.
    if (location.pathname === source.addressOf(viewer.shownId)) queueMicrotask(() => { onLeave(leave); });
    else finish();
  };
  onLeave(leave);
  const stop = onSession((now) => {
    if (now === null) finish();
  });
  ending.signal.addEventListener("abort", stop);
}

function putOverPage(viewer: Viewer): void {
  document.getElementById("shell")?.toggleAttribute("inert", true);
  document.documentElement.classList.add("is-viewing");
  colourSystemBar(VIEWER_COLOUR);
  document.body.append(viewer);
}

function takeAway(viewer: Viewer): void {
  viewer.remove();
  document.documentElement.classList.remove("is-viewing");
  colourSystemBar(null);
  document.getElementById("shell")?.toggleAttribute("inert", false);
}
