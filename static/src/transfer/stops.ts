/** What stops an upload queue as a whole, in words. */
import type { Refusal } from "../vault/library/bridge.ts";

const QUOTA_REACHED: Refusal = { code: "quota_reached", sentence: "There is not enough room left for all of these photos. What was already stored is safe." };
export const NOT_ALL_FIT: Refusal = { code: "quota_short", sentence: "There is not enough room for all of these photos. Those that fit can be uploaded, in this order." };
const SIGNED_OUT: Refusal = { code: "signed_out", sentence: "You were signed out. Sign in again to go on; nothing stored was lost." };

/** Refusals that stop the queue, because the next file would meet them too. */
export function stopFor(code: string): Refusal | null {
  if (code === "quota_reached") return QUOTA_REACHED;
  return code === "not_authenticated" || code === "signed_out" || code === "locked" ? SIGNED_OUT : null;
}
