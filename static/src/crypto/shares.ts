/**
 * A secret in three shares, of which any two give it back: Shamir's scheme over GF(256).
 *
 *     share = index (1) | value (32)      value = secret + index * slope, byte by byte
 *
 * Own code, because the libraries at hand multiply by tables of logarithms, and a table that is read
 * in a place the secret decides tells it to whoever measures the cache. Here the steps are always the same.
 */
import { concat, randomBytes, type Bytes } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { checkedKey, KEY_BYTES } from "./keys.ts";

declare const brand: unique symbol;

/** One of the three: its index, 1 to 3, and 32 bytes. Two of them are the secret; one says nothing. */
export type Share = Bytes & { readonly [brand]: "Share" };

export const SHARE_BYTES = 1 + KEY_BYTES;
export const SHARE_COUNT = 3;

/** The three shares of 32 bytes, by index. `slope` is fresh; tests alone give their own. @throws CryptoError. */
export function splitSecret(secret: Bytes, slope: Bytes = randomBytes(KEY_BYTES)): readonly Share[] {
  const [start, rise] = [checkedKey(secret), checkedKey(slope)];
  return [1, 2, 3].map((index) => {
    const value = start.map((byte, at) => byte ^ times(rise[at] ?? 0, index));
    return shareFromBytes(concat([index], value));
  });
}

/** The secret of two different shares. @throws CryptoError "malformed". */
export function combineShares(one: Share, other: Share): Bytes {
  const [x, y] = [indexOf(one), indexOf(other)];
  if (x === y) throw new CryptoError("malformed", "Two different shares are needed.");
  const back = inverse(x ^ y);
  return one.slice(1).map((byte, at) => times(times(byte, y) ^ times(other[at + 1] ?? 0, x), back));
}

/** Declare bytes to be a share. @throws CryptoError "malformed". */
export function shareFromBytes(bytes: Bytes): Share {
  const index = bytes[0] ?? 0;
  if (bytes.length !== SHARE_BYTES || index < 1 || index > SHARE_COUNT) {
    throw new CryptoError("malformed", "A share is its index from 1 to 3 and 32 bytes.");
  }
  return bytes as Share;
}

/** Which of the three a share is, 1 to 3. */
export function indexOf(share: Share): number {
  return shareFromBytes(share)[0] ?? 0;
}

/** The product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1. Neither a branch nor a table depends on the factors. */
export function times(one: number, other: number): number {
  let [left, right, product] = [one, other, 0];
  for (let bit = 0; bit < 8; bit += 1) {
    product ^= -(right & 1) & left;
    left = (left << 1) ^ (-(left >> 7) & 0x11b);
    right >>= 1;
  }
  return product;
}

/** The 254th power: the inverse of everything but 0. */
function inverse(value: number): number {
  let power = 1;
  for (let step = 0; step < 254; step += 1) power = times(power, value);
  return power;
}
