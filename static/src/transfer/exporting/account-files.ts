/** What the service itself knows of the account, asked for with the account's own questions and written as it answers. */
import { call } from "../../api/client.ts";
import { isRecord, list, record, textOrNull } from "../../api/shape.ts";
import { ACCOUNT, RECEIPTS, SHARES } from "../../export/layout.ts";
import { LibraryError } from "../../vault/library/bridge.ts";
import { holdReceipt, type Listed } from "../../vault/receipts/receipts.ts";
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
  [`${SHARES}/exposures.json`, "/exposures", whole],
  [`${SHARES}/contacts.json`, "/contacts", whole],
];

/** Each receipt that can be had, whole: with its opening and its proof, so that it holds without us. Checked before it is written. */
function receiptsIn(listed: string, logKey: string | null): readonly AccountFile[] {
  const { items } = JSON.parse(listed) as { readonly items: readonly Listed[] };
  return items.filter(({ standing }) => standing === "ready").map((each) => ({
    path: `${RECEIPTS}/receipt-${each.kind.replace(".", "-")}-${each.id}.json`,
    read: async () => {
      const held = await holdReceipt(each, logKey);
      if (held !== null && held.fault !== null) throw new LibraryError("receipt_doubtful", "This receipt does not hold. It stands with your receipts: save it there and keep it, it is evidence.");
      return held === null ? null : held.text;
    },
  }));
}

/** Everything, in the order in which it is written. `logKey` is the public log's as this browser first saw it, null if it never did. */
export function accountFiles(logKey: string | null): readonly AccountFile[] {
  const files = FILES.map(([path, address, read]): AccountFile => ({ path, read: (signal) => read(address, signal) }));
  return [...files, { path: `${RECEIPTS}/receipts.json`, read: (signal) => paged("/receipts", signal), named: (listed) => receiptsIn(listed, logKey) }];
}
