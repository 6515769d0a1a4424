/**
 * An account's own public keys, from its own seeds and not from the server: worked out once, and in a worker, because it
 * takes a phone a tenth of a second in which no page could be scrolled.
 */
import { CryptoError } from "../crypto/errors.ts";
import type { PublicKeys } from "../crypto/known-keys.ts";
import { forget } from "./account-key.ts";
import type { OwnSeeds } from "./own-seeds.ts";
import { startWorker } from "./trusted-types.ts";

/** Whoever asks first waits for it. @throws CryptoError "unavailable", and then whoever asks next has it tried again. */
export function workedOutOnce(openSeeds: () => Promise<OwnSeeds>): () => Promise<PublicKeys> {
  let coming: Promise<PublicKeys> | null = null;
  return async () => {
    coming ??= openSeeds().then(publicKeysInWorker);
    try {
      return await coming;
    } catch (error) {
      coming = null;
      throw error;
    }
  };
}

async function publicKeysInWorker(seeds: OwnSeeds): Promise<PublicKeys> {
  const worker = startWorker("own-keys");
  try {
    return await new Promise<PublicKeys>((resolve, reject) => {
      worker.addEventListener("message", ({ data }: MessageEvent<PublicKeys>) => { resolve(data); });
      worker.addEventListener("error", () => {
        reject(new CryptoError("unavailable", "The part of this page that works on keys could not start. Reload and try again."));
      });
      worker.postMessage(seeds);
    });
  } finally {
    worker.terminate();
    forget(seeds.identity, seeds.exchange);
  }
}
