/** What a receipt says, and what is wrong with one, in words for people. */
import type { CheckedReceipt, ReceiptFault, ReceiptKind } from "../../crypto/receipt.ts";
import { dayText, momentText } from "../format.ts";
import { t, tn } from "../text.ts";

/** @translated */
const TITLES: Readonly<Record<ReceiptKind, string>> = {
  stored: "Photos stored",
  "deleted.active": "Photos deleted from our servers",
  "deleted.final": "Unreadable in every backup",
  "account.erased": "Account erased",
};

/** @translated */
const FAULTS: Readonly<Record<ReceiptFault, string>> = {
  "not-json": "This is not a receipt, or only a part of one. Choose the file that was saved, or paste all of it.",
  "not-a-receipt": "This file is something else, or a receipt with parts missing.",
  key: "It is signed by another key than the one of the public log.",
  signature: "The signature does not fit what the receipt says. Something in it was changed, or the log never signed it.",
  commitment: "The entry in the public log is for another receipt: what opens it does not fit.",
  entry: "The public log says something else about this receipt: another kind, another day, or another promise.",
  proof: "The proof does not lead to the public log. The entry is not in it, or the checkpoint was not signed by it.",
};

export function kindTitle(kind: ReceiptKind): string {
  return t(TITLES[kind]);
}

export function faultSentence(fault: ReceiptFault): string {
  return t(FAULTS[fault]);
}

/** What the receipt says happened, a sentence each. */
export function sentencesOf({ kind, facts, dueOn, issuedAt }: CheckedReceipt): readonly string[] {
  const count = photosIn(facts["images"]).length;
  const at = (name: string): string | undefined => isMoment(facts[name]) ? momentText(facts[name]) : undefined;
  const [deleted, removed] = [at("deleted_at") ?? at("closed_at"), at("active_removed_at")];
  const isAccount = kind === "account.erased" || facts["closing"] !== undefined;
  const unreadable = isMoment(facts["unreadable_by"]) ? facts["unreadable_by"] : dueOn;
  if (kind === "stored") {
    return [tn("{n} photo was stored, and its encrypted bytes are named by their fingerprints.", "{n} photos were stored, and their encrypted bytes are named by their fingerprints.", count), t("That was on {moment}.", { moment: momentText(issuedAt) })];
  }
  return [
    isAccount ? t("The account and everything in it was erased.") : tn("{n} photo was deleted.", "{n} photos were deleted.", count),
    deleted === undefined ? "" : t("Asked for on {moment}.", { moment: deleted }),
    removed === undefined ? "" : t("Gone from every server on {moment}.", { moment: removed }),
    finalWords(kind, unreadable),
  ].filter((sentence) => sentence !== "");
}

/** Ids of the photos that a receipt names. */
export function photosIn(images: unknown): readonly string[] {
  if (!Array.isArray(images)) return [];
  return images.map((each: unknown) => typeof each === "object" && each !== null && "id" in each ? String(each.id) : String(each));
}

function finalWords(kind: ReceiptKind, unreadable: string | undefined): string {
  if (unreadable === undefined) return "";
  const day = dayText(unreadable);
  return kind !== "deleted.final" ? t("Unreadable in every backup by {day}; a second receipt says so then.", { day }) : t("Unreadable in every backup since {day} at the latest.", { day });
}

function isMoment(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
