/**
 * The fingerprint of an account's public keys, pinned on first use and compared by people.
 *
 * SHA-256 over `"pv1|fingerprint" | 0x00 | identity key (32) | exchange key (1216)`.
 */
import { concat, toHex, utf8, type Bytes } from "./bytes.ts";
import { exchangeKeyFromBytes, type ExchangePublicKey } from "./exchange.ts";
import { identityFromBytes, type IdentityPublicKey } from "./signature.ts";

const LABEL = utf8("pv1|fingerprint");
const GROUP = /.{4}/g;

/** 32 bytes that stand for both public keys of an account. */
export async function fingerprintOf(
  identity: IdentityPublicKey,
  exchange: ExchangePublicKey,
): Promise<Bytes> {
  const keys = concat(LABEL, [0], identityFromBytes(identity), exchangeKeyFromBytes(exchange));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", keys));
}

/** The fingerprint as people read it aloud: sixteen groups of four. */
export function fingerprintText(fingerprint: Bytes): string {
  return (toHex(fingerprint).match(GROUP) ?? []).join(" ");
}
