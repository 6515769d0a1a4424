/** Stretches the password of a link away from the page. The page ends the worker afterwards. */
import { CryptoError } from "../crypto/errors.ts";
import { keysFromLink } from "../crypto/link-keys.ts";
import type { LinkKeysAnswer, LinkKeysRequest } from "../vault/guests/link-stretch.ts";

declare const self: DedicatedWorkerGlobalScope;

self.addEventListener("message", (event: MessageEvent<LinkKeysRequest>) => {
  void answer(event.data);
});

async function answer({ secret, password }: LinkKeysRequest): Promise<void> {
  try {
    self.postMessage({ keys: await keysFromLink(secret, password) } satisfies LinkKeysAnswer);
  } catch (error) {
    const known = error instanceof CryptoError;
    const code = known ? error.code : "unavailable";
    const sentence = known ? error.message : "This device could not work on the password.";
    self.postMessage({ refused: { code, sentence } } satisfies LinkKeysAnswer);
  }
}
