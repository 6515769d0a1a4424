/** Opening a vault that a reset by mail had shut, with the password that was in force before it. */
import { call } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import { toBase64Url } from "../crypto/bytes.ts";
import { forget, openAccountKey } from "./account-key.ts";
import { kdfFromWire, stretchInWorker } from "./password.ts";
import type { Opened } from "./recovery.ts";
import { currentSession } from "./session.ts";
import { readBundle, unlockError } from "./unlock.ts";

/**
 * Prove the former password to the server, which then hands out what it opens. A new password comes next.
 *
 * @throws UnlockError "wrong-former", CryptoError "weak-parameters", Problem.
 */
export async function openShutVaultByPassword(password: string): Promise<Opened> {
  const session = await currentSession();
  if (session === null) throw unlockError("signed-out");
  const former = (await readBundle()).former_password;
  if (former === null) throw unlockError("wrong-former");
  const keys = await stretchInWorker(password, kdfFromWire(former.kdf));
  try {
    await call("POST", "/auth/step-up", { body: { former_auth_key: toBase64Url(keys.authKey) } }).catch(orWrongFormer);
    const bundle = await readBundle();
    const wrapped = bundle.former_password?.wrapped_account_key;
    if (!wrapped) throw unlockError("wrong-former");
    const accountKey = await openAccountKey(wrapped, keys.keyEncryptionKey, session.account_id, "password");
    return { session, bundle, accountKey };
  } finally {
    forget(keys.authKey, keys.keyEncryptionKey);
  }
}

function orWrongFormer(error: unknown): never {
  throw error instanceof Problem && error.code === "wrong_proof" ? unlockError("wrong-former") : error;
}
