/** Receipts as files of the person's own: one by itself, many in one zip. */
import { downloadZip } from "client-zip";

import { PHOTOS_PER_RECEIPT, receiptForStored, type HeldReceipt } from "../../vault/receipts/receipts.ts";
import { knownLogKey } from "../../vault/receipts/log-key.ts";
import { sentenceOf } from "../sentence.ts";
import { toast } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { faultSentence } from "./words.ts";

const ZIP_NAME = "pocketvault-receipts.zip";

/** A file's name from what it is: `receipt-deleted-final-2026-11-27-0190f3a2.json`. */
export function fileName({ checked }: HeldReceipt, id: string): string {
  const words = checked === null ? "doubtful" : `${checked.kind.replace(".", "-")}-${checked.issuedAt.slice(0, 10)}`;
  return `receipt-${words}-${id.slice(-12)}.json`;
}

/** Save one receipt as it came, or several in one zip. */
export async function saveReceipts(receipts: ReadonlyMap<string, HeldReceipt>): Promise<void> {
  const files = [...receipts].map(([id, held]) => ({ name: fileName(held, id), input: held.text }));
  const [only] = files;
  if (only === undefined) return;
  if (files.length === 1) save(new Blob([only.input], { type: "application/json" }), only.name);
  else save(await downloadZip(files).blob(), ZIP_NAME);
}

/** Receipts that these photos are stored, 500 in each, checked before they are saved. Whether all came. */
export async function receiptsForPhotos(ids: readonly string[], tell: (done: number) => void = () => undefined): Promise<boolean> {
  const made = new Map<string, HeldReceipt>();
  try {
    const { pinned } = await knownLogKey();
    for (let at = 0; at < ids.length; at += PHOTOS_PER_RECEIPT) {
      const held = await receiptForStored(ids.slice(at, at + PHOTOS_PER_RECEIPT), pinned);
      if (held.fault !== null) throw held.fault;
      made.set(held.checked?.id ?? String(at), held);
      tell(Math.min(at + PHOTOS_PER_RECEIPT, ids.length));
    }
  } catch (error) {
    toast(error instanceof Error && "fault" in error ? t("This receipt does not hold. {why}", { why: faultSentence(error.fault as Parameters<typeof faultSentence>[0]) }) : sentenceOf(error), { seconds: 12 });
  }
  await saveReceipts(made);
  if (made.size === 0 || made.size * PHOTOS_PER_RECEIPT < ids.length) return false;
  toast(tn("A receipt for {n} photo was checked and saved.", "Receipts for {n} photos were checked and saved.", ids.length));
  return true;
}

function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has taken hold of the blob well before.
  setTimeout(() => { URL.revokeObjectURL(link.href); }, 60_000);
}
