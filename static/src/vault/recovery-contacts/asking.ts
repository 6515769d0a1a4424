/**
 * The device of somebody who lost everything: it asks their recovery contacts, waits, and gets in.
 *
 * The server is believed as far as the words go: whose vault it is, and under which identity, is what the
 * contacts' devices made their words of. It stays as it was first said, and what comes back is held to it.
 */
import { call } from "../../api/client.ts";
import type { Body, Session } from "../../api/types.ts";
import { equalBytes, fromBase64Url, randomBytes, toBase64Url, type Bytes } from "../../crypto/bytes.ts";
import { exchangePublicKey } from "../../crypto/exchange.ts";
import { accountSubkeys } from "../../crypto/hierarchy.ts";
import { keyFromBytes, KEY_BYTES, newExchangeSeed, type AccountKey, type ExchangeSeed } from "../../crypto/keys.ts";
import {
  openAnswer, secretFromAnswers, unwrapFromContacts, WrongShareError, type RecoveryRequest, type SignedShare,
} from "../../crypto/recovery-contacts.ts";
import { keysFromRecovery, type RecoverySecret } from "../../crypto/recovery.ts";
import { identityFromBytes, identityPublicKey } from "../../crypto/signature.ts";
import { unwrapKey, wrappedKeyFromBytes } from "../../crypto/wrap.ts";
import { forget, seedContext } from "../account-key.ts";
import { newId } from "../ids.ts";
import type { Opened } from "../recovery.ts";
import { device } from "../session.ts";
import { readBundle } from "../unlock.ts";
import { forgetAsking, keepAsking } from "./asking-store.ts";
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

/** Ask. The answer is the same for every address; a code goes to its mailbox, if anybody is there. @throws Problem. */
export async function askContacts(email: string): Promise<Asking> {
  const asking = newAsking(email);
  await keepAsking(asking);
  await sendRequest(asking);
  return asking;
}

async function sendRequest({ email, requestId, seed, token }: Asking): Promise<void> {
  const exchange = exchangePublicKey(seed as ExchangeSeed);
  const body = { email, exchange_public_key: toBase64Url(exchange), token: toBase64Url(token) };
  await call("PUT", `/recovery-requests/${requestId}`, { body, isAnonymous: true });
}

/** Type the code from the mail: the notice period begins. Answers what to go on with. @throws Problem. */
export async function confirmAsking(asking: Asking, code: string): Promise<Asking> {
  const state = await call<AskedState>("POST", "/recovery-request/confirm", { body: { code }, ...asAsking(asking) });
  return await keepOwner(asking, state);
}

/** How it stands. @throws RecoveryContactsError "other-owner"; Problem "recovery_ended". */
export async function lookAtAsking(asking: Asking): Promise<{ readonly asking: Asking; readonly state: AskedState }> {
  const state = await call<AskedState>("GET", "/recovery-request", asAsking(asking));
  return { asking: await keepOwner(asking, state), state };
}

async function keepOwner(asking: Asking, state: AskedState): Promise<Asking> {
  const held = heldToOwner(asking, state);
  if (held !== asking) await keepAsking(held);
  return held;
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

/**
 * Put the vault's key together and sign in. A new password comes next.
 *
 * @throws RecoveryContactsError "wrong-answers", "other-identity"; CryptoError; Problem "recovery_waits".
 */
export async function finishAsking(asking: Asking, state: AskedState): Promise<Opened> {
  const { secret, accountKey } = await giveBack(asking, state);
  const keys = await keysFromRecovery(secret);
  try {
    const session = await call<Session>("POST", "/recovery-request/sign-in", {
      body: { recovery_auth_key: toBase64Url(keys.authKey), ...device() },
      headers: asAsking(asking).headers,
    });
    const bundle = await readBundle();
    if (session.account_id !== asking.owner?.id) throw new RecoveryContactsError("other-identity");
    await insistOnIdentity(accountKey, bundle.wrapped_identity_seed, asking.owner);
    await forgetAsking();
    return { session, bundle, accountKey };
  } finally {
    forget(secret, keys.authKey, keys.keyEncryptionKey);
  }
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
  const { wrappingKey } = await accountSubkeys(accountKey);
  const wrapped = wrappedKeyFromBytes("identity-seed", fromBase64Url(wrappedSeed));
  const seed = await unwrapKey(wrapped, wrappingKey, seedContext("identity-seed", owner.id)).catch(() => null);
  const isTheirs = seed !== null && equalBytes(identityPublicKey(keyFromBytes("identity-seed", seed)), owner.identity);
  if (!isTheirs) throw new RecoveryContactsError("other-identity");
}

const asAsking = ({ token }: Asking) => ({ headers: { Authorization: `Recovery ${toBase64Url(token)}` }, isAnonymous: true });
