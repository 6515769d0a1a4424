/** The server's answers about contacts, checked before anything relies on them. */
import { isRecord, list, text, textOrNull, type UnknownRecord } from "../../api/shape.ts";
import { fromBase64Url } from "../../crypto/bytes.ts";
import { exchangeKeyFromBytes } from "../../crypto/exchange.ts";
import type { PublicKeys } from "../../crypto/known-keys.ts";
import { identityFromBytes } from "../../crypto/signature.ts";

/** Somebody this account knows, with the keys the server says are theirs. */
export interface WireContact {
  readonly accountId: string;
  readonly email: string;
  readonly since: string;
  readonly keys: PublicKeys;
}

export interface SentInvitation {
  readonly id: string;
  /** Null when the address can no longer be read. */
  readonly email: string | null;
  /** A note to this account's own devices: see `intent.ts`. */
  readonly sealedIntent: string;
  readonly madeAt: string;
  readonly expiresAt: string;
  readonly acceptedBy: string | null;
}

export interface ReceivedInvitation {
  readonly id: string;
  readonly accountId: string;
  readonly email: string;
  readonly madeAt: string;
}

export interface WireContacts {
  readonly contacts: readonly WireContact[];
  readonly sent: readonly SentInvitation[];
  readonly received: readonly ReceivedInvitation[];
}

/** @throws CryptoError "malformed" for keys that are none. */
export function readContacts(answer: unknown): WireContacts {
  const body = isRecord(answer) ? answer : {};
  return {
    contacts: list(body["items"]).filter(isRecord).map((row) => ({
      accountId: text(row["account_id"]),
      email: text(row["email"]),
      since: text(row["since"]),
      keys: readPublicKeys(row),
    })),
    sent: list(body["sent"]).filter(isRecord).map((row) => ({
      id: text(row["id"]),
      email: textOrNull(row["email"]),
      sealedIntent: text(row["intent"]),
      madeAt: text(row["made_at"]),
      expiresAt: text(row["expires_at"]),
      acceptedBy: textOrNull(row["accepted_by"]),
    })),
    received: list(body["received"]).filter(isRecord).map((row) => ({
      id: text(row["id"]),
      accountId: text(row["account_id"]),
      email: text(row["email"]),
      madeAt: text(row["made_at"]),
    })),
  };
}

/** The keys of somebody, as every list of people spells them. @throws CryptoError "malformed". */
export function readPublicKeys(row: UnknownRecord): PublicKeys {
  return {
    identity: identityFromBytes(fromBase64Url(text(row["identity_public_key"]))),
    exchange: exchangeKeyFromBytes(fromBase64Url(text(row["exchange_public_key"]))),
  };
}
