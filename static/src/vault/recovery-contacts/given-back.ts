/**
 * What a device asks recovery contacts with, and what their answers give.
 *
 * The server is believed as far as the words go: whose vault it is, and under which identity, is what the
 * contacts' devices made their words of. It stays as it was first said, and what comes back is held to it.
 */
import type { Body } from "../../api/types.ts";
import { equalBytes, fromBase64Url, randomBytes, type Bytes } from "../../crypto/bytes.ts";
import { exchangePublicKey } from "../../crypto/exchange.ts";
import { accountSubkeys } from "../../crypto/hierarchy.ts";
import { keyFromBytes, KEY_BYTES, newExchangeSeed, type AccountKey, type ExchangeSeed } from "../../crypto/keys.ts";
import {
  openAnswer, secretFromAnswers, unwrapFromContacts, WrongShareError, type RecoveryRequest, type SignedShare,
} from "../../crypto/recovery-contacts.ts";
import type { RecoverySecret } from "../../crypto/recovery.ts";
import { identityFromBytes, identityPublicKey } from "../../crypto/signature.ts";
import { unwrapKey, wrappedKeyFromBytes } from "../../crypto/wrap.ts";
import { seedContext } from "../account-key.ts";
import { newId } from "../ids.ts";
import { RecoveryContactsError } from "./errors.ts";

export type AskedState = Body<"AskedContacts">;

/** What this device asked with. Seed and token are nowhere else. */
export interface Asking {
  readonly email: string;
  readonly requestId: string;
  readonly seed: Bytes;
  readonly token: Bytes;
  /** Whose vault it is, as the server said first; null before the code was typed. */
  readonly owner: AskedOwner | null;
}

/** What is in the words. `identity` is 32 bytes. */
export interface AskedOwner {
  readonly id: string;
  readonly identity: Bytes;
}

/** What two contacts gave back. */
export interface GivenBack {
  readonly secret: RecoverySecret;
  readonly accountKey: AccountKey;
}

/** A device that is about to ask. */
export function newAsking(email: string): Asking {
  return { email, requestId: newId(), seed: newExchangeSeed(), token: randomBytes(KEY_BYTES), owner: null };
}

/** Take down whose vault it is, or insist that it is still theirs. @throws RecoveryContactsError "other-owner". */
export function heldToOwner(asking: Asking, { owner }: Pick<AskedState, "owner">): Asking {
  if (owner === null) return asking;
  const identity = identityFromBytes(fromBase64Url(owner.identity_public_key));
  if (asking.owner === null) return { ...asking, owner: { id: owner.id, identity } };
  const isSame = asking.owner.id === owner.id && equalBytes(asking.owner.identity, identity);
  if (!isSame) throw new RecoveryContactsError("other-owner");
  return asking;
}

/** What the words are made of on this side. Null before the code was typed. */
export function requestOfAsking({ owner, requestId, seed }: Asking): RecoveryRequest | null {
  if (owner === null) return null;
  const exchange = exchangePublicKey(seed as ExchangeSeed);
  return { owner: owner.id, request: requestId, identity: identityFromBytes(owner.identity), exchange };
}

/** What two true answers give. Of somebody who sent something else no notice is taken if there are two others. */
export async function giveBack(asking: Asking, { number, opened }: Pick<AskedState, "number" | "opened">): Promise<GivenBack> {
  const { owner } = asking;
  if (owner === null || number === null || opened === null) throw new RecoveryContactsError("other-owner");
  const answers: SignedShare[] = [];
  for (const { account_id: contact, sealed } of opened.answers) {
    const answer = await trueAnswer(asking, { owner: owner.id, contact, number }, sealed);
    if (answer !== null) answers.push(answer);
  }
  if (answers.length < 2) throw new RecoveryContactsError("wrong-answers");
  const secret = secretFromAnswers(answers);
  const wrapped = wrappedKeyFromBytes("account-key", fromBase64Url(opened.wrapped_account_key));
  return { secret, accountKey: await unwrapFromContacts(wrapped, secret, owner.id, number) };
}

async function trueAnswer(asking: Asking, terms: SignedShare["terms"], sealed: string): Promise<SignedShare | null> {
  const identity = identityFromBytes(asking.owner?.identity ?? new Uint8Array(0));
  try {
    return await openAnswer(fromBase64Url(sealed), terms, asking.requestId, asking.seed as ExchangeSeed, identity);
  } catch (error) {
    if (error instanceof WrongShareError) return null;
    throw error;
  }
}

/** The vault's own identity has to be the one in the words. @throws RecoveryContactsError "other-identity". */
export async function insistOnIdentity(accountKey: AccountKey, wrappedSeed: string, owner: AskedOwner): Promise<void> {
  const identity = await identityUnder(accountKey, wrappedSeed, owner.id).catch(() => null);
  if (identity === null || !equalBytes(identity, owner.identity)) throw new RecoveryContactsError("other-identity");
}

async function identityUnder(accountKey: AccountKey, wrappedSeed: string, ownerId: string): Promise<Bytes> {
  const { wrappingKey } = await accountSubkeys(accountKey);
  const wrapped = wrappedKeyFromBytes("identity-seed", fromBase64Url(wrappedSeed));
  const seed = await unwrapKey(wrapped, wrappingKey, seedContext("identity-seed", ownerId));
  return identityPublicKey(keyFromBytes("identity-seed", seed));
}
