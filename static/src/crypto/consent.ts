/**
 * Consents: what somebody agrees to in writing, signed by their identity key (docs/choices.md, "Consents").
 *
 *     context = pv1|consent|ACCOUNT|RECORD|given|1
 *
 * The record is canonical JSON whose members are named after ISO/IEC TS 27560 and the W3C's Data Privacy Vocabulary.
 */
import { sha256 } from "@noble/hashes/sha2.js";

import { owned, utf8, type Bytes } from "./bytes.ts";
import { canonicalText, digestText, idIn, wellFormed } from "./canonical.ts";
import { CryptoError } from "./errors.ts";
import type { IdentitySeed } from "./keys.ts";
import { signStatement } from "./signature.ts";

/** What is agreed to. Moments are to the second: `2026-11-27T14:00:00Z`. */
export interface ConsentSaid {
  readonly recordId: string;
  readonly accountId: string;
  /** As the person typed it. */
  readonly name: string;
  /** The address of the service. */
  readonly controller: string;
  readonly imageIds: readonly string[];
  readonly textVersion: string;
  /** Exactly what was shown. */
  readonly text: string;
  readonly givenAt: string;
  readonly endsAt: string;
}

/** A consent as it travels. */
export interface SignedConsent {
  readonly record: Bytes;
  readonly signature: Bytes;
}

const PURPOSE = "synthetic_derivative";
const MOST_IMAGES = 500;

/** Sign it. @throws CryptoError "malformed" for what no service could keep. */
export function signConsent(said: ConsentSaid, seed: IdentitySeed): SignedConsent {
  const images = [...new Set(said.imageIds.map(idIn))].sort();
  if (images.length === 0 || images.length > MOST_IMAGES) throw new CryptoError("malformed", "A consent is about 1 to 500 photos.");
  const { recordId: record, accountId: owner } = said;
  const spelled = utf8(canonicalText({
    event_time: said.givenAt, expiry_time: said.endsAt, images, kind: "consent", pii_controller: said.controller, pii_principal_id: idIn(owner),
    pii_principal_name: wellFormed(said.name), privacy_notice: { sha256: digestText(owned(sha256(utf8(said.text)))), version: said.textVersion },
    purposes: [PURPOSE], record_id: idIn(record), schema_version: "ISO/IEC TS 27560:2023",
  }));
  return { record: spelled, signature: signStatement(spelled, seed, { purpose: "consent", owner, record, part: "given", version: 1 }) };
}
