/** What the service itself knows of the account, asked for with the account's own questions and written as it answers. */
import { call } from "../../api/client.ts";
import { isRecord, list, record, textOrNull } from "../../api/shape.ts";
import { ACCOUNT, RECEIPTS, SHARES } from "../../export/layout.ts";
import type { AccountFile } from "./frame.ts";

/** More pages than a life has events. */
const MOST_PAGES = 2000;

async function whole(path: string, signal: AbortSignal): Promise<string> {
  return `${JSON.stringify(await call<unknown>("GET", path, { signal }), null, 2)}\n`;
}

/** Every page of a list that names where the next begins. */
async function paged(path: string, signal: AbortSignal): Promise<string> {
  const items: unknown[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = record(await call<unknown>("GET", path, { signal, query: { cursor: cursor ?? undefined } }));
    items.push(...list(answer["items"]).filter(isRecord));
    cursor = textOrNull(answer["cursor"]);
    if (cursor === null) break;
  }
  return `${JSON.stringify({ items }, null, 2)}\n`;
}

const FILES: readonly (readonly [path: string, address: string, read: typeof whole])[] = [
  [`${ACCOUNT}/account.json`, "/me", whole],
  [`${ACCOUNT}/devices.json`, "/auth/sessions", whole],
  [`${ACCOUNT}/passkeys.json`, "/auth/passkeys", whole],
  [`${ACCOUNT}/events.json`, "/me/events", paged],
  [`${ACCOUNT}/deletions.json`, "/deletions", paged],
  [`${ACCOUNT}/archives.json`, "/archives", whole],
  [`${ACCOUNT}/choices.json`, "/me/choices", whole],
  [`${ACCOUNT}/consents.json`, "/consents", whole],
  [`${ACCOUNT}/about-my-data.json`, "/me/about-my-data", whole],
  [`${RECEIPTS}/receipts.json`, "/receipts", paged],
  [`${SHARES}/exposures.json`, "/exposures", whole],
  [`${SHARES}/contacts.json`, "/contacts", whole],
];

export const ACCOUNT_FILES: readonly AccountFile[] = FILES.map(([path, address, read]) => ({ path, read: (signal) => read(address, signal) }));
