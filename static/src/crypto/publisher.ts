/**
 * Whose key signed a public page, for browsers of people who know nobody's keys: checked by WebCrypto alone.
 *
 * Fingerprint: the first 16 bytes of SHA-256 over `"pv1|publisher" | 0x00 | identity key (32)`, in eight groups of four.
 */
import { concat, toHex, utf8, type Bytes } from "./bytes.ts";
import { encodeContext, type Context } from "./context.ts";

const LABEL = utf8("pv1|publisher");
const SHOWN_BYTES = 16;
const GROUP = /.{4}/g;
const [KEY_BYTES, SIGNATURE_BYTES, VERSION] = [32, 65, 1];

/** A public key that this browser can check signatures with. */
export interface Publisher {
  /** Eight groups of four, as people compare them. */
  readonly fingerprint: string;
  /** Whether this key signed `statement` for `context`. */
  readonly signed: (statement: Bytes, signature: Bytes, context: Context) => Promise<boolean>;
}

/** The key as people compare it; null when these bytes are none. */
export async function publisherFingerprint(identity: Bytes): Promise<string | null> {
  if (identity.length !== KEY_BYTES) return null;
  const digest = await crypto.subtle.digest("SHA-256", concat(LABEL, [0], identity));
  return (toHex(new Uint8Array(digest, 0, SHOWN_BYTES)).match(GROUP) ?? []).join(" ");
}

/** What this browser checks a key's signatures with; null where it knows no Ed25519. */
export async function publisherOf(identity: Bytes): Promise<Publisher | null> {
  const [fingerprint, key] = await Promise.all([publisherFingerprint(identity), importedKey(identity)]);
  if (fingerprint === null || key === null) return null;
  return { fingerprint, signed: (statement, signature, context) => isSigned(key, statement, signature, context) };
}

async function importedKey(identity: Bytes): Promise<CryptoKey | null> {
  return await crypto.subtle.importKey("raw", identity, { name: "Ed25519" }, false, ["verify"]).catch(() => null);
}

async function isSigned(key: CryptoKey, statement: Bytes, signature: Bytes, context: Context): Promise<boolean> {
  if (signature.length !== SIGNATURE_BYTES || signature[0] !== VERSION) return false;
  const message = concat(encodeContext(context), [0], statement);
  return await crypto.subtle.verify({ name: "Ed25519" }, key, signature.slice(1), message);
}
