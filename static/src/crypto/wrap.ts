/**
 * Wrapped keys: one key, sealed under another.
 *
 *     version (1) | nonce (12) | sealed key (32 + 16)
 *
 * Specified in docs/cryptography.md, "Wrapped keys"; tested against tests/vectors/wrap.json.
 */
import type { Bytes } from "./bytes.ts";
import { openMessage, OVERHEAD_BYTES, sealMessage, takeApart } from "./cipher.ts";
import type { Context } from "./context.ts";
import { cannotOpen, CryptoError } from "./errors.ts";
import {
  checkedKey,
  KEY_BYTES,
  keyFromBytes,
  type HeldKey,
  type KeyOfPurpose,
  type KeyPurpose,
  type SourceKey,
  type WrappedKey,
  type WrappingKey,
} from "./keys.ts";

/** Length in bytes of every wrapped key. */
export const WRAPPED_KEY_BYTES = OVERHEAD_BYTES + KEY_BYTES;

type HeldKeyPurpose = { [P in KeyPurpose]: KeyOfPurpose[P] extends SourceKey ? P : never }[KeyPurpose];

/** Seal a key so that only `wrappingKey` opens it, and only for `context`. */
export async function wrapKey<P extends KeyPurpose>(
  key: KeyOfPurpose[P],
  wrappingKey: WrappingKey,
  context: Context<P>,
): Promise<WrappedKey<P>> {
  return (await sealMessage(checkedKey(key), wrappingKey, context)) as Bytes as WrappedKey<P>;
}

/** Declare bytes from the wire to be a wrapped key. @throws CryptoError "malformed". */
export function wrappedKeyFromBytes<P extends KeyPurpose>(_purpose: P, bytes: Bytes): WrappedKey<P> {
  if (bytes.length !== WRAPPED_KEY_BYTES) {
    throw new CryptoError("malformed", "A wrapped key is exactly 61 bytes long.");
  }
  return bytes as WrappedKey<P>;
}

/**
 * Open a wrapped key.
 *
 * Never returns a partial or unauthenticated key. @throws CryptoError.
 */
export async function unwrapKey<P extends KeyPurpose>(
  wrapped: WrappedKey<P>,
  wrappingKey: WrappingKey,
  context: Context<P>,
): Promise<KeyOfPurpose[P]> {
  const checked = wrappedKeyFromBytes(context.purpose, wrapped);
  return keyFromBytes(context.purpose, await openMessage(checked, wrappingKey, context));
}

/**
 * Open a wrapped key into the browser's keeping, so that its bytes never reach script.
 *
 * The result may be kept in IndexedDB. @throws CryptoError.
 */
export async function unwrapHeldKey<P extends HeldKeyPurpose>(
  wrapped: WrappedKey<P>,
  wrappingKey: WrappingKey,
  context: Context<P>,
): Promise<HeldKey<KeyOfPurpose[P] & SourceKey>> {
  const { parameters, ciphertext } = takeApart(wrappedKeyFromBytes(context.purpose, wrapped), context);
  const usages: KeyUsage[] = ["deriveKey", "deriveBits"];
  try {
    const held = await crypto.subtle.unwrapKey("raw", ciphertext, wrappingKey, parameters, "HKDF", false, usages);
    return held as HeldKey<KeyOfPurpose[P] & SourceKey>;
  } catch {
    throw cannotOpen();
  }
}
