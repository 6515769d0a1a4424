import assert from "node:assert/strict";
import { test } from "node:test";

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { concat, owned, toHex, utf8 } from "./bytes.ts";
import { keyId } from "./log-note.ts";
import { checkRelease } from "./release.ts";

const NAME = "vault.example.org/log";
const MANIFEST = "ab".repeat(32);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** A log of one entry, and what its service answers about it. */
function logOf(facts: object, kind = "release.served", seed = new Uint8Array(32).fill(7), format = "pocketvault.entry/1") {
  const key = { name: NAME, publicKey: owned(ed25519.getPublicKey(seed)) };
  const entry = JSON.stringify({ facts, format, kind, on: "2026-11-28" });
  const text = `${NAME}\n1\n${base64(sha256(concat([0], utf8(entry))))}\n`;
  const signature = base64(concat(keyId(key), ed25519.sign(utf8(text), seed)));
  const proof = `c2sp.org/tlog-proof@v1\nindex 0\n\n${text}\n\u2014 ${NAME} ${signature}\n`;
  return { answer: JSON.stringify({ entry, proof }), key: `${NAME}+${toHex(keyId(key))}+${base64(concat([1], key.publicKey))}` };
}

test("a release that the log states holds", () => {
  const { answer, key } = logOf({ manifest_sha256: MANIFEST });

  const { on, checkpoint } = checkRelease(answer, MANIFEST, key);

  assert.deepEqual([on, checkpoint.size], ["2026-11-28", 1]);
});

test("an entry about another manifest, or about something else, does not", () => {
  for (const { answer, key } of [logOf({ manifest_sha256: "cd".repeat(32) }), logOf({ manifest_sha256: MANIFEST }, "drill.held"), logOf({})]) {
    assert.throws(() => checkRelease(answer, MANIFEST, key), { code: "malformed" });
  }
});

test("an entry of another format does not", () => {
  const { answer, key } = logOf({ manifest_sha256: MANIFEST }, "release.served", undefined, "pocketvault.entry/2");

  assert.throws(() => checkRelease(answer, MANIFEST, key), { code: "malformed" });
});

test("an entry that is in no tree of this log does not", () => {
  const { answer, key } = logOf({ manifest_sha256: "cd".repeat(32) });
  const altered = answer.replace("cd".repeat(32), MANIFEST);

  assert.throws(() => checkRelease(altered, MANIFEST, key), { code: "cannot-open" });
});

test("what another log states does not", () => {
  const { key } = logOf({ manifest_sha256: MANIFEST });
  const { answer } = logOf({ manifest_sha256: MANIFEST }, "release.served", new Uint8Array(32).fill(8));

  assert.throws(() => checkRelease(answer, MANIFEST, key), { code: "cannot-open" });
});

test("what is no such answer is refused", () => {
  const { key } = logOf({ manifest_sha256: MANIFEST });
  for (const answer of ["", "null", "{}", '{"entry":"x","proof":1}', '{"entry":"{}","proof":"x"}']) {
    assert.throws(() => checkRelease(answer, MANIFEST, key), { code: "malformed" });
  }
});
