/** What a page and the worker that works on a link's password say to each other. */
import type { CryptoErrorCode } from "../../crypto/errors.ts";
import type { LinkKeys, LinkPassword, LinkSecret } from "../../crypto/hierarchy.ts";

/** What the page sends. */
export interface LinkKeysRequest {
  readonly secret: LinkSecret;
  readonly password: LinkPassword;
}

/** What comes back: the keys, or why there are none. */
export type LinkKeysAnswer =
  | { readonly keys: LinkKeys }
  | { readonly refused: { readonly code: CryptoErrorCode; readonly sentence: string } };
