/**
 * One link of a history: a signed commitment to an event, and the opening that says what it was.
 *
 *     context    = pv1|history|author|subject|kind|seq
 *     statement  = previous (32) | commitment (32)
 *     signature  = version (1) | Ed25519 (64) over: context | 0x00 | statement
 *     hash       = SHA-256(context | 0x00 | statement | signature)
 *
 * The server checks the same and knows no more: what was committed to is sealed in the opening.
 */
import { concat, type Bytes } from "./bytes.ts";
import { canonicalText, DIGEST_BYTES } from "./canonical.ts";
import { commitmentOf, digestOf, newOpening, openingDocument, openingIn, type Opening } from "./commitment.ts";
import { encodeContext, type Context } from "./context.ts";
import type { SubjectKind } from "./delivery.ts";
import type { HistoryEvent } from "./event.ts";
import type { IdentitySeed } from "./keys.ts";
import { openRecordUnder, sealRecordUnder, type DocumentKey } from "./record.ts";
import { signStatement, verifyStatement, type IdentityPublicKey } from "./signature.ts";

/** What a history is about. */
export interface Subject {
  readonly kind: SubjectKind;
  /** The group's or album's id. */
  readonly id: string;
  /** The account that made it. */
  readonly owner: string;
}

/** An entry as the server keeps it. */
export interface HistoryEntry {
  readonly seq: number;
  readonly author: string;
  readonly previous: Bytes;
  readonly commitment: Bytes;
  readonly signature: Bytes;
  /** Of the key that seals the opening. */
  readonly generation: number;
  readonly opening: Bytes;
  /** Commitments of the items that are added, or stand in the place of others, in the open; empty for every other event. */
  readonly items: readonly Bytes[];
}

/** Where the next entry goes: the number and hash of the newest. */
export interface Head {
  readonly seq: number;
  readonly hash: Bytes;
}

/** Whoever signs an entry. */
export interface Author {
  readonly account: string;
  readonly seed: IdentitySeed;
}

/** The key an opening is sealed with, and its generation. */
export interface OpeningKey {
  readonly generation: number;
  readonly documentKey: DocumentKey;
}

/** Before the first entry. */
export const START: Head = { seq: 0, hash: new Uint8Array(DIGEST_BYTES) };

/** The next entry of a history, ready to be appended. */
export async function writeEntry(
  event: HistoryEvent,
  subject: Subject,
  head: Head,
  author: Author,
  key: OpeningKey,
  items: readonly Bytes[] = [],
): Promise<HistoryEntry> {
  const seq = head.seq + 1;
  const opening = newOpening(canonicalText(event));
  const commitment = commitmentOf(opening);
  const signature = signStatement(
    concat(head.hash, commitment),
    author.seed,
    entryContext(subject, author.account, seq),
  );
  const context = openingContext(subject, key.generation, seq);
  const sealed = await sealRecordUnder(openingDocument("event", opening), key.documentKey, context);
  const { generation } = key;
  return { seq, author: author.account, previous: head.hash, commitment, signature, generation, opening: sealed, items };
}

/** The hash that the next entry names. 32 bytes. */
export function hashOfEntry(entry: HistoryEntry, subject: Subject): Bytes {
  const context = encodeContext(entryContext(subject, entry.author, entry.seq));
  return digestOf(context, [0], entry.previous, entry.commitment, entry.signature);
}

/** Insist that an entry is signed by `signer`. @throws CryptoError. */
export function verifyEntry(entry: HistoryEntry, subject: Subject, signer: IdentityPublicKey): void {
  const statement = concat(entry.previous, entry.commitment);
  verifyStatement(entry.signature, statement, signer, entryContext(subject, entry.author, entry.seq));
}

/** What an entry says, by its own account: the commitment is still to be compared. @throws CryptoError. */
export async function openEntry(entry: HistoryEntry, subject: Subject, key: DocumentKey): Promise<Opening> {
  const context = openingContext(subject, entry.generation, entry.seq);
  return openingIn("event", await openRecordUnder(entry.opening, key, context));
}

function entryContext({ id, kind }: Subject, author: string, seq: number): Context<"history"> {
  return { purpose: "history", owner: author, record: id, part: kind, version: seq };
}

function openingContext({ id, owner }: Subject, generation: number, seq: number): Context<"history"> {
  return { purpose: "history", owner, record: id, part: String(generation), version: seq };
}
