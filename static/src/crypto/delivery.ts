/**
 * Group and album keys on their way to a recipient, signed by who gives them.
 *
 *     plain = signature (65) | statement
 *
 * Sealed to an account's exchange key, or as a document under a group key (docs/sharing.md,
 * "Keys on their way"). Reading and believing are two steps, because the signer's identity may stand
 * in the very history that the key opens: a key is a {@link ReadDelivery} until its signer is known.
 */
import { concat, fromBase64Url, fromUtf8, toBase64Url, utf8, type Bytes } from "./bytes.ts";
import { canonicalText, digestIn, exactly, readCanonical, textIn } from "./canonical.ts";
import type { Context } from "./context.ts";
import { deriveBytes } from "./derive.ts";
import { cannotOpen, CryptoError } from "./errors.ts";
import { openFrom, sealTo, type ExchangePublicKey } from "./exchange.ts";
import {
  checkedKey,
  keyFromBytes,
  type AlbumKey,
  type ExchangeSeed,
  type GroupKey,
  type Holding,
  type IdentitySeed,
} from "./keys.ts";
import { openRecord, sealRecord } from "./record.ts";
import { SIGNATURE_BYTES, signStatement, verifyStatement, type IdentityPublicKey } from "./signature.ts";

/** What a history is about, and whose key is delivered. */
export type SubjectKind = "group" | "album";

/** Which key goes by which name. */
export interface KeyOfSubject {
  readonly group: GroupKey;
  readonly album: AlbumKey;
}

/** What a delivery says about itself. The reader knows all of it beforehand and insists on it. */
export interface DeliveryTerms<K extends SubjectKind = SubjectKind> {
  readonly kind: K;
  /** The account that made the group or album; never changes. */
  readonly owner: string;
  /** The group's or album's id. */
  readonly subject: string;
  /** Of the key. */
  readonly generation: number;
  /** The account that gives it. */
  readonly granter: string;
  /** The account or group it is for. */
  readonly recipient: string;
}

/** A delivery that was opened, whose signer is not proved yet. */
export interface ReadDelivery<K extends SubjectKind = SubjectKind> {
  readonly terms: DeliveryTerms<K>;
  readonly statement: string;
  readonly signature: Bytes;
}

/** Who carries the key of an album to a group: the group's own key, and its generation. */
export interface GroupCarrier {
  readonly key: Holding<GroupKey>;
  readonly generation: number;
}

const MEMBERS = ["generation", "granter", "key", "kind", "owner", "recipient", "subject"];

/** Seal a group's or album's key to an account. */
export async function sealDelivery<K extends SubjectKind>(
  key: KeyOfSubject[K],
  terms: DeliveryTerms<K>,
  granter: IdentitySeed,
  recipient: ExchangePublicKey,
): Promise<Bytes> {
  const { statement, signature } = signed(key, terms, granter);
  return await sealTo(recipient, concat(signature, utf8(statement)), accountContext(terms));
}

/** Open what was delivered to us. The signer is still to be proved. @throws CryptoError. */
export async function readDelivery<K extends SubjectKind>(
  sealed: Bytes,
  terms: DeliveryTerms<K>,
  recipient: ExchangeSeed,
): Promise<ReadDelivery<K>> {
  const plain = await openFrom(sealed, recipient, accountContext(terms));
  return checked(terms, fromUtf8(plain.subarray(SIGNATURE_BYTES)), plain.slice(0, SIGNATURE_BYTES));
}

/** Seal an album's key to a group. */
export async function sealDeliveryToGroup(
  key: AlbumKey,
  terms: DeliveryTerms<"album">,
  granter: IdentitySeed,
  carrier: GroupCarrier,
): Promise<Bytes> {
  return await carry(signed(key, terms, granter), carrier);
}

