/**
 * Sealing something to another account: HPKE (RFC 9180), base mode.
 *
 *     suite version (1) | encapsulated secret (1120) | ciphertext | tag (16)
 *
 * Suite 1 is MLKEM768-X25519 / HKDF-SHA256 / AES-256-GCM; `info` is the context, the
 * additional data is empty. The KEM is still a draft, hence the version byte. Base mode does
 * not say who sealed it: a grant is signed as well (signature.ts).
 *
 * A private key of this kind does not survive postMessage or IndexedDB, so it only ever
 * travels as its 32-byte seed.
 */
import { KEM_MLKEM768_X25519 as NOBLE_KEM } from "@panva/hpke-noble";
import { MLKEM768X25519 } from "@noble/post-quantum/hybrid.js";
import {
  AEAD_AES_256_GCM,
  CipherSuite,
  KDF_HKDF_SHA256,
  KEM_MLKEM768_X25519 as NATIVE_KEM,
} from "hpke";

import { concat, owned, type Bytes } from "./bytes.ts";
import { encodeContext, type Context } from "./context.ts";
import { cannotOpen, CryptoError } from "./errors.ts";
import { checkedKey, KEY_BYTES, type ExchangeSeed } from "./keys.ts";

declare const brand: unique symbol;

/** To whom something can be sealed. 1216 bytes, public. */
export type ExchangePublicKey = Bytes & { readonly [brand]: "ExchangePublicKey" };

const SUITE_VERSION = 1;
const LATTICE_BYTES = 1152;
const LATTICE_MODULUS = 3329;
const ENCAPSULATED_BYTES = 1120;
const TAG_BYTES = 16;
export const EXCHANGE_PUBLIC_KEY_BYTES = 1216;
/** What sealing to someone adds to a message. */
export const EXCHANGE_OVERHEAD_BYTES = 1 + ENCAPSULATED_BYTES + TAG_BYTES;

let chosenSuite: Promise<CipherSuite> | undefined;

/** The public half of an exchange key pair. */
export function exchangePublicKey(seed: ExchangeSeed): ExchangePublicKey {
  return owned(MLKEM768X25519.getPublicKey(checkedKey(seed))) as ExchangePublicKey;
}

/** Declare bytes from the wire to be someone's exchange key. @throws CryptoError "malformed". */
export function exchangeKeyFromBytes(bytes: Bytes): ExchangePublicKey {
  if (bytes.length !== EXCHANGE_PUBLIC_KEY_BYTES) {
    throw new CryptoError("malformed", "An exchange key is exactly 1216 bytes long.");
  }
  return bytes as ExchangePublicKey;
}

/** Seal `message` so that only the holder of `recipient`'s seed opens it, and only for `context`. */
export async function sealTo(
  recipient: ExchangePublicKey,
  message: Bytes,
  context: Context,
): Promise<Bytes> {
  const info = encodeContext(context);
  const suite = await preferredSuite();
  requireReduced(exchangeKeyFromBytes(recipient));
  try {
    const publicKey = await suite.DeserializePublicKey(recipient);
    const sealed = await suite.Seal(publicKey, message, { info });
    return concat([SUITE_VERSION], sealed.encapsulatedSecret, sealed.ciphertext);
  } catch {
    throw unusableKey();
  }
}

/** Open what was sealed to us. @throws CryptoError. */
export async function openFrom(sealed: Bytes, seed: ExchangeSeed, context: Context): Promise<Bytes> {
  const info = encodeContext(context);
  if (sealed.length < EXCHANGE_OVERHEAD_BYTES) {
    throw new CryptoError("malformed", "This is too short to have been sealed to anyone.");
  }
  if (sealed[0] !== SUITE_VERSION) {
    throw new CryptoError("unsupported-version", "This was sealed in a way this version does not know.");
  }
  const suite = await preferredSuite();
  const privateKey = await suite.DeserializePrivateKey(checkedKey(seed), false);
  const encapsulated = sealed.slice(1, 1 + ENCAPSULATED_BYTES);
  try {
    return owned(await suite.Open(privateKey, encapsulated, sealed.slice(1 + ENCAPSULATED_BYTES), { info }));
  } catch {
    throw cannotOpen();
  }
}

/** The browser's own ML-KEM where it has one, else the one we bring: both make the same bytes. */
function preferredSuite(): Promise<CipherSuite> {
  chosenSuite ??= chooseSuite();
  return chosenSuite;
}

async function chooseSuite(): Promise<CipherSuite> {
  const native = new CipherSuite(NATIVE_KEM, KDF_HKDF_SHA256, AEAD_AES_256_GCM);
  const seed = new Uint8Array(KEY_BYTES) as Bytes as ExchangeSeed;
  try {
    // Support is only known by use: asking the browser gives wrong answers.
    await native.DeserializePrivateKey(seed, false);
    await native.Seal(await native.DeserializePublicKey(exchangePublicKey(seed)), seed);
    return native;
  } catch {
    return new CipherSuite(NOBLE_KEM, KDF_HKDF_SHA256, AEAD_AES_256_GCM);
  }
}

/**
 * The check FIPS 203 (section 7.2) demands of an ML-KEM public key: every 12-bit coefficient
 * is below the modulus. Made here because not every implementation beneath us makes it.
 */
function requireReduced(recipient: ExchangePublicKey): void {
  for (let at = 0; at < LATTICE_BYTES; at += 3) {
    const [low = 0, middle = 0, high = 0] = recipient.subarray(at, at + 3);
    const first = low | ((middle & 0x0f) << 8);
    const second = (middle >> 4) | (high << 4);
    if (first >= LATTICE_MODULUS || second >= LATTICE_MODULUS) throw unusableKey();
  }
}

function unusableKey(): CryptoError {
  return new CryptoError("malformed", "This is not a usable exchange key.");
}
