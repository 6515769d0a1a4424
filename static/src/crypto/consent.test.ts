import assert from "node:assert/strict";
import { test } from "node:test";

import { signConsent, type ConsentSaid } from "./consent.ts";
import { CryptoError } from "./errors.ts";
import { newIdentitySeed } from "./keys.ts";
import { identityPublicKey, verifyStatement } from "./signature.ts";

const ACCOUNT = "0b6cf6ba-3c9d-4a5e-9d5f-3f6d2a5c1e70";
const RECORD = "7e9a4a0e-52a5-4f0b-8a1c-0d6f1f2b9c11";
const [FIRST, SECOND] = ["0190f3a2-7b1c-7e44-8d21-5f0a9c3b6e17", "0190f3a2-7b1c-7e44-8d21-5f0a9c3b6e18"];
const SAID: ConsentSaid = {
  recordId: RECORD, accountId: ACCOUNT, name: "Alice Liddell", controller: "https://vault.example.org", imageIds: [SECOND, FIRST, SECOND],
  textVersion: "2026-11-27", text: "I agree.", givenAt: "2026-11-27T14:00:00Z", endsAt: "2027-02-25T14:00:00Z",
};

test("a consent is spelled in its one way and signed for its place", () => {
  const seed = newIdentitySeed();
  const { record, signature } = signConsent(SAID, seed);

  verifyStatement(signature, record, identityPublicKey(seed), { purpose: "consent", owner: ACCOUNT, record: RECORD, part: "given", version: 1 });
  assert.throws(() => {
    verifyStatement(signature, record, identityPublicKey(seed), { purpose: "consent", owner: ACCOUNT, record: FIRST, part: "given", version: 1 });
  }, CryptoError);
  assert.equal(
    new TextDecoder().decode(record),
    `{"event_time":"2026-11-27T14:00:00Z","expiry_time":"2027-02-25T14:00:00Z","images":["${FIRST}","${SECOND}"],"kind":"consent","pii_controller":"https://vault.example.org",` +
      `"pii_principal_id":"${ACCOUNT}","pii_principal_name":"Alice Liddell","privacy_notice":{"sha256":"gm_w2rZJqX_913eaMyrMr7NcwWEBIlOhk4PbGSidbgI","version":"2026-11-27"},` +
      `"purposes":["synthetic_derivative"],"record_id":"${RECORD}","schema_version":"ISO/IEC TS 27560:2023"}`,
  );
});

test("about no photos, or too many, nothing is signed", () => {
  const many = Array.from({ length: 501 }, (_, n) => `0190f3a2-7b1c-7e44-8d21-${String(n).padStart(12, "0")}`);
  for (const imageIds of [[], many]) assert.throws(() => signConsent({ ...SAID, imageIds }, newIdentitySeed()), { name: "CryptoError", code: "malformed" });
});
