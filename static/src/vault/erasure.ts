/** What becomes of deletions, and the end of the account itself. */
import { call } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import type { ClosingFacts, Deletion, OwnClosing } from "../api/types.ts";
import { randomBytes, toBase64Url } from "../crypto/bytes.ts";
import { newId } from "./ids.ts";
import { forgetOnDisk } from "./resume.ts";
import { setVault } from "./state.ts";

const SECRET_BYTES = 32;
const SHUTTING_MS = 2_000;
const LINK = /^#?([0-9a-f-]{36})\.([A-Za-z0-9_-]{43})$/;

/** What leads to the page of a closed account, and is known to this browser alone. */
export interface ClosingLink {
  readonly closingId: string;
  readonly secret: string;
}

interface Page {
  readonly items: readonly Deletion[];
  readonly cursor: string | null;
}

/** The deletions of the last twelve months, newest first, from `cursor` on. @throws Problem. */
export async function listDeletions(cursor?: string): Promise<Page> {
  return await call<Page>("GET", "/deletions", { query: { limit: 50, cursor } });
}

/** When this account is going to be erased, if anybody asked for it. @throws Problem. */
export async function readOwnClosing(): Promise<OwnClosing | null> {
  return (await call<{ readonly closing: OwnClosing | null }>("GET", "/me/closing")).closing;
}

/** A new wish. Made before it is sent, so that an answer that gets lost loses nothing. */
export function newClosingLink(): ClosingLink {
  return { closingId: newId(), secret: toBase64Url(randomBytes(SECRET_BYTES)) };
}

/** Where it can be followed without an account. The secret stands behind the #, which no server is told. */
export function closingAddress({ closingId, secret }: ClosingLink): string {
  return `/closing#${closingId}.${secret}`;
}

/** What the address of a closing's page leads to, or null when it is not whole. */
export function readClosingLink(hash: string): ClosingLink | null {
  const [, closingId, secret] = LINK.exec(hash) ?? [];
  return closingId === undefined || secret === undefined ? null : { closingId, secret };
}

/** Close the account, after so many days. Asks for a fresh proof. @throws Problem. */
export async function closeAccount(link: ClosingLink, waitDays: number): Promise<void> {
  await call("PUT", "/me/closing", { body: { closing_id: link.closingId, secret: link.secret, wait_days: waitDays } });
}

/** Take the wish back. Asks for a fresh proof. @throws Problem. */
export async function keepAccount(): Promise<void> {
  await call("DELETE", "/me/closing");
}

/** Leave nothing of the account in this browser. */
export async function forgetAccountHere(): Promise<void> {
  // Whoever has a database open closes it first.
  await Promise.race([setVault(null), new Promise((resolve) => setTimeout(resolve, SHUTTING_MS))]);
  await forgetOnDisk().catch(() => undefined);
  for (const { name } of await indexedDB.databases()) {
    if (name !== undefined) indexedDB.deleteDatabase(name);
  }
  localStorage.clear();
}

/** How far the erasure is; null when there is none, or the secret is wrong. @throws Problem. */
export async function followClosing({ closingId, secret }: ClosingLink): Promise<ClosingFacts | null> {
  try {
    return await call<ClosingFacts>("GET", `/closings/${closingId}`, { headers: { "Closing-Secret": secret }, isAnonymous: true });
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}
