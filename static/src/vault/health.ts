/** What the server found when it read everything stored again. */
import { call } from "../api/client.ts";
import type { Fixity } from "../api/types.ts";

/** The last thirty days, newest first. @throws Problem. */
export async function readFixity(): Promise<Fixity> {
  return await call<Fixity>("GET", "/fixity");
}
