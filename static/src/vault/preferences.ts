/** What the owner prefers. The server keeps it; a copy of what a page needs at once stays in this browser. */
import { call } from "../api/client.ts";
import type { Me, Preferences } from "../api/types.ts";
import { lockAfter } from "./lock.ts";
import { rememberTheme } from "./theme.ts";

/** What this device does with what a photo says about itself. */
export type MetadataChoice = "remember" | "remove" | "keep";

const AUTO_LOCK = "pv-auto-lock";
const METADATA = "pv-metadata";
const DEFAULT_AUTO_LOCK_MINUTES = 15;

/** The account as the server knows it. @throws Problem. */
export async function readMe(): Promise<Me> {
  const me = await call<Me>("GET", "/me");
  applyPreferences(me.preferences);
  return me;
}

/** Change some preferences and put them into effect. @throws Problem. */
export async function changePreferences(changes: Partial<Preferences>): Promise<Preferences> {
  const preferences = await call<Preferences>("PATCH", "/me/preferences", { body: changes });
  applyPreferences(preferences);
  return preferences;
}

/** Have no more mails about shared albums sent, without signing in: with what such a mail holds. @throws Problem. */
export async function unsubscribe(token: string): Promise<void> {
  await call("POST", `/digests/unsubscribe?token=${encodeURIComponent(token)}`);
}

/** Start the auto-lock clock with what this browser remembers, before the server has answered. */
export function startRememberedAutoLock(): void {
  const remembered = localStorage.getItem(AUTO_LOCK);
  lockAfter(remembered === null ? DEFAULT_AUTO_LOCK_MINUTES : Number(remembered));
}

/** What to do with what a photo says about itself, on this device. The server need not know. */
export function metadataChoice(): MetadataChoice {
  const choice = localStorage.getItem(METADATA);
  return choice === "remove" || choice === "keep" ? choice : "remember";
}

export function rememberMetadataChoice(choice: MetadataChoice): void {
  localStorage.setItem(METADATA, choice);
}

function applyPreferences(preferences: Preferences): void {
  rememberTheme(preferences.theme);
  localStorage.setItem(AUTO_LOCK, String(preferences.auto_lock_minutes));
  lockAfter(preferences.auto_lock_minutes);
}
