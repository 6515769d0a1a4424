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

/** Note whether one half of an open vault lies on this disk, and the other with the session. */
export function noteLeftOpen(isOpen: boolean): void {
  if (isOpen) localStorage.setItem(LEFT_OPEN, "yes");
  else localStorage.removeItem(LEFT_OPEN);
}

/** Whether there is sense in asking for the other half before anything else is known. */
export function isLeftOpen(now: number = Date.now()): boolean {
  return localStorage.getItem(LEFT_OPEN) !== null && !isOverdueAfter(rememberedAutoLock(), now);
}
