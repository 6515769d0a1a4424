/** What follows from the account key, a link's secret or a passkey, without being stored anywhere. */
import { randomBytes, utf8, type Bytes } from "./bytes.ts";
import { deriveBytes, deriveWrappingKey, sourceOf } from "./derive.ts";
import type { KdfParameters } from "./kdf-parameters.ts";
import {
  checkedKey,
  KEY_BYTES,
  type AccountKey,
  type AuthKey,
  type DuplicateKey,
  type Holding,
  type IndexKey,
  type KeyEncryptionKey,
  type LinkKey,
  type WrappingKey,
} from "./keys.ts";

declare const brand: unique symbol;

/** The secret in a share link's fragment, which browsers never send. 32 bytes. */
export type LinkSecret = Bytes & { readonly [brand]: "LinkSecret" };

/** The keys an account key stands for. */
export interface AccountSubkeys {
  readonly wrappingKey: WrappingKey;
  readonly duplicateKey: DuplicateKey;
  readonly indexKey: IndexKey;
}

/** What a share link leads to: its key, and the proof the server asks for first. */
export interface LinkKeys {
  readonly linkKey: LinkKey;
  readonly authKey: AuthKey;
}

/** A password on a link, with the parameters to stretch it. */
export interface LinkPassword {
  readonly password: string;
  readonly parameters: KdfParameters;
}

/** Derive all that follows from the account key. */
export async function accountSubkeys(accountKey: Holding<AccountKey>): Promise<AccountSubkeys> {
  const source = await sourceOf(accountKey);
  const [wrappingKey, duplicateKey, indexKey] = await Promise.all([
    deriveWrappingKey(accountKey),
    deriveBytes(source, "duplicate-key"),
    deriveBytes(source, "index-key"),
  ]);
  return {
    wrappingKey,
    duplicateKey: duplicateKey as DuplicateKey,
    indexKey: indexKey as IndexKey,
  };
}

/** What every passkey of ours evaluates. Part of the format, so never changed, and never taken from the server. */
export const PASSKEY_PRF_INPUT = utf8("pv1|passkey|account-key");

/** The key-encryption key of a passkey, from its 32-byte PRF output. */
export async function keyFromPasskey(prfOutput: Bytes): Promise<KeyEncryptionKey> {
  return (await deriveBytes(checkedKey(prfOutput), "passkey-key-encryption-key")) as KeyEncryptionKey;
}

/** A fresh secret for a share link. */
export function newLinkSecret(): LinkSecret {
  return randomBytes(KEY_BYTES) as LinkSecret;
}

/** Declare bytes from a fragment to be a link's secret. @throws CryptoError "malformed". */
export function linkSecretFromBytes(bytes: Bytes): LinkSecret {
  return checkedKey(bytes) as LinkSecret;
}
