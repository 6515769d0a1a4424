/** What a page and the worker that works out an account's public keys say to each other. */
import type { ExchangeSeed, IdentitySeed } from "../crypto/keys.ts";

export interface OwnSeeds {
  readonly identity: IdentitySeed;
  readonly exchange: ExchangeSeed;
}
