/**
 * HKDF-SHA256, the only way one key is made from another.
 *
 * Every derived key has its own label, so no key ever does two jobs. The salt is empty: the
 * sources are uniformly random already (RFC 5869, section 3.1).
 */
import { utf8, type Bytes } from "./bytes.ts";
import {
  checkedKey,
  KEY_BYTES,
  type ContentKey,
  type HeldKey,
  type Holding,
  type IndexKey,
  type RecordKey,
  type SourceKey,
  type WrappingKey,
} from "./keys.ts";

/** Every label there is. Values are part of the format: never renamed, never reused. */
export const LABELS = [
  "wrapping-key",
  "document-key",
  "duplicate-key",
  "index-key",
  "password-auth-key",
  "password-key-encryption-key",
  "recovery-auth-key",
  "recovery-key-encryption-key",
  "passkey-key-encryption-key",
  "link-auth-key",
  "link-key",
  "key-check",
] as const;

export type Label = (typeof LABELS)[number];

const NO_SALT = new Uint8Array(0);

/** Hand a key to the browser, which lets script derive from it but not read it back. */
export async function holdKey<K extends SourceKey>(key: K): Promise<HeldKey<K>> {
  return (await importSource(checkedKey(key))) as HeldKey<K>;
}

/** The HKDF source behind a key in either form. */
export async function sourceOf(key: Holding<SourceKey>): Promise<CryptoKey> {
  return key instanceof Uint8Array ? await importSource(checkedKey(key)) : key;
}

/** 32 bytes derived from secret bytes of any length (HKDF-SHA256, empty salt). */
export async function deriveBytes(secret: Bytes | CryptoKey, label: Label): Promise<Bytes> {
  const source = secret instanceof Uint8Array ? await importSource(secret) : secret;
  return new Uint8Array(await crypto.subtle.deriveBits(parameters(label), source, KEY_BYTES * 8));
}

/** A non-extractable AES-256-GCM key derived from `key`. */
export async function deriveCipherKey(
  key: Holding<SourceKey>,
  label: Label,
  usages: readonly ("encrypt" | "decrypt" | "unwrapKey")[],
): Promise<CryptoKey> {
  const source = await sourceOf(key);
  const cipher = { name: "AES-GCM", length: KEY_BYTES * 8 };
  return await crypto.subtle.deriveKey(parameters(label), source, cipher, false, [...usages]);
}

/** The key that wraps others on behalf of `key`. */
export async function deriveWrappingKey(
  key: Holding<Exclude<SourceKey, ContentKey | RecordKey | IndexKey>>,
): Promise<WrappingKey> {
  const usages = ["encrypt", "decrypt", "unwrapKey"] as const;
  return (await deriveCipherKey(key, "wrapping-key", usages)) as WrappingKey;
}

function parameters(label: Label): HkdfParams {
  return { name: "HKDF", hash: "SHA-256", salt: NO_SALT, info: utf8(`pv1|${label}`) };
}

async function importSource(secret: Bytes): Promise<CryptoKey> {
  return await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey", "deriveBits"]);
}
