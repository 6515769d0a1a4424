/** The ways to open a locked vault: by password, by recovery phrase, by passkey. */
import type { KeyBundle, Session } from "../api/types.ts";
import { CryptoError } from "../crypto/errors.ts";
import type { KeyEncryptionKey } from "../crypto/keys.ts";
import { keysFromRecovery, secretFromPhrase } from "../crypto/recovery.ts";
import { forget, openAccountKey } from "./account-key.ts";
import { askPasskeyForKey } from "./passkey.ts";
import { kdfFromWire, stretchInWorker } from "./password.ts";
import { currentSession } from "./session.ts";
import type { Vault } from "./state.ts";
import { openVaultWith, readBundle, unlockError, type UnlockErrorCode } from "./unlock.ts";

interface Opening {
  readonly session: Session;
  readonly bundle: KeyBundle;
}

/** Open with the password. @throws UnlockError, CryptoError "weak-parameters", Problem. */
export async function unlockWithPassword(password: string): Promise<Vault> {
  const session = await signedIn();
  const bundle = await readBundle();
  const wrapped = bundle.wrapped_account_key_password;
  if (wrapped === null) throw unlockError("shut");
  const keys = await stretchInWorker(password, kdfFromWire(bundle.kdf));
  return await openWith(keys.keyEncryptionKey, wrapped, "password", "wrong-password", { session, bundle });
}

/** Open with the 24 words as people write them. @throws UnlockError, RecoveryPhraseError, Problem. */
export async function unlockWithRecovery(phrase: string): Promise<Vault> {
  const keys = await keysFromRecovery(secretFromPhrase(phrase));
  const session = await signedIn();
  const bundle = await readBundle();
  const wrapped = bundle.wrapped_account_key_recovery;
  return await openWith(keys.keyEncryptionKey, wrapped, "recovery", "wrong-phrase", { session, bundle });
}

/** Open with a passkey that can (PRF); not after a reset, see `openShutVault`. @throws UnlockError, PasskeyError, Problem. */
export async function unlockWithPasskey(): Promise<Vault> {
  const session = await signedIn();
  const bundle = await readBundle();
  const { key, credentialId } = await askPasskeyForKey();
  const passkey = bundle.passkeys.find((each) => each.credential_id === credentialId);
  const wrapped = passkey?.wrapped_account_key;
  if (passkey === undefined || !wrapped) throw unlockError("wrong-passkey");
  return await openWith(key, wrapped, passkey.id, "wrong-passkey", { session, bundle });
}

async function signedIn(): Promise<Session> {
  const session = await currentSession();
  if (session === null) throw unlockError("signed-out");
  if (session.vault_shut) throw unlockError("shut");
  if (session.must_set_password) throw unlockError("password-owed");
  return session;
}

async function openWith(
  key: KeyEncryptionKey,
  wrapped: string,
  part: string,
  failure: UnlockErrorCode,
  { session, bundle }: Opening,
): Promise<Vault> {
  try {
    const accountKey = await openAccountKey(wrapped, key, session.account_id, part);
    return await openVaultWith(accountKey, session, bundle);
  } catch (error) {
    if (error instanceof CryptoError && error.code === "cannot-open") throw unlockError(failure);
    throw error;
  } finally {
    forget(key);
  }
}
