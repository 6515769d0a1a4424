/** Stretches one password away from the page, so that nothing on it freezes. The page ends the worker afterwards. */
import { CryptoError } from "../crypto/errors.ts";
import { keysFromPassword } from "../crypto/kdf.ts";
import type { StretchAnswer, StretchRequest } from "../vault/stretch.ts";

declare const self: DedicatedWorkerGlobalScope;

self.addEventListener("message", (event: MessageEvent<StretchRequest>) => {
  void answer(event.data);
});

async function answer({ password, parameters }: StretchRequest): Promise<void> {
  try {
    const keys = await keysFromPassword(password, parameters);
    self.postMessage({ keys } satisfies StretchAnswer);
  } catch (error) {
    const known = error instanceof CryptoError;
    const code = known ? error.code : "unavailable";
    const sentence = known ? error.message : "This device could not work on the password.";
    self.postMessage({ refused: { code, sentence } } satisfies StretchAnswer);
  }
}
