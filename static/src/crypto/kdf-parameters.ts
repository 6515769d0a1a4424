/**
 * How a password is stretched, and what of it is refused. Apart from the stretching itself, which is done in a
 * worker: no page needs to load Argon2id for knowing this.
 */
import type { Bytes } from "./bytes.ts";
import { CryptoError } from "./errors.ts";

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
