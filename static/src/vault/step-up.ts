/** A fresh proof that it is really this person, before an act that cannot be shrugged off. Holds for ten minutes. */
import { call } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import { toBase64Url } from "../crypto/bytes.ts";
import { forget } from "./account-key.ts";
import { kdfFromWire, stretchInWorker } from "./password.ts";
import { readBundle, unlockError } from "./unlock.ts";

/** Prove the password to the server. @throws UnlockError "wrong-password", Problem. */
export async function stepUp(password: string): Promise<void> {
  const bundle = await readBundle();
  const keys = await stretchInWorker(password, kdfFromWire(bundle.kdf));
  try {
    await call("POST", "/auth/step-up", { body: { auth_key: toBase64Url(keys.authKey) } });
  } catch (error) {
    throw error instanceof Problem && error.status === 401 ? unlockError("wrong-password") : error;
  } finally {
    forget(keys.authKey, keys.keyEncryptionKey);
  }
}

/** Do `act`; when the server wants a fresh proof first, have it asked for and do it again. */
export async function withStepUp<Result>(act: () => Promise<Result>, ask: () => Promise<boolean>): Promise<Result | null> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "step_up_required") throw error;
    return (await ask()) ? await act() : null;
  }
}
