/**
 * What this device saw last of each group and shared album, so that nothing older is believed again.
 *
 * Kept in IndexedDB as documents under the account's index key, because a state names people.
 */
import type { Context } from "../../crypto/context.ts";
import type { HistoryState } from "../../crypto/history-state.ts";
import { openRecord, sealRecord, type JsonValue } from "../../crypto/record.ts";
import { openDatabase, type Database } from "../library/database.ts";
import type { Vault } from "../state.ts";

export type StateOwner = Pick<Vault, "accountId" | "indexKey">;

/** Remembered states by the id of their group or album. */
export interface States {
  read(id: string): Promise<HistoryState | undefined>;
  write(id: string, state: HistoryState): Promise<void>;
  forget(id: string): Promise<void>;
}

/** The states in this browser; in one without a database they live as long as the page. */
export async function openStates(owner: StateOwner): Promise<States> {
  try {
    return storedStates(await openDatabase(owner.accountId), owner);
  } catch {
    return passingStates();
  }
}

function storedStates(database: Database, { accountId, indexKey }: StateOwner): States {
  const contextOf = (id: string): Context<"index"> => ({ purpose: "index", owner: accountId, record: id, part: "history", version: 1 });
  return {
    read: async (id) => {
      const sealed = await database.get("histories", id);
      if (sealed === undefined) return undefined;
      // One that was kept before there were choices of what photos tell knows of none.
      return { tells: {}, ...((await openRecord(sealed, indexKey, contextOf(id))) as Omit<HistoryState, "tells">) };
    },
    write: async (id, state) => {
      const sealed = await sealRecord(state as unknown as JsonValue, indexKey, contextOf(id));
      await database.put("histories", sealed, id);
    },
    forget: (id) => database.delete("histories", id),
  };
}

function passingStates(): States {
  const kept = new Map<string, HistoryState>();
  return {
    read: (id) => Promise.resolve(kept.get(id)),
    write: (id, state) => Promise.resolve(void kept.set(id, state)),
    forget: (id) => Promise.resolve(void kept.delete(id)),
  };
}

/** A state that differs from another in nothing that matters: the same newest entry. */
export function isSameState(one: HistoryState | undefined, other: HistoryState): boolean {
  return one?.seq === other.seq && one.hash === other.hash;
}
