/** Signing in and opening the vault as one act: the password is stretched once for both. */
import { call } from "../api/client.ts";
import type { FactorMethod, SecondFactorAsked, Session } from "../api/types.ts";
import type { KeyEncryptionKey } from "../crypto/keys.ts";
import { forget, openAccountKey, openByPasskey } from "./account-key.ts";
import { provePasskey, signInWithPasskey } from "./passkey.ts";
import { kdfFromWire, stretchInWorker } from "./password.ts";
import type { Opened } from "./recovery.ts";
import { answerSecondFactor, kdfParametersFor, signIn } from "./session.ts";
import { openVaultWith, readBundle } from "./unlock.ts";

/** The password was right and a second proof is wanted; the key waits in memory. */
export interface HalfSignedIn {
  readonly asked: SecondFactorAsked["second_factor"];
  readonly key: KeyEncryptionKey;
}

/** Sign in by password and open the vault, unless a second factor stands between. @throws Problem, CryptoError. */
export async function signInAndOpen(email: string, password: string): Promise<Session | HalfSignedIn> {
  const { authKey, keyEncryptionKey } = await stretchInWorker(password, kdfFromWire(await kdfParametersFor(email)));
  const answer = await signIn(email, authKey);
  forget(authKey);
  if ("second_factor" in answer) return { asked: answer.second_factor, key: keyEncryptionKey };
  await openByPassword(answer, keyEncryptionKey);
  return answer;
}

/** Give the second proof and open the vault. @throws Problem "wrong_code". */
export async function finishSecondFactor(half: HalfSignedIn, method: FactorMethod, code: string): Promise<Session> {
  const session = await answerSecondFactor(half.asked.challenge_id, method, code);
  await openByPassword(session, half.key);
  return session;
}

/** Give the second proof by passkey and open the vault. @throws PasskeyError, Problem "passkey_refused". */
export async function finishByPasskey(half: HalfSignedIn): Promise<Session> {
  const { challenge_id, public_key } = half.asked;
  if (public_key === null) throw new TypeError("This account has no passkey to answer with.");
  const credential = await provePasskey(public_key);
  const session = await call<Session>("POST", "/auth/second-factor", { body: { challenge_id, method: "passkey", credential } });
  await openByPassword(session, half.key);
  return session;
}

/**
 * Sign in by passkey; one that can open the vault does so. Where a reset by mail had shut it, what was
 * opened is answered instead, for the new password that comes first. @throws PasskeyError, Problem.
 */
export async function signInByPasskeyAndOpen(): Promise<Session | Opened> {
  const { session, credentialId, key } = await signInWithPasskey();
  if (key === null) return session;
  const bundle = await readBundle();
  const accountKey = await openByPasskey(bundle, { key, credentialId }, session.account_id);
  forget(key);
  if (accountKey === null) return session;
  if (session.vault_shut) return { session, bundle, accountKey };
  await openVaultWith(accountKey, session, bundle);
  return session;
}

/** After a reset by mail the password opens the account only; the vault page says what to do. */
async function openByPassword(session: Session, key: KeyEncryptionKey): Promise<void> {
  const bundle = await readBundle();
  const wrapped = bundle.wrapped_account_key_password;
  if (wrapped !== null && !session.vault_shut) {
    await openVaultWith(await openAccountKey(wrapped, key, session.account_id, "password"), session, bundle);
  }
  forget(key);
}
