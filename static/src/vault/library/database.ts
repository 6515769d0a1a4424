/**
 * What this device keeps between visits, one IndexedDB per account.
 *
 * Everything that says anything about a photo is sealed under the account's index key before it
 * comes here; ids and counters lie open.
 */
import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from "idb";

import type { Bytes } from "../../crypto/bytes.ts";
import type { IndexStore } from "./blocks.ts";

/** A deletion that was asked for and has not been sent. */
export interface StoredDeletion {
  readonly id: string;
  readonly ids: readonly string[];
  readonly how: "bin" | "purge";
  readonly sendAt: number;
}

interface Schema extends DBSchema {
  state: { key: "state"; value: Bytes };
  blocks: { key: number; value: Bytes };
  deletions: { key: string; value: StoredDeletion };
  plans: { key: string; value: Bytes };
  waiting: { key: string; value: Bytes };
  histories: { key: string; value: Bytes };
  /** By the album's id, a slash, and the part. */
  received: { key: string; value: Bytes };
}

export type Database = IDBPDatabase<Schema>;

const VERSION = 3;
const STORES = ["state", "blocks", "deletions", "plans", "waiting", "histories", "received"] as const;
const nameOf = (accountId: string): string => `pocketvault-${accountId}`;

export async function openDatabase(accountId: string): Promise<Database> {
  return await openDB<Schema>(nameOf(accountId), VERSION, {
    upgrade(database) {
      for (const store of STORES) if (!database.objectStoreNames.contains(store)) database.createObjectStore(store);
    },
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
    },
  });
}

/** Forget an account on this device, as when it is closed or signed out for good. */
export async function deleteDatabase(accountId: string): Promise<void> {
  await deleteDB(nameOf(accountId));
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

/** Where sealed parts of albums lie that others share. `write` is all or nothing; null takes a part away. */
export interface ReceivedStore {
  read(albumId: string): Promise<ReadonlyMap<string, Bytes>>;
  write(albumId: string, parts: ReadonlyMap<string, Bytes | null>): Promise<void>;
  forget(albumId: string): Promise<void>;
  /** The ids of those of which anything is kept. */
  albums(): Promise<readonly string[]>;
}

/** Their place in the database. */
export function receivedStore(database: Database): ReceivedStore {
  const partsOf = (albumId: string): IDBKeyRange => IDBKeyRange.bound(`${albumId}/`, `${albumId}0`, false, true);
  return {
    read: async (albumId) => {
      const reading = database.transaction("received");
      const [keys, parts] = await Promise.all([reading.store.getAllKeys(partsOf(albumId)), reading.store.getAll(partsOf(albumId))]);
      return new Map(parts.map((part, at) => [keys[at]?.slice(albumId.length + 1) ?? "", part]));
    },
    write: async (albumId, parts) => {
      const change = database.transaction("received", "readwrite", { durability: "relaxed" });
      const writes = [...parts].map(([name, part]) => (part === null ? change.store.delete(`${albumId}/${name}`) : change.store.put(part, `${albumId}/${name}`)));
      await Promise.all([...writes, change.done]);
    },
    forget: (albumId) => database.delete("received", partsOf(albumId)),
    albums: async () => [...new Set((await database.getAllKeys("received")).map((key) => key.slice(0, key.indexOf("/"))))],
  };
}
