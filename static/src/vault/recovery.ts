/** The ways back in: the 24 words, a reset by mail, and new locks for an old vault. */
import { call } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import type { Body, KeyBundle, Session } from "../api/types.ts";
import { toBase64Url } from "../crypto/bytes.ts";
import { CryptoError } from "../crypto/errors.ts";
import type { AccountKey } from "../crypto/keys.ts";
import { keysFromRecovery, newRecoverySecret, phraseFromSecret, secretFromPhrase } from "../crypto/recovery.ts";
import { forget, openAccountKey, openByPasskey, wrapAccountKey } from "./account-key.ts";
import { askPasskeyForKey } from "./passkey.ts";
import { kdfFromWire, kdfToWire, stretchInWorker } from "./password.ts";
import { rememberVault } from "./resume.ts";
import { currentSession, device, kdfParametersFor } from "./session.ts";
import { openVaultWith, readBundle, unlockError } from "./unlock.ts";

/** An account whose key is in hand for a moment, so that it can be wrapped anew. */
export interface Opened {
  readonly session: Session;
  readonly bundle: KeyBundle;
  readonly accountKey: AccountKey;
}

/** Sign in and open with the 24 words. @throws RecoveryPhraseError, Problem "wrong_recovery", UnlockError. */
export async function signInWithPhrase(email: string, phrase: string): Promise<Opened> {
  const keys = await keysFromRecovery(secretFromPhrase(phrase));
  const session = await call<Session>("POST", "/auth/recovery/sign-in", {
    body: { email, recovery_auth_key: toBase64Url(keys.authKey), ...device() },
  });
  const bundle = await readBundle();
  const wrapped = bundle.wrapped_account_key_recovery;
  const accountKey = await openAccountKey(wrapped, keys.keyEncryptionKey, session.account_id, "recovery");
  forget(keys.authKey, keys.keyEncryptionKey);
  return { session, bundle, accountKey };
}

/**
 * Where the password does not open it: open with a passkey that can, and prove it to the server. A new password comes next.
 *
 * @throws UnlockError, PasskeyError, Problem.
 */
export async function openShutVault(): Promise<Opened> {
  const session = await currentSession();
  if (session === null) throw unlockError("signed-out");
  const bundle = await readBundle();
  const answer = await askPasskeyForKey();
  try {
    const accountKey = await openByPasskey(bundle, answer, session.account_id).catch(orWrongPasskey);
    if (accountKey === null) throw unlockError("wrong-passkey");
    await call("POST", "/auth/step-up", { body: answer.proof });
    return { session, bundle, accountKey };
  } finally {
    forget(answer.key);
  }
}

function orWrongPasskey(error: unknown): never {
  throw error instanceof CryptoError && error.code === "cannot-open" ? unlockError("wrong-passkey") : error;
}

function orTooLate(error: unknown): never {
  throw error instanceof Problem && error.code === "step_up_required" ? unlockError("too-late") : error;
}

/** Put a new password on an opened account and open its vault here. Other sessions end. @throws UnlockError "too-late", Problem. */
export async function setPassword({ session, bundle, accountKey }: Opened, password: string): Promise<void> {
  const parameters = kdfFromWire(await kdfParametersFor(session.email));
  const keys = await stretchInWorker(password, parameters);
  const body = {
    auth_key: toBase64Url(keys.authKey),
    kdf: kdfToWire(parameters),
    wrapped_account_key: await wrapAccountKey(accountKey, keys.keyEncryptionKey, session.account_id, "password"),
    generation: bundle.generation,
  };
  const renewed = await call<KeyBundle>("PUT", "/keys/password", { body }).catch(orTooLate);
  forget(keys.authKey, keys.keyEncryptionKey);
  await openVaultWith(accountKey, (await currentSession()) ?? session, renewed);
}

/**
 * Prove the password afresh and lend the account key to `use`; it is overwritten afterwards.
 *
 * @throws UnlockError "wrong-password", Problem.
 */
export async function withPassword<Result>(password: string, use: (opened: Opened) => Promise<Result>): Promise<Result> {
  const session = await currentSession();
  if (session === null) throw unlockError("signed-out");
  const bundle = await readBundle();
  if (bundle.wrapped_account_key_password === null) throw unlockError("shut");
  const keys = await stretchInWorker(password, kdfFromWire(bundle.kdf));
  const accountKey = await openAccountKey(
    bundle.wrapped_account_key_password,
    keys.keyEncryptionKey,
    session.account_id,
    "password",
  ).catch((error: unknown) => {
    throw error instanceof CryptoError && error.code === "cannot-open" ? unlockError("wrong-password") : error;
  });
  try {
    await call("POST", "/auth/step-up", { body: { auth_key: toBase64Url(keys.authKey) } });
    return await use({ session, bundle, accountKey });
  } finally {
    forget(keys.authKey, keys.keyEncryptionKey, accountKey);
  }
}

/** Change the password; the vault and its keys stay as they are. Other sessions end. @throws UnlockError, Problem. */
export async function changePassword(current: string, next: string): Promise<void> {
  await withPassword(current, (opened) => setPassword(opened, next));
}

/** A recovery phrase that is not in force yet: first it is shown and kept, then {@link replacePhrase}. */
export function newPhrase(): string {
  return phraseFromSecret(newRecoverySecret());
}

/** Put a new phrase in force. The old words open nothing from now on. @throws UnlockError, Problem. */
export async function replacePhrase(password: string, phrase: string): Promise<void> {
  const keys = await keysFromRecovery(secretFromPhrase(phrase));
  await withPassword(password, async ({ session, bundle, accountKey }) => {
    const wrapped = await wrapAccountKey(accountKey, keys.keyEncryptionKey, session.account_id, "recovery");
    await call("PUT", "/keys/recovery", {
      body: { recovery_auth_key: toBase64Url(keys.authKey), wrapped_account_key: wrapped, generation: bundle.generation },
    });
    await rememberVault(accountKey, session.account_id, session.session_id).catch(() => undefined);
  });
  await confirmPhrase(phrase);
}

/** Tell the server that the words are really kept: at the ceremony and at each later check. Answers when the next is. */
export async function confirmPhrase(phrase: string): Promise<string | null> {
  const keys = await keysFromRecovery(secretFromPhrase(phrase));
  const answer = await call<Body<"NextCheck">>("POST", "/keys/recovery/confirm", {
    body: { recovery_auth_key: toBase64Url(keys.authKey) },
  });
  forget(keys.authKey, keys.keyEncryptionKey);
  return answer.next_check_at;
}

/** Have a mail sent that gives the account back, not the vault. The answer is the same for every address. */
export async function askForReset(email: string): Promise<void> {
  await call("POST", "/auth/reset", { body: { email } });
}

/** Take the account back with the token from the mail. The vault stays shut. @throws Problem "token_expired". */
export async function confirmReset(email: string, token: string, password: string): Promise<Session> {
  const parameters = kdfFromWire(await kdfParametersFor(email));
  const keys = await stretchInWorker(password, parameters);
  const session = await call<Session>("POST", "/auth/reset/confirm", {
    body: { token, auth_key: toBase64Url(keys.authKey), kdf: kdfToWire(parameters), ...device() },
  });
  forget(keys.authKey, keys.keyEncryptionKey);
  return session;
}
