/** The account's receipts: listed, checked on this device, and taken. */
import { call } from "../../api/client.ts";
import type { components } from "../../api/schema.ts";
import { checkReceipt, ReceiptError, type CheckedReceipt } from "../../crypto/receipt.ts";

/** Read from the schema itself: the export worker checks receipts too, and knows none of a page's types. */
type Body<Name extends keyof components["schemas"]> = components["schemas"][Name];

export type Listed = Body<"Receipt">;
export type ReceiptFile = Body<"ReceiptFile">;
export type ReceiptPage = Body<"Receipts">;

/** A receipt with its file, and what it proves or why it does not. */
export interface HeldReceipt {
  readonly text: string;
  readonly checked: CheckedReceipt | null;
  readonly fault: ReceiptError | null;
}

/** As many as one receipt for stored photos names. */
export const PHOTOS_PER_RECEIPT = 500;

export async function listReceipts(cursor: string | null): Promise<ReceiptPage> {
  return await call<ReceiptPage>("GET", "/receipts", { query: { limit: 50, cursor: cursor ?? undefined } });
}

/** The file of a receipt, checked against the log's key; null while there is none. @throws Problem. */
export async function holdReceipt(listed: Listed, key: string | null): Promise<HeldReceipt | null> {
  const { file } = await call<Body<"WholeReceipt">>("GET", `/receipts/${listed.id}`);
  if (file === null) return null;
  const held = checkedFile(file, key);
  const isAnother = held.checked !== null && (held.checked.id !== listed.id || held.checked.kind !== listed.kind || held.checked.about !== listed.about);
  return isAnother ? { ...held, checked: null, fault: new ReceiptError("not-a-receipt") } : held;
}

/** Say that it is kept elsewhere. What it says is shredded on the servers. @throws Problem. */
export async function takeReceipt(id: string): Promise<void> {
  await call("POST", `/receipts/${id}/taken`);
}

/** A receipt that these photos are stored, made now. @throws Problem. */
export async function receiptForStored(imageIds: readonly string[], key: string | null): Promise<HeldReceipt> {
  return checkedFile(await call<ReceiptFile>("POST", "/receipts/stored", { body: { image_ids: imageIds } }), key);
}

function checkedFile(file: ReceiptFile, key: string | null): HeldReceipt {
  const text = `${JSON.stringify(file, null, 1)}\n`;
  try {
    return { text, checked: checkReceipt(text, key ?? undefined), fault: null };
  } catch (error) {
    if (!(error instanceof ReceiptError)) throw error;
    return { text, checked: null, fault: error };
  }
}
