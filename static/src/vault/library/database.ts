/**
 * What this device keeps between visits, one IndexedDB per account.
 *
 * Everything that says anything about a photo is sealed under the account's index key before it
 * comes here; ids and counters lie open.
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";

import type { Bytes } from "../../crypto/bytes.ts";
import type { IndexStore } from "./blocks.ts";

/** A deletion that was asked for and has not been sent. */
export interface StoredDeletion {
  readonly id: string;
  readonly ids: readonly string[];
  readonly how: "bin" | "purge";
  readonly sendAt: number;
}

/** An export into a folder that has not come to its end, or the last that did. It names the folder that the person chose, and nothing in it. */
export interface StoredExport {
  readonly folder: FileSystemDirectoryHandle | null;
  /** As the export page wrote them; it reads them back with care. */
  readonly choices: unknown;
  /** ISO 8601 UTC. */
  readonly begunAt: string;
  /** From 0 to 1. */
  readonly share: number;
}

interface Schema extends DBSchema {
  exports: { key: "unfinished" | "last"; value: StoredExport };
  state: { key: "state"; value: Bytes };
  blocks: { key: number; value: Bytes };
  deletions: { key: string; value: StoredDeletion };
  plans: { key: string; value: Bytes };
  waiting: { key: string; value: Bytes };
  publishing: { key: string; value: Bytes };
  histories: { key: string; value: Bytes };
}

export type Database = IDBPDatabase<Schema>;

const VERSION = 4;
const STORES = ["state", "blocks", "deletions", "plans", "waiting", "publishing", "histories", "exports"] as const;

export async function openDatabase(accountId: string): Promise<Database> {
  return await openDB<Schema>(`pocketvault-${accountId}`, VERSION, {
    upgrade(database) {
      for (const store of STORES) if (!database.objectStoreNames.contains(store)) database.createObjectStore(store);
    },
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
    },
  });
}

/** The index's place in the database. */
export function indexStore(database: Database): IndexStore {
  return {
    readState: async () => (await database.get("state", "state")) ?? null,
    readBlock: async (number) => (await database.get("blocks", number)) ?? null,
    write: async (state, blocks) => {
      const change = database.transaction(["state", "blocks"], "readwrite", { durability: "relaxed" });
      const writes = [...blocks].map(([number, sealed]) => change.objectStore("blocks").put(sealed, number));
      await Promise.all([...writes, change.objectStore("state").put(state, "state"), change.done]);
    },
    clear: async () => {
      const change = database.transaction(["state", "blocks"], "readwrite");
      await Promise.all([change.objectStore("state").clear(), change.objectStore("blocks").clear(), change.done]);
    },
  };
}
