/**
 * Closing the vault: by hand, by time, or because another tab did.
 *
 * Time is measured on the wall clock, so a laptop that slept locks when it wakes.
 */
import { call } from "../api/client.ts";
import { ACTIVE_AT, isOverdueAfter, lastActivity } from "./activity.ts";
import { forgetOnDisk, forgetOnServer, tellOfUse } from "./resume.ts";
import { currentVault, onVaultChange, setVault } from "./state.ts";

type Notice = { readonly kind: "lock" } | { readonly kind: "sign-out" };

/** Sent on `window` when the time after which the vault locks was set. */
export const LOCK_TIME_CHANGED = "pv-lock-time-changed";
const CHECK_MS = 5_000;
const NOTE_EVERY_MS = 2_000;
const MINUTE_MS = 60_000;
/** The server is told of use so often at most, and three times in the time to the lock at least. */
const TELL_EVERY_MS = 60_000;
const CLOSING_MS = 2_000;
const ACTIVITY = ["pointerdown", "keydown", "wheel", "touchstart"] as const;

const channel = new BroadcastChannel("pocketvault");
let limitMinutes = 15;
let noted = 0;
let told = 0;
let watching = false;

onVaultChange(() => {
  told = Date.now(); // whoever opens a vault has told the server just now
});

channel.addEventListener("message", (event: MessageEvent<Notice>) => {
  void setVault(null);
  if (event.data.kind === "sign-out") location.assign("/sign-in");
});

/** Lock in every tab. The keys are gone from memory before anything else is asked for. */
export async function lock(): Promise<void> {
  void setVault(null);
  channel.postMessage({ kind: "lock" } satisfies Notice);
  await Promise.allSettled([forgetOnDisk(), forgetOnServer()]);
}

/** Lock this browser alone, when the server no longer knows the session. */
export async function lockHere(): Promise<void> {
  void setVault(null);
  localStorage.removeItem(ACTIVE_AT);
  await forgetOnDisk().catch(() => undefined);
}

/** Lock, end the session on the server, and leave. */
export async function signOut(): Promise<void> {
  // The answer tells the browser to delete our databases: whoever has one open closes it first.
  await Promise.race([setVault(null), new Promise((resolve) => setTimeout(resolve, CLOSING_MS))]);
  await forgetOnDisk().catch(() => undefined);
  await call("DELETE", "/auth/session");
  localStorage.removeItem(ACTIVE_AT);
  channel.postMessage({ kind: "sign-out" } satisfies Notice);
}

/** Lock after so many minutes without a sign of life, 0 for never. Call again when the preference changes. */
export function lockAfter(minutes: number): void {
  if (minutes !== limitMinutes) told = 0;
  limitMinutes = minutes;
  dispatchEvent(new Event(LOCK_TIME_CHANGED));
  if (watching) return;
  watching = true;
  for (const name of ACTIVITY) addEventListener(name, noteActivity, { capture: true, passive: true });
  document.addEventListener("visibilitychange", lockIfIdle);
  setInterval(lockIfIdle, CHECK_MS);
}

/** A sign of life, shared by all tabs. A slide show or an upload under the owner's eyes may call it too. */
export function noteActivity(): void {
  const now = Date.now();
  if (now - noted < NOTE_EVERY_MS) return;
  if (currentVault() !== null && isOverdue(now)) {
    void lock(); // the touch that wakes a laptop comes before our own look at the time
    return;
  }
  noted = now;
  localStorage.setItem(ACTIVE_AT, String(now));
  tellNowAndThen(now);
}

/** So that the server lets its half go when the time has passed, even if no page is open by then. */
function tellNowAndThen(now: number): void {
  const pause = limitMinutes === 0 ? TELL_EVERY_MS : Math.min(TELL_EVERY_MS, (limitMinutes * MINUTE_MS) / 3);
  if (currentVault() === null || now - told < pause) return;
  told = now;
  void tellOfUse().catch(() => undefined);
}

/** Whether anybody was at work in this browser since the last sign-out: worth asking the server who. */
export function wasUsedHere(): boolean {
  return localStorage.getItem(ACTIVE_AT) !== null;
}

/** Whole minutes until the vault locks by itself, at least 1 while it is open; null when it never does. */
export function minutesLeft(now: number = Date.now()): number | null {
  if (limitMinutes === 0) return null;
  return Math.max(1, Math.ceil(limitMinutes - (now - lastActivity()) / MINUTE_MS));
}

/** Whether the time ran out, as a page that just loaded must know before it resumes. */
export function isOverdue(now: number = Date.now()): boolean {
  return isOverdueAfter(limitMinutes, now);
}

function lockIfIdle(): void {
  if (currentVault() !== null && isOverdue()) void lock();
}
