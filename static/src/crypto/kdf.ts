/**
 * From a password to two keys: one proves it to the server, the other opens the vault.
 *
 * Argon2id stretches the password, HKDF splits the result. The server sees only the auth key,
 * from which the key-encryption key cannot be computed. The address is not part of it, so it
 * may change without touching a key.
 */
import { argon2id } from "hash-wasm";

import { utf8, type Bytes } from "./bytes.ts";
import { deriveBytes } from "./derive.ts";
import { CryptoError } from "./errors.ts";
import { checkParameters, type KdfParameters } from "./kdf-parameters.ts";
import { KEY_BYTES, type AuthKey, type KeyEncryptionKey } from "./keys.ts";
import { requireWebAssembly } from "./webassembly.ts";

/** What a password becomes. */
export interface PasswordKeys {
  readonly authKey: AuthKey;
  readonly keyEncryptionKey: KeyEncryptionKey;
}

/** Stretch a password. About half a second, so call it in a worker. @throws CryptoError. */
export async function keysFromPassword(
  password: string,
  parameters: KdfParameters,
): Promise<PasswordKeys> {
  const stretched = await stretchPassword(password, parameters);
  const [authKey, keyEncryptionKey] = await Promise.all([
    deriveBytes(stretched, "password-auth-key"),
    deriveBytes(stretched, "password-key-encryption-key"),
  ]);
  return {
    authKey: authKey as AuthKey,
    keyEncryptionKey: keyEncryptionKey as KeyEncryptionKey,
  };
}

/** Argon2id of the password in NFKC, 32 bytes. @throws CryptoError. */
export async function stretchPassword(password: string, parameters: KdfParameters): Promise<Bytes> {
  checkParameters(parameters);
  const normalised = password.normalize("NFKC");
  if (normalised === "") throw new CryptoError("malformed", "A password cannot be empty.");
  return await stretchBytes(utf8(normalised), parameters);
}

/** Argon2id of bytes that are no password, 32 bytes. @throws CryptoError. */
export async function stretchBytes(secret: Bytes, parameters: KdfParameters): Promise<Bytes> {
  checkParameters(parameters);
  requireWebAssembly();
  const stretched = await argon2id({
    password: secret,
    salt: parameters.salt,
    memorySize: parameters.memoryKib,
    iterations: parameters.iterations,
    parallelism: parameters.parallelism,
    hashLength: KEY_BYTES,
    outputType: "binary",
  });
  return new Uint8Array(stretched);
}
