/**
 * One sealed message: `version (1) | nonce (12) | ciphertext | tag (16)`, AES-256-GCM.
 *
 * Nonces are random. A key sealed with 2^32 messages keeps the chance of a repeat below
 * 2^-32 (NIST SP 800-38D, section 8.3); none of ours comes near.
 */
import { concat, randomBytes, type Bytes } from "./bytes.ts";
import { encodeContext, type Context } from "./context.ts";
import { cannotOpen, CryptoError } from "./errors.ts";

export const VERSION = 1;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
/** What sealing adds to a message. */
export const OVERHEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

/** A sealed message taken apart, ready for WebCrypto. */
export interface SealedParts {
  readonly parameters: AesGcmParams;
  readonly ciphertext: Bytes;
}

/** Seal `message` so that only `key` opens it, and only for `context`. */
export async function sealMessage(message: Bytes, key: CryptoKey, context: Context): Promise<Bytes> {
  const nonce = randomBytes(NONCE_BYTES);
  const sealed = await crypto.subtle.encrypt(parameters(nonce, context), key, message);
  return concat([VERSION], nonce, new Uint8Array(sealed));
}

/** Open what {@link sealMessage} made. @throws CryptoError. */
export async function openMessage(sealed: Bytes, key: CryptoKey, context: Context): Promise<Bytes> {
  const parts = takeApart(sealed, context);
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parts.parameters, key, parts.ciphertext));
  } catch {
    throw cannotOpen();
  }
}

/** Check the shape of a sealed message before any key touches it. @throws CryptoError. */
export function takeApart(sealed: Bytes, context: Context): SealedParts {
  if (sealed.length < OVERHEAD_BYTES) {
    throw new CryptoError("malformed", "This is too short to be a sealed message.");
  }
  if (sealed[0] !== VERSION) {
    throw new CryptoError("unsupported-version", "This was sealed in a format this version does not know.");
  }
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  return { parameters: parameters(nonce, context), ciphertext: sealed.subarray(1 + NONCE_BYTES) };
}

function parameters(nonce: Bytes, context: Context): AesGcmParams {
  return { name: "AES-GCM", iv: nonce, additionalData: encodeContext(context) };
}
