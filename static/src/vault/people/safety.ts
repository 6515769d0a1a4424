/** A safety number, worked out in a worker of its own that is gone afterwards. */
import type { Bytes } from "../../crypto/bytes.ts";
import { CryptoError, type CryptoErrorCode } from "../../crypto/errors.ts";
import type { SafetyNumber } from "../../crypto/safety.ts";
import { startWorker } from "../trusted-types.ts";

/** What the page sends: two fingerprints. */
export interface SafetyRequest {
  readonly mine: Bytes;
  readonly theirs: Bytes;
}

/** What comes back: the number, or why there is none. */
export type SafetyAnswer =
  | { readonly number: SafetyNumber }
  | { readonly refused: { readonly code: CryptoErrorCode; readonly sentence: string } };

/** About half a second. @throws CryptoError. */
export async function safetyInWorker(mine: Bytes, theirs: Bytes): Promise<SafetyNumber> {
  const worker = startWorker("safety");
  try {
    const answer = await new Promise<SafetyAnswer>((resolve, reject) => {
      worker.addEventListener("message", (event: MessageEvent<SafetyAnswer>) => {
        resolve(event.data);
      });
      worker.addEventListener("error", () => {
        reject(new CryptoError("unavailable", "The part of this page that works on numbers could not start. Reload and try again."));
      });
      worker.postMessage({ mine, theirs } satisfies SafetyRequest);
    });
    if ("refused" in answer) throw new CryptoError(answer.refused.code, answer.refused.sentence);
    return answer.number;
  } finally {
    worker.terminate();
  }
}
