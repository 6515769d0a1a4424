/** From what stands behind the # of a link, and its password where it has one, to the link's keys. */
import type { KdfWire } from "../../api/types.ts";
import { CryptoError } from "../../crypto/errors.ts";
import type { LinkKeys, LinkSecret } from "../../crypto/hierarchy.ts";
import { keysFromLink } from "../../crypto/link-keys.ts";
import { kdfFromWire } from "../password.ts";
import { startWorker } from "../trusted-types.ts";
import type { LinkKeysAnswer, LinkKeysRequest } from "./link-stretch.ts";

/** A password, and how the server says it is stretched. */
export interface GivenPassword {
  readonly password: string;
  readonly kdf: KdfWire;
}

/** At once without a password, else in about half a second, in a worker. @throws CryptoError. */
export async function linkKeys(secret: LinkSecret, given: GivenPassword | null): Promise<LinkKeys> {
  if (given === null) return await keysFromLink(secret);
  return await linkKeysInWorker({ secret, password: { password: given.password, parameters: kdfFromWire(given.kdf) } });
}

async function linkKeysInWorker(request: LinkKeysRequest): Promise<LinkKeys> {
  const worker = startWorker("link-keys");
  try {
    const answer = await new Promise<LinkKeysAnswer>((resolve, reject) => {
      worker.addEventListener("message", (event: MessageEvent<LinkKeysAnswer>) => {
        resolve(event.data);
      });
      worker.addEventListener("error", () => {
        reject(new CryptoError("unavailable", "The part of this page that works on passwords could not start. Reload and try again."));
      });
      worker.postMessage(request);
    });
    if ("refused" in answer) throw new CryptoError(answer.refused.code, answer.refused.sentence);
    return answer.keys;
  } finally {
    worker.terminate();
  }
}
