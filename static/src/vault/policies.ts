/** The privacy policy that is to come, and whether this browser was told of it. */
import { call } from "../api/client.ts";
import type { PolicyVersion } from "../api/types.ts";

const PUT_AWAY = "pv-policy-put-away";

/** The version that is announced and was not put away here; null while there is none. @throws Problem. */
export async function comingPolicy(): Promise<PolicyVersion | null> {
  const { items } = await call<{ readonly items: readonly PolicyVersion[] }>("GET", "/policies");
  const last = Number(localStorage.getItem(PUT_AWAY) ?? "0");
  return items.find(({ state, number }) => state === "announced" && number > last) ?? null;
}

/** Somebody read that this version comes, or wants to hear no more of it in this browser. */
export function putPolicyAway(number: number): void {
  localStorage.setItem(PUT_AWAY, String(number));
}
