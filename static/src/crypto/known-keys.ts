/**
 * Whom this account knows by which keys: pinned on first use, and never changed unasked.
 *
 *     {"known": {account id: {"fingerprint": base64url, "since": time, "verified": bool, "former": [base64url]}}}
 *
 * One document under the account key. Everything here takes a book and gives a new one; storing it is
 * the caller's business.
 */
import { fromBase64Url, toBase64Url, type Bytes } from "./bytes.ts";
import { digestIn, exactly, idIn, textIn } from "./canonical.ts";
import type { Context } from "./context.ts";
import { CryptoError } from "./errors.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { ExchangePublicKey } from "./exchange.ts";
import type { AccountKey, Holding } from "./keys.ts";
import { ChangedKeyError, OldKnownKeysError } from "./known-keys-error.ts";
import { openRecord, sealRecord, type JsonValue } from "./record.ts";
import type { IdentityPublicKey } from "./signature.ts";

/** What is known of one account. */
export interface Pin {
  /** base64url of 32 bytes. */
  readonly fingerprint: string;
  /** When it was pinned, RFC 3339. */
  readonly since: string;
  /** Whether the two people compared their safety number. */
  readonly verified: boolean;
  /** Fingerprints before this one, whose change the owner accepted. */
  readonly former: readonly string[];
}

/** The book of known keys, and the number it was stored under; 0 before it ever was. */
export interface KnownKeys {
  readonly number: number;
  readonly known: Readonly<Record<string, Pin>>;
}

/** Public keys of an account, as the server gives them. */
export interface PublicKeys {
  readonly identity: IdentityPublicKey;
  readonly exchange: ExchangePublicKey;
}

export const NOBODY_KNOWN: KnownKeys = { number: 0, known: {} };

/**
 * The fingerprint of keys that are, or now become, those of an account.
 *
 * A book that did not change is the same book: store it only when it is another. @throws ChangedKeyError.
 */
export async function meetKeys(
  book: KnownKeys,
  account: string,
  keys: PublicKeys,
  now: string,
): Promise<{ readonly book: KnownKeys; readonly fingerprint: Bytes }> {
  const fingerprint = await fingerprintOf(keys.identity, keys.exchange);
  const pin = pinOf(book, account);
  if (pin === undefined) return { book: withPin(book, account, firstPin(fingerprint, now)), fingerprint };
  if (pin.fingerprint !== toBase64Url(fingerprint)) {
    throw new ChangedKeyError(account, fromBase64Url(pin.fingerprint), fingerprint, pin.verified);
  }
  return { book, fingerprint };
}

/** The owner accepts changed keys: pinned anew, to be verified anew. @throws CryptoError for a stranger. */
export function acceptChangedKeys(book: KnownKeys, account: string, fingerprint: Bytes, now: string): KnownKeys {
  const before = requirePin(book, account);
  const former = [...before.former.filter((each) => each !== toBase64Url(fingerprint)), before.fingerprint];
  return withPin(book, account, { ...firstPin(fingerprint, now), former });
}

/** The owner compared the safety number over this fingerprint. @throws ChangedKeyError, CryptoError. */
export function markVerified(book: KnownKeys, account: string, fingerprint: Bytes): KnownKeys {
  const pin = requirePin(book, account);
  if (pin.fingerprint !== toBase64Url(fingerprint)) {
    throw new ChangedKeyError(account, fromBase64Url(pin.fingerprint), fingerprint, pin.verified);
  }
  return withPin(book, account, { ...pin, verified: true });
}

/** What is known of an account. */
export function pinOf(book: KnownKeys, account: string): Pin | undefined {
  return Object.hasOwn(book.known, account) ? book.known[account] : undefined;
}

/** Seal the book under its next number. */
export async function sealKnownKeys(
  book: KnownKeys,
  key: Holding<AccountKey>,
  account: string,
): Promise<{ readonly book: KnownKeys; readonly sealed: Bytes }> {
  const number = book.number + 1;
  const document = { known: book.known } as unknown as JsonValue;
  return { book: { ...book, number }, sealed: await sealRecord(document, key, bookContext(account, number)) };
}

/**
 * Open the book the server gave; `newest` is the highest number this device has seen.
 *
 * @throws OldKnownKeysError, CryptoError.
 */
export async function openKnownKeys(
  sealed: Bytes,
  number: number,
  key: Holding<AccountKey>,
  account: string,
  newest: number,
): Promise<KnownKeys> {
  requireNewest(number, newest);
  const { known } = exactly(await openRecord(sealed, key, bookContext(account, number)), ["known"]);
  if (typeof known !== "object" || known === null) throw malformed();
  const pins = Object.entries(known).map(([id, pin]) => [idIn(id), readPin(pin)] as const);
  return { number, known: Object.fromEntries(pins) };
}

/** Refuse a number below the highest seen: also "there is none", which is number 0. @throws OldKnownKeysError. */
export function requireNewest(number: number, newest: number): void {
  if (number < newest) throw new OldKnownKeysError(number, newest);
}

function readPin(value: unknown): Pin {
  const { fingerprint, since, verified, former } = exactly(value, ["fingerprint", "since", "verified", "former"]);
  if (typeof verified !== "boolean" || !Array.isArray(former)) throw malformed();
  return { fingerprint: digestIn(fingerprint), since: textIn(since), verified, former: former.map(digestIn) };
}

function firstPin(fingerprint: Bytes, now: string): Pin {
  return { fingerprint: digestIn(toBase64Url(fingerprint)), since: now, verified: false, former: [] };
}

function withPin(book: KnownKeys, account: string, pin: Pin): KnownKeys {
  return { ...book, known: { ...book.known, [idIn(account)]: pin } };
}

function requirePin(book: KnownKeys, account: string): Pin {
  const pin = pinOf(book, account);
  if (pin === undefined) throw new CryptoError("malformed", "Nothing is known of this person yet.");
  return pin;
}

function bookContext(account: string, number: number): Context<"known-keys"> {
  return { purpose: "known-keys", owner: account, record: account, part: "-", version: number };
}

function malformed(): CryptoError {
  return new CryptoError("malformed", "The list of the people you know does not have the shape it should have.");
}
