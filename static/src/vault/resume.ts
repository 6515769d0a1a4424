/**
 * An open vault survives a reload, but neither this disk alone nor the server alone opens it:
 * the wrapped account key is in IndexedDB, the key to it with the session on the server.
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";

import { call } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import type { Body } from "../api/types.ts";
import { fromBase64Url, toBase64Url, type Bytes } from "../crypto/bytes.ts";
import { deriveWrappingKey } from "../crypto/derive.ts";
import { checkedKey, newDeviceKey, type AccountKey, type HeldKey, type KeyEncryptionKey } from "../crypto/keys.ts";
import { unwrapHeldKey, wrapKey, wrappedKeyFromBytes } from "../crypto/wrap.ts";
import { noteLeftOpen } from "./activity.ts";
import { accountKeyContext, forget } from "./account-key.ts";
import { currentVault } from "./state.ts";

interface Remembered {
  readonly accountId: string;
  readonly sessionId: string;
  readonly wrapped: Bytes;
}

interface ResumeSchema extends DBSchema {
  resume: { key: "current"; value: Remembered };
}

const DATABASE = "pocketvault-resume";
const STORE = "resume";

async function database(): Promise<IDBPDatabase<ResumeSchema>> {
  return await openDB<ResumeSchema>(DATABASE, 1, {
    upgrade(opened) {
      opened.createObjectStore(STORE);
    },
  });
}

/**
 * Keep both halves of an open vault for the next page load of this session; of one that was locked meanwhile
 * neither. @throws Problem.
 */
export async function rememberVault(accountKey: AccountKey, accountId: string, sessionId: string): Promise<void> {
  // An older session's, until this one's are both in their places.
  noteLeftOpen(false);
  const resumeKey = newDeviceKey();
  const wrapped = await wrapKey(accountKey, await deriveWrappingKey(resumeKey), accountKeyContext(accountId, "resume"));
  await call("PUT", "/auth/session/resume-key", { body: { key: toBase64Url(resumeKey) } });
  forget(resumeKey);
  const opened = await database();
  await opened.put(STORE, { accountId, sessionId, wrapped }, "current");
  opened.close();
  noteLeftOpen(true);
  if (currentVault() === null) await Promise.allSettled([forgetOnDisk(), forgetOnServer()]);
}

/** The account key of a vault left open in this session, or null. The raw key never reaches script. */
export async function recallVault(accountId: string, sessionId: string): Promise<HeldKey<AccountKey> | null> {
  const opened = await database();
  const remembered = await opened.get(STORE, "current");
  opened.close();
  if (remembered?.accountId !== accountId || remembered.sessionId !== sessionId) {
    noteLeftOpen(false);
    return null;
  }
  try {
    const { key } = await call<Body<"ResumeKey">>("GET", "/auth/session/resume-key");
    const resumeKey = checkedKey(fromBase64Url(key)) as Bytes as KeyEncryptionKey;
    const wrapped = wrappedKeyFromBytes("account-key", remembered.wrapped);
    return await unwrapHeldKey(wrapped, await deriveWrappingKey(resumeKey), accountKeyContext(accountId, "resume"));
  } catch (error) {
    if (error instanceof Problem && error.status === 404) noteLeftOpen(false);
    return null;
  }
}

/** Say that this browser is in use. A half that the server let go of does not come back by it. @throws Problem. */
export async function tellOfUse(): Promise<void> {
  await call("PATCH", "/auth/session/resume-key");
}

/** Throw away the half kept on this disk. */
export async function forgetOnDisk(): Promise<void> {
  noteLeftOpen(false);
  const opened = await database();
  await opened.clear(STORE);
  opened.close();
}

/** Throw away the half kept with the session. */
export async function forgetOnServer(): Promise<void> {
  await call("DELETE", "/auth/session/resume-key");
}
