/**
 * A recovery secret held by three contacts, two of whom give it back (docs/sharing.md, "Recovery contacts").
 *
 *     plain = signature (65) | statement      sealed by the owner to a contact, and by the contact to the device that asks
 *
 * The owner signed each share together with the commitments of all three. So a contact can hand on what they were
 * given and nothing else, and the device that asks knows who lied.
 */
import { concat, equalBytes, fromBase64Url, fromUtf8, toBase64Url, utf8, type Bytes } from "./bytes.ts";
import { canonicalText, digestIn, exactly, readCanonical, textIn } from "./canonical.ts";
import { encodeContext, type Context } from "./context.ts";
import { deriveWrappingKey } from "./derive.ts";
import { cannotOpen, CryptoError } from "./errors.ts";
import { exchangeKeyFromBytes, openFrom, sealTo, type ExchangePublicKey } from "./exchange.ts";
import type { AccountKey, ExchangeSeed, IdentitySeed, WrappedKey } from "./keys.ts";
import { keysFromRecovery, type RecoverySecret } from "./recovery.ts";
import { spelledNumber, type SafetyNumber } from "./safety.ts";
import { combineShares, indexOf, SHARE_COUNT, shareFromBytes, type Share } from "./shares.ts";
import { identityFromBytes, SIGNATURE_BYTES, signStatement, verifyStatement, type IdentityPublicKey } from "./signature.ts";
import { unwrapKey, wrapKey } from "./wrap.ts";

/** What a share says about itself: whose vault, who holds it, and which set-up it belongs to. */
export interface ShareTerms {
  readonly owner: string;
  readonly contact: string;
  readonly number: number;
}

/** A share as its owner signed it. */
export interface SignedShare {
  readonly terms: ShareTerms;
  readonly statement: string;
  readonly signature: Bytes;
  readonly share: Share;
  /** Of all three shares, by index; 32 bytes each. */
  readonly commitments: readonly Bytes[];
}

/** Who asks for an answer, as the words name them. */
export interface RecoveryRequest {
  /** The account that is to be recovered. */
  readonly owner: string;
  readonly request: string;
  readonly identity: IdentityPublicKey;
  /** Of the device that asks. */
  readonly exchange: ExchangePublicKey;
}

/** A share that is not what the owner gave out, and who brought it. */
export class WrongShareError extends Error {
  override readonly name = "WrongShareError";
  readonly code = "wrong-share";

  constructor(readonly contact: string) {
    super("What this person sent is not the share they were given.");
  }
}

const LABEL = utf8("pv1|recovery-share");
const WORDS_LABEL = utf8("pv1|recovery-words");
const WORDS_SALT = utf8("pv1|recovery|words");
const MEMBERS = ["commitments", "contact", "number", "owner", "share"];

/** Sign the three shares of a set-up, `terms` in the order of their indices. @throws CryptoError. */
export async function signShares(
  shares: readonly Share[],
  terms: readonly ShareTerms[],
  owner: IdentitySeed,
): Promise<readonly SignedShare[]> {
  const pairs = shares.map((share, at) => ({ share, terms: terms[at] }));
  if (shares.length !== SHARE_COUNT || terms.length !== SHARE_COUNT) throw wrongCount();
  const commitments: Bytes[] = [];
  for (const { share, terms: each } of pairs) {
    if (each === undefined || indexOf(share) !== commitments.length + 1) throw wrongCount();
    commitments.push(await commitmentOfShare(share, each));
  }
  return pairs.flatMap(({ share, terms: each }) => {
    if (each === undefined) return [];
    const statement = statementOf(share, each, commitments.map(toBase64Url));
    const signature = signStatement(utf8(statement), owner, contextOf(each));
    return [{ terms: each, statement, signature, share, commitments }];
  });
}

/** Seal a share to the contact who is to hold it: to the key that is pinned. */
export async function sealShare(signed: SignedShare, contact: ExchangePublicKey): Promise<Bytes> {
  return await sealTo(contact, plainOf(signed), contextOf(signed.terms));
}

/** Open a share that one holds; `owner` is the identity that is pinned. @throws CryptoError. */
export async function openShare(
  sealed: Bytes,
  terms: ShareTerms,
  contact: ExchangeSeed,
  owner: IdentityPublicKey,
): Promise<SignedShare> {
  return await read(await openFrom(sealed, contact, contextOf(terms)), terms, owner);
}

/** Seal a share to the device that asks, once the two people compared the words. */
export async function sealAnswer(signed: SignedShare, request: string, asking: ExchangePublicKey): Promise<Bytes> {
  return await sealTo(asking, plainOf(signed), contextOf(signed.terms, request));
}

