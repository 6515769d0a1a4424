/** Works out the public halves of an account's own keys, away from the page. The page ends the worker afterwards. */
import { exchangePublicKey } from "../crypto/exchange.ts";
import type { PublicKeys } from "../crypto/known-keys.ts";
import { identityPublicKey } from "../crypto/signature.ts";
import type { OwnSeeds } from "../vault/own-seeds.ts";

declare const self: DedicatedWorkerGlobalScope;

self.addEventListener("message", ({ data: { identity, exchange } }: MessageEvent<OwnSeeds>) => {
  self.postMessage({ identity: identityPublicKey(identity), exchange: exchangePublicKey(exchange) } satisfies PublicKeys);
});
