/** The address of a link as its visitor has it, and whether the owner's keys are those it names. */
import type { Body } from "../../api/types.ts";
import { equalBytes, fromBase64Url, toBase64Url, type Bytes } from "../../crypto/bytes.ts";
import { exchangeKeyFromBytes, type ExchangePublicKey } from "../../crypto/exchange.ts";
import { fingerprintOf } from "../../crypto/fingerprint.ts";
import type { LinkSecret } from "../../crypto/hierarchy.ts";
import type { KnownPerson } from "../../crypto/history-walk.ts";
import { readLinkFragment } from "../../crypto/link.ts";
import { identityFromBytes } from "../../crypto/signature.ts";
import { LinkError } from "./link-error.ts";

export interface LinkAddress {
  readonly id: string;
  readonly secret: LinkSecret;
  /** Of the owner's two public keys. */
  readonly fingerprint: Bytes;
}

/** Whose link it is, once their keys were compared with the address. */
export interface LinkOwner {
  readonly id: string;
  readonly exchange: ExchangePublicKey;
  /** For reading what they signed. */
  readonly known: KnownPerson;
}

/** From `/l/ID` or `/c/ID` and what stands behind the #. @throws LinkError "cut-off". */
export function readAddress(path: string, fragment: string): LinkAddress {
  try {
    return { id: path.replace(/\/+$/, "").split("/").at(-1) ?? "", ...readLinkFragment(fragment) };
  } catch {
    throw new LinkError("cut-off");
  }
}

/** The owner the server names, if they are who made the link. @throws LinkError "other-owner". */
export async function provedOwner(wire: Body<"LinkOwner">, fingerprint: Bytes): Promise<LinkOwner> {
  const identity = identityFromBytes(fromBase64Url(wire.identity_public_key));
  const exchange = exchangeKeyFromBytes(fromBase64Url(wire.exchange_public_key));
  if (!equalBytes(await fingerprintOf(identity, exchange), fingerprint)) throw new LinkError("other-owner");
  return { id: wire.id, exchange, known: { identity: toBase64Url(identity), fingerprint: toBase64Url(fingerprint) } };
}
