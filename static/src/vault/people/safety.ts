/** Words that two people compare, worked out in a worker of its own that is gone afterwards. */
import type { Bytes } from "../../crypto/bytes.ts";
import { CryptoError, type CryptoErrorCode } from "../../crypto/errors.ts";
import type { RecoveryRequest } from "../../crypto/recovery-contacts.ts";
import type { SafetyNumber } from "../../crypto/safety.ts";
import { startWorker } from "../trusted-types.ts";

/** What the page sends: two fingerprints, or who asks recovery contacts. */
export type SafetyRequest = { readonly mine: Bytes; readonly theirs: Bytes } | { readonly asked: RecoveryRequest };

/** What comes back: the number, or why there is none. */
export type SafetyAnswer =
  | { readonly number: SafetyNumber }
  | { readonly refused: { readonly code: CryptoErrorCode; readonly sentence: string } };

/** The safety number of two fingerprints. About half a second. @throws CryptoError. */
export async function safetyInWorker(mine: Bytes, theirs: Bytes): Promise<SafetyNumber> {
  return await numberInWorker({ mine, theirs });
}

/** The words of a request to recovery contacts. About half a second. @throws CryptoError. */
export async function recoveryWordsInWorker(asked: RecoveryRequest): Promise<SafetyNumber> {
  return await numberInWorker({ asked });
}

async function numberInWorker(request: SafetyRequest): Promise<SafetyNumber> {
  const worker = startWorker("safety");
  try {
    const answer = await new Promise<SafetyAnswer>((resolve, reject) => {
      worker.addEventListener("message", (event: MessageEvent<SafetyAnswer>) => {
        resolve(event.data);
      });
      worker.addEventListener("error", () => {
        reject(new CryptoError("unavailable", "The part of this page that works on numbers could not start. Reload and try again."));
      });
      worker.postMessage(request);
    });
    if ("refused" in answer) throw new CryptoError(answer.refused.code, answer.refused.sentence);
    return answer.number;
  } finally {
    worker.terminate();
  }
}
