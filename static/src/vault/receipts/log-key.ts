/**
 * The key of the public log, as this browser first saw it. It is the same for everybody and for good, so another one is
 * never taken for it: a service that wanted to show a different past would need another key or another log.
 */
import { fetchLogKey } from "../../api/log.ts";

const PLACE = "pv-log-key";

/** What is known of the log's key: as pinned here, and as the site says now. */
export interface LogKey {
  readonly pinned: string | null;
  readonly told: string | null;
}

/** The key that is pinned; pinned now, if this is the first time. */
export async function knownLogKey(): Promise<LogKey> {
  const told = await fetchLogKey();
  const pinned = localStorage.getItem(PLACE);
  if (pinned !== null || told === null) return { pinned, told };
  localStorage.setItem(PLACE, told);
  return { pinned: told, told };
}

/** Whether this browser knows it yet. */
export const isLogKnown = (): boolean => localStorage.getItem(PLACE) !== null;

/** Whether the site names another key than the one that was seen first. */
export function isChanged({ pinned, told }: LogKey): boolean {
  return pinned !== null && told !== null && pinned !== told;
}
