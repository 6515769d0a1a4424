/** What authorities asked about somebody, as the server says it. */
import { call } from "../api/client.ts";
import type { LegalRequest } from "../api/types.ts";

/** Every order that may be told of, the newest first. @throws Problem. */
export async function listLegalRequests(): Promise<readonly LegalRequest[]> {
  return (await call<{ readonly items: readonly LegalRequest[] }>("GET", "/legal-requests")).items;
}