/** Open what was delivered to a group of ours. The signer is still to be proved. @throws CryptoError. */
export async function readDeliveryToGroup(
  sealed: Bytes,
  terms: DeliveryTerms<"album">,
  carrier: GroupCarrier,
): Promise<ReadDelivery<"album">> {
  const document = await openRecord(sealed, carrier.key, groupContext(terms, carrier.generation));
  const { signature, statement } = exactly(document, ["signature", "statement"]);
  return checked(terms, textIn(statement), fromBase64Url(textIn(signature)));
}

/** A delivery under the group's next key, as whoever rotates it hands it on: still signed by its granter. */
export async function carry(delivery: ReadDelivery<"album">, carrier: GroupCarrier): Promise<Bytes> {
  const document = { signature: toBase64Url(delivery.signature), statement: delivery.statement };
  return await sealRecord(document, carrier.key, groupContext(delivery.terms, carrier.generation));
}

/** The key of a delivery, once its signature is by `granter`. @throws CryptoError. */
export function keyFromDelivery<K extends SubjectKind>(
  delivery: ReadDelivery<K>,
  granter: IdentityPublicKey,
): KeyOfSubject[K] {
  verifyStatement(delivery.signature, utf8(delivery.statement), granter, signatureContext(delivery.terms));
  return unprovedKey(delivery);
}

/**
 * The key a delivery claims, to read the history that proves it (history.ts).
 *
 * Whoever put it there, a key is only worth something once the history's key check names it.
 */
export function unprovedKey<K extends SubjectKind>(delivery: ReadDelivery<K>): KeyOfSubject[K] {
  const { key } = readCanonical(delivery.statement);
  return asKey(delivery.terms.kind, fromBase64Url(digestIn(key)));
}

/** 32 bytes by which a history recognises a key without naming it. */
export async function keyCheckOf(key: GroupKey | AlbumKey): Promise<Bytes> {
  return await deriveBytes(checkedKey(key), "key-check");
}

function asKey<K extends SubjectKind>(kind: K, bytes: Bytes): KeyOfSubject[K] {
  const key = kind === "group" ? keyFromBytes("group-key", bytes) : keyFromBytes("album-key", bytes);
  return key as KeyOfSubject[K];
}

function signed<K extends SubjectKind>(
  key: KeyOfSubject[K],
  terms: DeliveryTerms<K>,
  granter: IdentitySeed,
): ReadDelivery<K> {
  const statement = statementOf(terms, toBase64Url(checkedKey(key)));
  return { terms, statement, signature: signStatement(utf8(statement), granter, signatureContext(terms)) };
}

/** Insist that a statement says what its reader expects, and nothing else. */
function checked<K extends SubjectKind>(
  terms: DeliveryTerms<K>,
  statement: string,
  signature: Bytes,
): ReadDelivery<K> {
  if (signature.length !== SIGNATURE_BYTES) throw new CryptoError("malformed", "A delivery is too short to be signed.");
  const members = exactly(readCanonical(statement), MEMBERS);
  if (statementOf(terms, digestIn(members["key"])) !== statement) throw cannotOpen();
  return { terms, statement, signature };
}

function statementOf(terms: DeliveryTerms, key: string): string {
  const { generation, granter, kind, owner, recipient, subject } = terms;
  return canonicalText({ generation, granter, key, kind, owner, recipient, subject });
}

function signatureContext({ granter, subject, recipient, generation }: DeliveryTerms): Context<"grant"> {
  return { purpose: "grant", owner: granter, record: subject, part: recipient, version: generation };
}

function accountContext({ kind, owner, subject, recipient, generation }: DeliveryTerms): Context {
  return { purpose: `${kind}-key`, owner, record: subject, part: recipient, version: generation };
}

function groupContext(terms: DeliveryTerms, groupGeneration: number): Context<"grant"> {
  const version = `${terms.generation}.${groupGeneration}`;
  return { purpose: "grant", owner: terms.owner, record: terms.subject, part: terms.recipient, version };
}
