/** What somebody agrees to in writing: given by their own signature, seen, and ended. */
import { call } from "../api/client.ts";
import type { Consents, ServerFacts } from "../api/types.ts";
import { toBase64Url } from "../crypto/bytes.ts";
import { signConsent } from "../crypto/consent.ts";
import { toTheSecond } from "../crypto/publication.ts";
import { newId } from "./ids.ts";
import type { Vault } from "./state.ts";

/** What there is to agree to, word for word. */
export type ConsentText = Consents["text"];

/** What a person decided on the form. */
export interface Agreement {
  readonly imageIds: readonly string[];
  readonly name: string;
  readonly days: number;
}

/** As many photos as one consent is about. */
export const MOST_PHOTOS = 500;
const DAY_MS = 24 * 60 * 60 * 1000;

/** What was agreed to, the newest first, and the text in force. @throws Problem. */
export function readConsents(): Promise<Consents> {
  return call<Consents>("GET", "/consents");
}

/** Sign what was shown, on this device, and hand it over. @throws Problem, CryptoError. */
export async function giveConsent({ imageIds, name, days }: Agreement, shown: ConsentText, { accountId, identitySeed }: Vault): Promise<void> {
  // A consent is dated by the service's clock: this device's may be wrong, and the end follows from the beginning.
  const { time } = await call<ServerFacts>("GET", "/server");
  const [recordId, from] = [newId(), new Date(time)];
  const { record, signature } = signConsent({
    recordId, accountId, name, controller: location.origin, imageIds, textVersion: shown.version, text: shown.text,
    givenAt: toTheSecond(from), endsAt: toTheSecond(new Date(from.getTime() + days * DAY_MS)),
  }, await identitySeed());
  await call("PUT", `/consents/${recordId}`, { body: { record: toBase64Url(record), signature: toBase64Url(signature) } });
}

/** End an agreement now, and with it what was made under it. @throws Problem. */
export async function withdrawConsent(consentId: string): Promise<void> {
  await call("POST", `/consents/${consentId}/withdraw`);
}

/** Proof of an agreement, to be kept: everything that is needed to check it without us. @throws Problem. */
export async function readConsentReceipt(consentId: string): Promise<Blob> {
  const receipt = await call("GET", `/consents/${consentId}/receipt`);
  return new Blob([JSON.stringify(receipt, null, 2)], { type: "application/json" });
}
