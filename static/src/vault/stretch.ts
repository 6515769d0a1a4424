/** What a page and its password worker say to each other. */
import type { CryptoErrorCode } from "../crypto/errors.ts";
import type { KdfParameters } from "../crypto/kdf-parameters.ts";
import type { PasswordKeys } from "../crypto/kdf.ts";

/** What the page sends. */
export interface StretchRequest {
  readonly password: string;
  readonly parameters: KdfParameters;
}

/** What comes back: the keys, or why there are none. */
export type StretchAnswer =
  | { readonly keys: PasswordKeys }
  | { readonly refused: { readonly code: CryptoErrorCode; readonly sentence: string } };
