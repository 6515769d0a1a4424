/**
 * The account key's wrappings: opening them, and making new ones.
 *
 * The raw key is in script's hands only inside these flows; whoever gets it holds or re-wraps it
 * and lets it go at once ({@link forget}).
 */
import type { KeyBundle } from "../api/types.ts";
import { fromBase64Url, toBase64Url, type Bytes } from "../crypto/bytes.ts";
import { NO_PART, type Context } from "../crypto/context.ts";
import { deriveWrappingKey } from "../crypto/derive.ts";
import type { AccountKey, KeyEncryptionKey } from "../crypto/keys.ts";
import { unwrapKey, wrapKey, wrappedKeyFromBytes } from "../crypto/wrap.ts";

/** What wraps it: "password", "recovery", "resume", or the id of a passkey. */
export type WrappingPart = string;

/** The context of one wrapping of the account key. */
export function accountKeyContext(accountId: string, part: WrappingPart): Context<"account-key"> {
  return { purpose: "account-key", owner: accountId, record: accountId, part, version: 1 };
}

/** The context of one of the account's two seeds. */
export function seedContext<P extends "identity-seed" | "exchange-seed">(purpose: P, accountId: string): Context<P> {
  return { purpose, owner: accountId, record: accountId, part: NO_PART, version: 1 };
}

/** Open one wrapping. @throws CryptoError "cannot-open" when the key is not the right one. */
export async function openAccountKey(
  wrapped: string,
  key: KeyEncryptionKey,
  accountId: string,
  part: WrappingPart,
): Promise<AccountKey> {
  const bytes = wrappedKeyFromBytes("account-key", fromBase64Url(wrapped));
  return await unwrapKey(bytes, await deriveWrappingKey(key), accountKeyContext(accountId, part));
}

/** Open the wrapping of one passkey; null when it has none here. @throws CryptoError "cannot-open". */
export async function openByPasskey(
  bundle: KeyBundle,
  { key, credentialId }: { readonly key: KeyEncryptionKey; readonly credentialId: string },
  accountId: string,
): Promise<AccountKey | null> {
  const passkey = bundle.passkeys.find((each) => each.credential_id === credentialId);
  if (!passkey?.wrapped_account_key) return null;
  return await openAccountKey(passkey.wrapped_account_key, key, accountId, passkey.id);
}

/** Make one wrapping, as text for the wire. */
export async function wrapAccountKey(
  accountKey: AccountKey,
  key: KeyEncryptionKey,
  accountId: string,
  part: WrappingPart,
): Promise<string> {
  return toBase64Url(await wrapKey(accountKey, await deriveWrappingKey(key), accountKeyContext(accountId, part)));
}

/** Overwrite a key that is no longer needed. The engine may have made copies; this removes ours. */
export function forget(...keys: readonly (Bytes | undefined)[]): void {
  for (const key of keys) key?.fill(0);
}
