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
import { KEY_BYTES, type AuthKey, type KeyEncryptionKey } from "./keys.ts";
import { requireWebAssembly } from "./webassembly.ts";

/** How one account's password is stretched. Comes from the server, so it is not trusted. */
export interface KdfParameters {
  /** Only 1 exists: Argon2id version 0x13, 32 bytes out, then HKDF-SHA256. */
  readonly scheme: number;
  readonly memoryKib: number;
  readonly iterations: number;
  readonly parallelism: number;
  /** 16 to 64 random bytes, fixed per address for life. */
  readonly salt: Bytes;
}

/** What a password becomes. */
export interface PasswordKeys {
  readonly authKey: AuthKey;
  readonly keyEncryptionKey: KeyEncryptionKey;
}

export const KDF_SCHEME = 1;
export const DEFAULT_KDF = {
  scheme: KDF_SCHEME,
  memoryKib: 64 * 1024,
  iterations: 3,
  parallelism: 1,
} as const;
export const SALT_BYTES = 16;

const LIMITS = {
  memoryKib: [DEFAULT_KDF.memoryKib, 1024 * 1024],
  iterations: [DEFAULT_KDF.iterations, 64],
  parallelism: [DEFAULT_KDF.parallelism, 16],
} as const;
const LONGEST_SALT_BYTES = 64;

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

/**
 * Refuse parameters below our floor, whatever the server says, and absurd ones that would
 * only freeze the device. @throws CryptoError "weak-parameters".
 */
export function checkParameters(parameters: KdfParameters): void {
  if (parameters.scheme !== KDF_SCHEME) refuse("uses an unknown scheme");
  for (const [name, [floor, ceiling]] of Object.entries(LIMITS)) {
    const value = parameters[name as keyof typeof LIMITS];
    if (!Number.isSafeInteger(value) || value < floor) refuse("makes passwords easy to guess");
    if (value > ceiling) refuse("asks for more work than a device can do");
  }
  const saltLength = parameters.salt.length;
  if (saltLength < SALT_BYTES || saltLength > LONGEST_SALT_BYTES) refuse("has a salt of the wrong length");
}

function refuse(what: string): never {
  throw new CryptoError("weak-parameters", `The server's password setting ${what}, so the password was not used.`);
}
