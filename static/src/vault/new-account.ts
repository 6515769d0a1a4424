/** Everything a new account starts with, made on this device before the server hears of it. */
import { call } from "../api/client.ts";
import type { Body, Session, SignUpBundle, SignUpRequest } from "../api/types.ts";
import { toBase64Url } from "../crypto/bytes.ts";
import { deriveWrappingKey } from "../crypto/derive.ts";
import { exchangePublicKey } from "../crypto/exchange.ts";
import { newAccountKey, newExchangeSeed, newIdentitySeed, type AccountKey } from "../crypto/keys.ts";
import { keysFromRecovery, newRecoverySecret, phraseFromSecret, type RecoverySecret } from "../crypto/recovery.ts";
import { identityPublicKey } from "../crypto/signature.ts";
import { wrapKey } from "../crypto/wrap.ts";
import { forget, seedContext, wrapAccountKey } from "./account-key.ts";
import { newId } from "./ids.ts";
import { kdfFromWire, kdfToWire, stretchInWorker } from "./password.ts";
import { device, kdfParametersFor } from "./session.ts";

/** An account that so far exists on this device alone. */
export interface NewAccount {
  readonly request: SignUpRequest;
  readonly accountKey: AccountKey;
  /** The 24 words. */
  readonly phrase: string;
}

/** Where the making stands, for a bar: 0 to 1. */
export type Progress = (share: number) => void;

/** Make all keys of a new account. @throws Problem, CryptoError. */
export async function makeAccount(email: string, password: string, progress: Progress): Promise<NewAccount> {
  progress(0.05);
  const parameters = kdfFromWire(await kdfParametersFor(email));
  progress(0.2);
  const passwordKeys = await stretchInWorker(password, parameters);
  progress(0.8);
  const accountKey = newAccountKey();
  const accountId = newId();
  const secret = newRecoverySecret();
  const wrappedByPassword = await wrapAccountKey(accountKey, passwordKeys.keyEncryptionKey, accountId, "password");
  const bundle = await makeBundle(accountKey, accountId, secret, wrappedByPassword);
  const request: SignUpRequest = {
    email,
    account_id: accountId,
    auth_key: toBase64Url(passwordKeys.authKey),
    kdf: kdfToWire(parameters),
    bundle,
  };
  const phrase = phraseFromSecret(secret);
  forget(passwordKeys.authKey, passwordKeys.keyEncryptionKey, secret);
  progress(1);
  return { request, accountKey, phrase };
}

async function makeBundle(
  accountKey: AccountKey,
  accountId: string,
  secret: RecoverySecret,
  wrappedByPassword: string,
): Promise<SignUpBundle> {
  const wrappingKey = await deriveWrappingKey(accountKey);
  const recovery = await keysFromRecovery(secret);
  const identitySeed = newIdentitySeed();
  const exchangeSeed = newExchangeSeed();
  const bundle = {
    wrapped_account_key_password: wrappedByPassword,
    wrapped_account_key_recovery: await wrapAccountKey(accountKey, recovery.keyEncryptionKey, accountId, "recovery"),
    recovery_auth_key: toBase64Url(recovery.authKey),
    wrapped_identity_seed: toBase64Url(await wrapKey(identitySeed, wrappingKey, seedContext("identity-seed", accountId))),
    wrapped_exchange_seed: toBase64Url(await wrapKey(exchangeSeed, wrappingKey, seedContext("exchange-seed", accountId))),
    identity_public_key: toBase64Url(identityPublicKey(identitySeed)),
    exchange_public_key: toBase64Url(exchangePublicKey(exchangeSeed)),
  };
  forget(recovery.authKey, recovery.keyEncryptionKey, identitySeed, exchangeSeed);
  return bundle;
}

/** Ask for the account; a code goes to the address. Answers the id the code belongs to. @throws Problem. */
export async function askForAccount(request: SignUpRequest): Promise<string> {
  const { sign_up_id } = await call<Body<"PendingSignUp">>("POST", "/auth/sign-up", { body: { ...request } });
  return sign_up_id;
}

/** Prove that the address is one's own. @throws Problem "wrong_code", "code_expired", "too_many_tries". */
export async function confirmAddress(signUpId: string, code: string): Promise<Session> {
  return await call("POST", `/auth/sign-up/${signUpId}/confirm`, {
    body: { code: code.replaceAll(/\D/g, ""), ...device() },
  });
}

/** Have the mail sent again. @throws Problem. */
export async function resendCode(signUpId: string): Promise<void> {
  await call("POST", `/auth/sign-up/${signUpId}/resend`, { body: {} });
}
