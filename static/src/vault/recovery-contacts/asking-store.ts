/**
 * What a device asked recovery contacts with, kept while days go by.
 *
 * It lies in this browser as it is: there is no password yet that could guard it. Alone it opens nothing; with two
 * contacts' answers it does, so it is thrown away as soon as it was used, stopped, or begun anew.
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";

import type { Asking } from "./given-back.ts";

interface AskingSchema extends DBSchema {
  asking: { key: "current"; value: Asking };
}

const DATABASE = "pocketvault-asking";
const STORE = "asking";

async function database(): Promise<IDBPDatabase<AskingSchema>> {
  return await openDB<AskingSchema>(DATABASE, 1, {
    upgrade(opened) {
      opened.createObjectStore(STORE);
    },
  });
}

/** Keep it for the next visit of this browser. */
export async function keepAsking(asking: Asking): Promise<void> {
  const opened = await database();
  await opened.put(STORE, asking, "current");
  opened.close();
}

/** What this browser asked with, or null. */
export async function recallAsking(): Promise<Asking | null> {
  const opened = await database();
  const asking = await opened.get(STORE, "current");
  opened.close();
  return asking ?? null;
}

export async function forgetAsking(): Promise<void> {
  const opened = await database();
  await opened.clear(STORE);
  opened.close();
}
