/** From a password to its two keys, in a worker of its own that is gone afterwards. */
import type { KdfWire } from "../api/types.ts";
import { fromBase64Url, toBase64Url } from "../crypto/bytes.ts";
import { CryptoError } from "../crypto/errors.ts";
import { checkParameters, type KdfParameters } from "../crypto/kdf-parameters.ts";
import type { PasswordKeys } from "../crypto/kdf.ts";
import type { StretchAnswer, StretchRequest } from "./stretch.ts";
import { startWorker } from "./trusted-types.ts";

/** Parameters from the wire. Checked before any password is used with them. @throws CryptoError. */
export function kdfFromWire(wire: KdfWire): KdfParameters {
  const parameters = {
    scheme: wire.scheme,
    memoryKib: wire.memory_kib,
    iterations: wire.iterations,
    parallelism: wire.parallelism,
    salt: fromBase64Url(wire.salt),
  };
  checkParameters(parameters);
  return parameters;
}

/** The same parameters as the server keeps them. */
export function kdfToWire(parameters: KdfParameters): KdfWire {
  return {
    scheme: parameters.scheme,
    memory_kib: parameters.memoryKib,
    iterations: parameters.iterations,
    parallelism: parameters.parallelism,
    salt: toBase64Url(parameters.salt),
  };
}

/** Stretch a password, about half a second. @throws CryptoError. */
export async function stretchInWorker(password: string, parameters: KdfParameters): Promise<PasswordKeys> {
  const worker = startWorker("kdf");
  try {
    const answer = await new Promise<StretchAnswer>((resolve, reject) => {
      worker.addEventListener("message", (event: MessageEvent<StretchAnswer>) => {
        resolve(event.data);
      });
      worker.addEventListener("error", () => {
        reject(new CryptoError("unavailable", "The part of this page that works on passwords could not start. Reload and try again."));
      });
      worker.postMessage({ password, parameters } satisfies StretchRequest);
    });
    if ("refused" in answer) throw new CryptoError(answer.refused.code, answer.refused.sentence);
    return answer.keys;
  } finally {
    worker.terminate();
  }
}
