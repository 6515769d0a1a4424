/** What the owner prefers. The server keeps it; a copy of what a page needs at once stays in this browser. */
import { call } from "../api/client.ts";
import type { Me, Preferences } from "../api/types.ts";
import { AUTO_LOCK, rememberedAutoLock } from "./activity.ts";
import { lockAfter } from "./lock.ts";
import { onVaultChange } from "./state.ts";
import { rememberTheme } from "./theme.ts";
import { Told } from "./told.ts";

/** What this device does with what a photo says about itself. */
export type MetadataChoice = "remember" | "remove" | "keep";

const METADATA = "pv-metadata";

/** Longer than a vault takes to open on a slow phone, and short enough for what other devices change. */
const OPENING_MS = 30_000;

const me = new Told<Me>(async () => {
  const answer = await call<Me>("GET", "/me");
  applyPreferences(answer.preferences);
  return answer;
});
onVaultChange((vault) => {
  if (vault === null) forgetMe();
});

/** The account as the server knows it now. @throws Problem. */
export async function readMe(): Promise<Me> {
  return await me.fresh();
}

/** The account as the server knew it when the vault was opened, for whatever is opened with it; read now, if that is long ago. @throws Problem. */
export async function readMeAtOpening(): Promise<Me> {
  return await me.within(OPENING_MS);
}

/** Something about the account was changed here: what is on its way says how it was before. */
export function forgetMe(): void {
  me.forget();
}

/** Change some preferences and put them into effect. @throws Problem. */
export async function changePreferences(changes: Partial<Preferences>): Promise<Preferences> {
  forgetMe();
  try {
    const preferences = await call<Preferences>("PATCH", "/me/preferences", { body: changes });
    applyPreferences(preferences);
    return preferences;
  } finally {
    forgetMe();
  }
}

/** Have no more mails about shared albums sent, without signing in: with what such a mail holds. @throws Problem. */
export async function unsubscribe(token: string): Promise<void> {
  await call("POST", `/digests/unsubscribe?token=${encodeURIComponent(token)}`);
}

/** Start the auto-lock clock with what this browser remembers, before the server has answered. */
export function startRememberedAutoLock(): void {
  lockAfter(rememberedAutoLock());
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
