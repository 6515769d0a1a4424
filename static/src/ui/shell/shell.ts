/** Brings the vault page up: who is signed in, locked or open, and which view. */
import { Problem } from "../../api/problem.ts";
import { leaveAhead } from "../../api/ahead.ts";
import { isOnline, untilOnline, watchConnection } from "../../api/connection.ts";
import { setPasswordOwedHandler, setSignedOutHandler } from "../../api/client.ts";
import { isOverdue, lock, lockHere } from "../../vault/lock.ts";
import { comingPolicy } from "../../vault/policies.ts";
import { readMeAtOpening, startRememberedAutoLock } from "../../vault/preferences.ts";
import { NEVER_RESTORED } from "../../vault/library/restored.ts";
import { knownRestorations, lookThrough, restorationsAtOpening, unreadRestoration } from "../../vault/restorations.ts";
import { currentSession } from "../../vault/session.ts";
import { currentVault, onVaultChange, resume, type Vault } from "../../vault/unlock.ts";
import { firstScreen } from "../library/first-screen.ts";
import { librarySession, onSession } from "../library/session.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";
import { lockScreen, standLocked } from "./lock-screen.ts";
import { NewsBar } from "./news-bar.ts";
import { announce, toast } from "./notices.ts";
import { apart, fetchTheRest, leaveTheRest } from "./later.ts";
import { RecoveryReminder } from "./recovery-reminder.ts";
import { clearRoutes, fetchCodeHere, go, startRouter, type Route, type View } from "./router.ts";
import "./storage.ts";
import "./vault-ring.ts";

lookThrough(apart(() => import("../../vault/restorations-told.ts")));

let shownPath = "";
/** Whether the view to come is the first since the vault was opened. */
let isFirstView = true;

/** Start the vault page with these views. */
export async function startVault(routes: readonly Route[]): Promise<void> {
  // Behind the first paint, which has the line to itself.
  requestAnimationFrame(() => { setTimeout(() => { fetchCodeHere(routes); }); });
  startRememberedAutoLock();
  setSignedOutHandler(() => void leave());
  setPasswordOwedHandler(() => void askForPassword());
  onVaultChange((vault) => {
    if (vault === null) {
      showLocked();
      // Signing out clears what this site has kept: nothing is on its way then.
      return leaveTheRest();
    }
    showOpen(vault, routes);
    return undefined;
  });
  watchConnection(markConnection);
  markConnection(isOnline());
  try {
    await resumeOrAsk();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    lockScreen().trouble = sentenceOf(error);
    showLocked();
  } finally {
    leaveAhead();
  }
}

async function resumeOrAsk(): Promise<void> {
  const session = await currentSession();
  if (session === null) {
    await leave();
    return;
  }
  lockScreen().session = session;
  if (isOverdue()) await lock();
  else await resume(session);
  if (currentVault() === null) showLocked();
}

async function leave(): Promise<void> {
  await lockHere();
  location.replace(`/sign-in?to=${encodeURIComponent(location.pathname)}`);
}

/** In another tab somebody got in without the password: what is open here waits until a new one is set. */
async function askForPassword(): Promise<void> {
  await lockHere();
  lockScreen().session = await currentSession();
}

function shell(): HTMLElement {
  const found = document.getElementById("shell");
  if (found === null) throw new TypeError("The page has no shell.");
  return found;
}

/** What stands there until this browser knows which of both it is. */
function endOpening(): void {
  document.getElementById("opening")?.remove();
}

/** Everything decrypted leaves the document before the locked screen stands. */
function showLocked(): void {
  clearRoutes();
  document.getElementById("outlet")?.replaceChildren();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.remove();
  shell().hidden = true;
  document.title = `${t("Locked")} · PocketVault`;
  void standLocked().then(endOpening);
}

function showOpen(vault: Vault, routes: readonly Route[]): void {
  lockScreen().leaveOpen(vault.session);
  endOpening();
  shell().hidden = false;
  isFirstView = true;
  labelAvatar(vault.email);
  document.getElementById("search")?.addEventListener("keydown", startSearch);
  startRouter(routes, showView);
  readMeAtOpening().then(
    (me) => {
      const reminder = document.querySelector("pv-recovery-reminder");
      if (reminder instanceof RecoveryReminder) reminder.recovery = me.recovery;
      void tellNews(me.created_at);
    },
    (error: unknown) => toast(sentenceOf(error)),
  );
}

/** Without an answer there is nothing to tell; the next time the vault opens it is asked again. */
async function tellNews(accountMadeAt: string): Promise<void> {
  const bar = document.querySelector("pv-news");
  if (!(bar instanceof NewsBar)) return;
  bar.restoration = unreadRestoration(await restorationsAtOpening(), accountMadeAt);
  keepTelling(bar, accountMadeAt);
  bar.policy = await comingPolicy().catch(() => null);
}

let stopTelling: () => void = () => undefined;

/** What the library takes over of a restore is said when it happens, also of one that somebody read of before. */
function keepTelling(bar: NewsBar, accountMadeAt: string): void {
  stopTelling();
  stopTelling = onSession((session) => {
    const library = session?.access.library;
    bar.restored = library?.restored ?? NEVER_RESTORED;
    library?.subscribe(({ kind }) => {
      if (kind !== "restored") return;
      bar.restoration = unreadRestoration(knownRestorations(), accountMadeAt);
      bar.restored = library.restored;
    });
  });
}

function labelAvatar(email: string): void {
  const avatar = document.getElementById("avatar");
  const letters = email.slice(0, 2).toUpperCase();
  avatar?.replaceChildren(letters);
  // What is seen has to be part of what is said.
  avatar?.setAttribute("aria-label", t("{letters}, your account", { letters }));
}

function showView(view: View, path: string): void {
  const outlet = document.getElementById("outlet");
  outlet?.replaceChildren(view.element);
  document.title = `${view.title} · PocketVault`;
  const title = document.getElementById("phone-title");
  if (title !== null) title.textContent = view.title;
  markCurrent(path);
  if (isFirstView) void fetchTheRest({ calm: librarySession().then(firstScreen).catch(() => undefined), connected: untilOnline });
  isFirstView = false;
  if (shownPath !== "" && shownPath !== path) {
    announce(view.title);
    document.getElementById("main")?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  shownPath = path;
}

/** Pages below another page's entry, by how their paths begin. */
const UNDER = [["/sharing", "/people"], ["/shared/", "/albums"]] as const;
/** On a phone also those that the sidebar lists by themselves: they are reached from there. */
const UNDER_TAB = [["/archive", "/albums"], ["/duplicates", "/albums"], ["/bin", "/albums"], ["/profile", "/people"], ["/your-data", "/settings"]] as const;

function markCurrent(path: string): void {
  const above = UNDER.find(([start]) => path.startsWith(start))?.[1];
  const tab = UNDER_TAB.find(([start]) => path.startsWith(start))?.[1];
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-nav]")) {
    const isHere = link.pathname === path || link.pathname === (link.closest(".tabs") === null ? above : above ?? tab) || path.startsWith(`${link.pathname}/`);
    if (isHere) link.setAttribute("aria-current", link.pathname === path ? "page" : "true");
    else link.removeAttribute("aria-current");
  }
}

function startSearch(event: Event): void {
  const input = event.currentTarget;
  if (!(input instanceof HTMLInputElement) || !(event instanceof KeyboardEvent) || event.key !== "Enter") return;
  const query = input.value.trim();
  if (query !== "") go(`/search#q=${encodeURIComponent(query)}`);
}

function markConnection(online: boolean): void {
  document.getElementById("offline-bar")?.toggleAttribute("hidden", online);
}