/** Open what a contact answered. @throws WrongShareError for anything but what the owner gave out. */
export async function openAnswer(
  sealed: Bytes,
  terms: ShareTerms,
  request: string,
  asking: ExchangeSeed,
  owner: IdentityPublicKey,
): Promise<SignedShare> {
  try {
    return await read(await openFrom(sealed, asking, contextOf(terms, request)), terms, owner);
  } catch (error) {
    if (error instanceof CryptoError) throw new WrongShareError(terms.contact);
    throw error;
  }
}

/** The contacts' secret of two answers or more. @throws WrongShareError, CryptoError. */
export function secretFromAnswers(answers: readonly SignedShare[]): RecoverySecret {
  const [one, other] = answers;
  if (one === undefined || other === undefined) throw new CryptoError("malformed", "Two different shares are needed.");
  for (const { commitments, terms } of answers) {
    const isOfOneSetup = commitments.every((each, at) => equalBytes(each, one.commitments[at] ?? new Uint8Array(0)));
    if (!isOfOneSetup) throw new WrongShareError(terms.contact);
  }
  return combineShares(one.share, other.share) as Bytes as RecoverySecret;
}

/** The account key, wrapped for a set-up. */
export async function wrapForContacts(
  key: AccountKey,
  secret: RecoverySecret,
  owner: string,
  number: number,
): Promise<WrappedKey<"account-key">> {
  const { keyEncryptionKey } = await keysFromRecovery(secret);
  return await wrapKey(key, await deriveWrappingKey(keyEncryptionKey), keyContext(owner, number));
}

/** The account key again. @throws CryptoError. */
export async function unwrapFromContacts(
  wrapped: WrappedKey<"account-key">,
  secret: RecoverySecret,
  owner: string,
  number: number,
): Promise<AccountKey> {
  const { keyEncryptionKey } = await keysFromRecovery(secret);
  return await unwrapKey(wrapped, await deriveWrappingKey(keyEncryptionKey), keyContext(owner, number));
}

/** What the owner and a contact compare before anything is answered. Half a second: call it in a worker. @throws CryptoError. */
export async function recoveryWords({ owner, request, identity, exchange }: RecoveryRequest): Promise<SafetyNumber> {
  const ids = concat(utf8(owner), utf8(request));
  if (ids.length !== 72) throw new CryptoError("malformed", "An id is exactly 36 letters long.");
  const named = concat(WORDS_LABEL, [0], ids, identityFromBytes(identity), exchangeKeyFromBytes(exchange));
  return await spelledNumber(await sha256(named), WORDS_SALT);
}

/** 32 bytes by which a share is known, and which say nothing about it. */
export async function commitmentOfShare(share: Share, terms: ShareTerms): Promise<Bytes> {
  return await sha256(concat(LABEL, [0], encodeContext(contextOf(terms)), [0], shareFromBytes(share)));
}

async function read(plain: Bytes, terms: ShareTerms, owner: IdentityPublicKey): Promise<SignedShare> {
  const [signature, raw] = [plain.slice(0, SIGNATURE_BYTES), plain.slice(SIGNATURE_BYTES)];
  verifyStatement(signature, raw, owner, contextOf(terms));
  const statement = fromUtf8(raw);
  const members = exactly(readCanonical(statement), MEMBERS);
  const texts = commitmentsIn(members["commitments"]);
  const share = shareFromBytes(fromBase64Url(textIn(members["share"])));
  const commitments = texts.map(fromBase64Url);
  if (statementOf(share, terms, texts) !== statement) throw cannotOpen();
  const own = commitments[indexOf(share) - 1];
  if (own === undefined || !equalBytes(own, await commitmentOfShare(share, terms))) throw cannotOpen();
  return { terms, statement, signature, share, commitments };
}

function commitmentsIn(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length !== SHARE_COUNT) throw wrongCount();
  return value.map(digestIn);
}

function statementOf(share: Share, { contact, number, owner }: ShareTerms, commitments: readonly string[]): string {
  return canonicalText({ commitments, contact, number, owner, share: toBase64Url(share) });
}

function plainOf({ signature, statement }: SignedShare): Bytes {
  return concat(signature, utf8(statement));
}

/** Of a share, or with a request's id of the answer to it. */
function contextOf({ owner, contact, number }: ShareTerms, part = "share"): Context<"recovery-contact"> {
  return { purpose: "recovery-contact", owner, record: contact, part, version: number };
}

function keyContext(owner: string, number: number): Context<"account-key"> {
  return { purpose: "account-key", owner, record: owner, part: "contacts", version: number };
}

async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function wrongCount(): CryptoError {
  return new CryptoError("malformed", "A set-up has exactly three shares.");
}
