/**
 * Ed25519 signatures over a statement and what it is for.
 *
 *     version (1) | signature (64) over: context | 0x00 | statement
 *
 * A context never holds a zero byte, so no two pairs of context and statement sign the same bytes.
 */
import { ed25519 } from "@noble/curves/ed25519.js";

import { concat, owned, type Bytes } from "./bytes.ts";
import { encodeContext, type Context } from "./context.ts";
import { cannotOpen, CryptoError } from "./errors.ts";
import { checkedKey, type IdentitySeed } from "./keys.ts";

declare const brand: unique symbol;

/** Whom a signature is by. 32 bytes, public. */
export type IdentityPublicKey = Bytes & { readonly [brand]: "IdentityPublicKey" };

const VERSION = 1;
/** Length of a signature, version byte included. */
export const SIGNATURE_BYTES = 65;

/** The public half of an identity. */
export function identityPublicKey(seed: IdentitySeed): IdentityPublicKey {
  return owned(ed25519.getPublicKey(checkedKey(seed))) as IdentityPublicKey;
}

/** Declare bytes from the wire to be someone's identity. @throws CryptoError "malformed". */
export function identityFromBytes(bytes: Bytes): IdentityPublicKey {
  return checkedKey(bytes) as IdentityPublicKey;
}

/** Sign `statement` for `context`. */
export function signStatement(statement: Bytes, seed: IdentitySeed, context: Context): Bytes {
  return concat([VERSION], ed25519.sign(message(statement, context), checkedKey(seed)));
}

/**
 * Insist that `signature` is by `signer`, over this statement, for this context.
 *
 * Returns nothing and throws instead, so that an unchecked answer cannot be overlooked.
 * Verification is strict (RFC 8032), as in OpenSSL. @throws CryptoError.
 */
export function verifyStatement(
  signature: Bytes,
  statement: Bytes,
  signer: IdentityPublicKey,
  context: Context,
): void {
  if (signature.length !== SIGNATURE_BYTES) {
    throw new CryptoError("malformed", "A signature is exactly 65 bytes long.");
  }
  if (signature[0] !== VERSION) {
    throw new CryptoError("unsupported-version", "This signature is of a kind this version does not know.");
  }
  if (!isGenuine(signature.subarray(1), message(statement, context), checkedKey(signer))) {
    throw cannotOpen();
  }
}

function isGenuine(signature: Bytes, signed: Bytes, signer: Bytes): boolean {
  try {
    return ed25519.verify(signature, signed, signer, { zip215: false });
  } catch {
    return false;
  }
}

function message(statement: Bytes, context: Context): Bytes {
  return concat(encodeContext(context), [0], statement);
}
