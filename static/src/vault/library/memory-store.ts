/** An index that lasts as long as the page: for browsers that refuse to keep anything, and for tests. */
import type { Bytes } from "../../crypto/bytes.ts";
import type { IndexStore } from "./blocks.ts";

export function memoryStore(): IndexStore {
  let state: Bytes | null = null;
  const blocks = new Map<number, Bytes>();
  return {
    readState: () => Promise.resolve(state),
    readBlock: (number) => Promise.resolve(blocks.get(number) ?? null),
    write: (newState, newBlocks) => {
      state = newState;
      for (const [number, sealed] of newBlocks) blocks.set(number, sealed);
      return Promise.resolve();
    },
    clear: () => {
      state = null;
      blocks.clear();
      return Promise.resolve();
    },
  };
}
