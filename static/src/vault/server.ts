/** What the service says of itself: its limits, its clock, and whether it was restored. */
import { call } from "../api/client.ts";
import type { ServerFacts } from "../api/types.ts";
import { Told } from "./told.ts";

/** Longer than a vault takes to open on a slow phone. */
const OPENING_MS = 30_000;

const server = new Told<ServerFacts>(() => call<ServerFacts>("GET", "/server"));

/** As it is now. @throws Problem. */
export async function readServer(): Promise<ServerFacts> {
  return await server.fresh();
}

/** As it was when the vault was opened, for whatever is opened with it; read now, if that is long ago. @throws Problem. */
export async function readServerAtOpening(): Promise<ServerFacts> {
  return await server.within(OPENING_MS);
}
