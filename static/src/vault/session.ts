/** Who is signed in on this browser. Signing in says nothing about the vault: that is `unlock.ts`. */
import "../api/csrf.ts";
import { call } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import type { Body, DeviceSession, FactorMethod, KdfWire, SecondFactorAsked, Session } from "../api/types.ts";
import { toBase64Url } from "../crypto/bytes.ts";
import type { AuthKey } from "../crypto/keys.ts";
import { noteLeftOpen } from "./activity.ts";

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "Mac"],
  [/Linux|CrOS/, "Linux"],
];

/** What this device is called in the list of sessions, such as "Firefox on Linux". */
export function deviceName(agent: string = navigator.userAgent): string {
  const named = (list: typeof BROWSERS): string | undefined => list.find(([pattern]) => pattern.test(agent))?.[1];
  return [named(BROWSERS) ?? "Browser", named(SYSTEMS)].filter((part) => part !== undefined).join(" on ");
}

/** What every request that starts a session says about this device. What another session left open here is not the new one's. */
export function device(): { readonly device_name: string; readonly session: "cookie" } {
  noteLeftOpen(false);
  return { device_name: deviceName(), session: "cookie" };
}

/** The session of this browser, or null when nobody is signed in. @throws Problem when it cannot be known. */
export async function currentSession(): Promise<Session | null> {
  try {
    return await call<Session>("GET", "/auth/session");
  } catch (error) {
    if (error instanceof Problem && (error.status === 401 || error.status === 403)) return null;
    throw error;
  }
}

/** The stretching parameters of an address; an unknown address gets believable ones. */
export async function kdfParametersFor(email: string): Promise<KdfWire> {
  return await call<KdfWire>("POST", "/auth/parameters", { body: { email } });
}

/** Sign in with the auth key of a password. */
export async function signIn(email: string, authKey: AuthKey): Promise<Session | SecondFactorAsked> {
  return await call("POST", "/auth/sign-in", { body: { email, auth_key: toBase64Url(authKey), ...device() } });
}

/** Answer the second question with a code. */
export async function answerSecondFactor(challengeId: string, method: FactorMethod, code: string): Promise<Session> {
  const body = { challenge_id: challengeId, method, code: code.replaceAll(/\s/g, "") };
  return await call("POST", "/auth/second-factor", { body });
}

/** The open sessions of the account, this one marked. */
export async function listSessions(): Promise<readonly DeviceSession[]> {
  return await call("GET", "/auth/sessions");
}

/** End one other session, all others, or all. */
export async function endSession(id: string): Promise<void> {
  await call("DELETE", `/auth/sessions/${id}`);
}

/** Have a device woken no more when something changes; it stays signed in. */
export async function stopWaking(id: string): Promise<void> {
  await call("DELETE", `/auth/sessions/${id}/push`);
}

export async function endOtherSessions(): Promise<void> {
  await call("POST", "/auth/sessions/end-others");
}

export async function endAllSessions(): Promise<void> {
  await call("POST", "/auth/sessions/end-all");
}

/** What was done with the account lately, newest first. */
export async function listSecurityEvents(cursor?: string): Promise<Body<"Events">> {
  return await call("GET", "/me/events", { query: { cursor } });
}
