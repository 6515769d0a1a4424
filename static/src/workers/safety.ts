/** Works out words that two people compare, away from the page. The page ends the worker afterwards. */
import { CryptoError } from "../crypto/errors.ts";
import { recoveryWords } from "../crypto/recovery-contacts.ts";
import { safetyNumber } from "../crypto/safety.ts";
import type { SafetyAnswer, SafetyRequest } from "../vault/people/safety.ts";

declare const self: DedicatedWorkerGlobalScope;

self.addEventListener("message", (event: MessageEvent<SafetyRequest>) => {
  void answer(event.data);
});

async function answer(request: SafetyRequest): Promise<void> {
  try {
    const number = "asked" in request ? await recoveryWords(request.asked) : await safetyNumber(request.mine, request.theirs);
    self.postMessage({ number } satisfies SafetyAnswer);
  } catch (error) {
    const known = error instanceof CryptoError;
    const code = known ? error.code : "unavailable";
    const sentence = known ? error.message : "This device could not work the number out.";
    self.postMessage({ refused: { code, sentence } } satisfies SafetyAnswer);
  }
}
