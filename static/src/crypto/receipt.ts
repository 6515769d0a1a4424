/**
 * Receipts: what somebody holds against the service, checked with nothing but the file (docs/log.md).
 *
 *     signature    Ed25519("pocketvault.receipt/1" 00 | receipt)
 *     commitment   SHA-256("pocketvault.commitment/1" 00 | opening (32) | receipt)
 *     entry        the leaf of the public log: the commitment, and of a promise which one and by when
 */
import { sha256 } from "@noble/hashes/sha2.js";

import { concat, equalBytes, fromBase64Url, utf8, type Bytes } from "./bytes.ts";
import { canonicalText, textIn, type Members } from "./canonical.ts";
import { isEd25519, readVerifierKey, type Checkpoint, type VerifierKey } from "./log-note.ts";
import { checkProof, readProof } from "./log-proof.ts";
import type { JsonValue } from "./record.ts";

/** What is wrong with a receipt, in the order in which it is looked for. */
export type ReceiptFault = "not-json" | "not-a-receipt" | "key" | "signature" | "commitment" | "entry" | "proof";

export const RECEIPT_KINDS = ["stored", "deleted.active", "deleted.final", "account.erased"] as const;
export type ReceiptKind = (typeof RECEIPT_KINDS)[number];

/** A refusal that names the part which does not hold. */
export class ReceiptError extends Error {
  override readonly name = "ReceiptError";

  constructor(readonly fault: ReceiptFault) {
    super(`This receipt does not hold: ${fault}.`);
  }
}

/** What a receipt proves, once every part of it was checked. */
export interface CheckedReceipt {
  readonly id: string;
  readonly kind: ReceiptKind;
  readonly about: string;
  /** To the second: `2026-11-27T14:00:00Z`. */
  readonly issuedAt: string;
  readonly facts: Members;
  /** By which day the promise is to be kept, where there is one. */
  readonly dueOn: string | undefined;
  /** The day on which the log took the entry in, as the log says. */
  readonly loggedOn: string;
  readonly index: number;
  readonly checkpoint: Checkpoint;
  /** The key that stands in the file and signed all of it. Whose it is the file cannot prove. */
  readonly key: VerifierKey;
  readonly keyText: string;
}

const RECEIPT_FORMAT = "pocketvault.receipt/1";
const ENTRY_FORMAT = "pocketvault.entry/1";
const FILE_FORMAT = "pocketvault.receipt-file/1";
const COMMITMENT_TAG = utf8("pocketvault.commitment/1\0");
const RECEIPT_TAG = utf8(`${RECEIPT_FORMAT}\0`);
const OPENING_BYTES = 32;
/** Far more than a receipt for 500 photos has. */
export const LARGEST_RECEIPT_BYTES = 4 * 1024 * 1024;

/**
 * Check every part of a receipt's file.
 *
 * With `trusted`, the text of a log's key known from before, a file signed by another is refused. @throws ReceiptError.
 */
export function checkReceipt(text: string, trusted?: string): CheckedReceipt {
  const file = parsed(text);
  const { receipt, entry } = asked("not-a-receipt", () => ({ receipt: membersIn(file["receipt"]), entry: membersIn(file["entry"]) }));
  const head = asked("not-a-receipt", () => headOf(file, receipt));
  const keyText = asked("key", () => textIn(file["key"]).trim());
  const key = asked("key", () => readVerifierKey(keyText));
  if (key.name !== receipt["log"] || (trusted !== undefined && trusted.trim() !== keyText)) throw new ReceiptError("key");
  const spelled = utf8(canonicalText(receipt as JsonValue));
  const signature = asked("signature", () => fromBase64Url(textIn(file["signature"])));
  if (!isEd25519(signature, concat(RECEIPT_TAG, spelled), key.publicKey)) throw new ReceiptError("signature");
  const opening = asked("commitment", () => fromBase64Url(textIn(file["opening"])));
  requireCommitment(entry, spelled, opening);
  requireSameWords(entry, receipt);
  const loggedOn = asked("entry", () => textIn(entry["on"]));
  return { ...head, loggedOn, ...asked("proof", () => placeIn(textIn(file["proof"]), entry, key)), key, keyText };
}

function headOf(file: Members, receipt: Members): Pick<CheckedReceipt, "id" | "kind" | "about" | "issuedAt" | "facts" | "dueOn"> {
  const kind = RECEIPT_KINDS.find((each) => each === receipt["kind"]);
  if (file["format"] !== FILE_FORMAT || receipt["format"] !== RECEIPT_FORMAT || kind === undefined) throw new ReceiptError("not-a-receipt");
  const due = receipt["due_on"];
  return {
    id: textIn(receipt["id"]),
    kind,
    about: textIn(receipt["about"]),
    issuedAt: textIn(receipt["issued_at"]),
    facts: membersIn(receipt["facts"]),
    dueOn: due === undefined ? undefined : textIn(due),
  };
}

function requireCommitment(entry: Members, spelled: Bytes, opening: Bytes): void {
  const said = asked("entry", () => fromBase64Url(textIn(entry["commitment"])));
  if (opening.length !== OPENING_BYTES || !equalBytes(said, sha256(concat(COMMITMENT_TAG, opening, spelled)))) {
    throw new ReceiptError("commitment");
  }
}

/** The log must have told everybody the same kind, promise and day. */
function requireSameWords(entry: Members, receipt: Members): void {
  const isSame = ["kind", "promise", "due_on"].every((name) => entry[name] === receipt[name]);
  if (entry["format"] !== ENTRY_FORMAT || !isSame) throw new ReceiptError("entry");
}

function placeIn(text: string, entry: Members, key: VerifierKey): Pick<CheckedReceipt, "index" | "checkpoint"> {
  const proof = readProof(text);
  return { index: proof.index, checkpoint: checkProof(proof, utf8(canonicalText(entry as JsonValue)), key) };
}

function parsed(text: string): Members {
  const value = asked("not-json", () => JSON.parse(text) as unknown);
  return asked("not-a-receipt", () => membersIn(value));
}

function membersIn(value: unknown): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new ReceiptError("not-a-receipt");
  return value as Members;
}

/** What `ask` answers; whatever it throws becomes this fault. */
function asked<Answer>(fault: ReceiptFault, ask: () => Answer): Answer {
  try {
    return ask();
  } catch (error) {
    throw error instanceof ReceiptError ? error : new ReceiptError(fault);
  }
}
