/** What somebody asks of us about their data, and what became of it. */
import { call } from "../api/client.ts";
import type { DataRequests, WholeRequest } from "../api/types.ts";

/** Every request of the account, the newest first, and what can be asked for. @throws Problem. */
export function readRequests(): Promise<DataRequests> {
  return call<DataRequests>("GET", "/requests");
}

/** One request with its history and its letters. @throws Problem. */
export function readRequest(requestId: string): Promise<WholeRequest> {
  return call<WholeRequest>("GET", `/requests/${requestId}`);
}

/** Ask for something, by the right it stands on. Wants a fresh proof of who asks. @throws Problem. */
export function openRequest(regime: string, kind: string, text: string): Promise<WholeRequest> {
  return call<WholeRequest>("POST", "/requests", { body: { regime, kind, text } });
}
