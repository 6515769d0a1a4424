/** What somebody asks of us about their data, and what became of it. */
import { API, call } from "../api/client.ts";
import type { DataRequests, WholeRequest } from "../api/types.ts";

/** Every request of the account, the newest first, and what can be asked for. @throws Problem. */
export function readRequests(): Promise<DataRequests> {
  return call<DataRequests>("GET", "/requests");
}

/** One request with its history and its letters. @throws Problem. */
export function readRequest(requestId: string): Promise<WholeRequest> {
  return call<WholeRequest>("GET", `/requests/${requestId}`);
}

/** Where a letter lies as PDF: the browser saves it by itself. */
export const letterAddress = (requestId: string, letterId: string): string => `${API}/requests/${requestId}/letters/${letterId}/letter.pdf`;

/** Ask for something, by the right it stands on. Wants a fresh proof of who asks. @throws Problem. */
export function openRequest(regime: string, kind: string, text: string): Promise<WholeRequest> {
  return call<WholeRequest>("POST", "/requests", { body: { regime, kind, text } });
}
