/**
 * Whether a vault may be open still in this browser, by what it remembers: small enough for a script that runs before
 * everything else.
 */
/** When somebody last gave a sign of life here. */
export const ACTIVE_AT = "pv-active-at";
/** After how many minutes without one a vault locks, 0 for never. */
export const AUTO_LOCK = "pv-auto-lock";
export const DEFAULT_AUTO_LOCK_MINUTES = 15;
const LEFT_OPEN = "pv-left-open";
const MINUTE_MS = 60_000;

/** When somebody last gave a sign of life, 0 for never, as `Date.now` counts. */
export function lastActivity(): number {
  return Number(localStorage.getItem(ACTIVE_AT) ?? "0");
}

export function rememberedAutoLock(): number {
  return Number(localStorage.getItem(AUTO_LOCK) ?? DEFAULT_AUTO_LOCK_MINUTES);
}

/** Whether so many minutes have passed without a sign of life. */
export function isOverdueAfter(minutes: number, now: number): boolean {
  return minutes > 0 && now - lastActivity() > minutes * MINUTE_MS;
}

/** Note by which session one half of an open vault lies on this disk; null when it is gone. */
export function noteLeftOpen(sessionId: string | null): void {
  if (sessionId === null) localStorage.removeItem(LEFT_OPEN);
  else localStorage.setItem(LEFT_OPEN, sessionId);
}

/** The session with which there is sense in asking for the other half; null where there is none. */
export function leftOpenBy(now: number = Date.now()): string | null {
  return isOverdueAfter(rememberedAutoLock(), now) ? null : localStorage.getItem(LEFT_OPEN);
}
