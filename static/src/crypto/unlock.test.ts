import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { bytesOf, contentOf, loadVectors } from "../../../tests/vectors/load.ts";
import { toBase64Url, toHex } from "./bytes.ts";
import { holdKey } from "./derive.ts";
import { duplicateMark, sha256Of } from "./digest.ts";
import { CryptoError } from "./errors.ts";
import { accountSubkeys, keyFromPasskey, linkSecretFromBytes, PASSKEY_PRF_INPUT } from "./hierarchy.ts";
import { keysFromLink } from "./link-keys.ts";
import { DEFAULT_KDF, type KdfParameters } from "./kdf-parameters.ts";
import { keysFromPassword, stretchPassword } from "./kdf.ts";
import { keyFromBytes } from "./keys.ts";
import { keysFromRecovery, newRecoverySecret, phraseFromSecret, secretFromPhrase } from "./recovery.ts";
import { RecoveryPhraseError } from "./recovery-error.ts";
import { requireWebAssembly } from "./webassembly.ts";

type StoredParameters = Omit<KdfParameters, "salt"> & { salt: string };

const kdf = loadVectors<{
  keys: { password: string; parameters: StoredParameters; stretched: string; authKey: string; keyEncryptionKey: string }[];
  refused: StoredParameters[];
}>("kdf");
const recovery = loadVectors<{ secret: string; phrase: string; authKey: string; keyEncryptionKey: string }[]>("recovery");
const hierarchy = loadVectors<Record<string, string> & { original: number }>("hierarchy");

const parametersOf = (stored: StoredParameters): KdfParameters => ({ ...stored, salt: bytesOf(stored.salt) });
const named = (name: string) => bytesOf(String(hierarchy[name]));

describe("a password", () => {
  test("becomes the keys the vectors say", async () => {
    for (const vector of kdf.keys) {
      const keys = await keysFromPassword(vector.password, parametersOf(vector.parameters));
      assert.equal(toBase64Url(keys.authKey), vector.authKey);
      assert.equal(toBase64Url(keys.keyEncryptionKey), vector.keyEncryptionKey);
    }
    const [first] = kdf.keys;
    assert.ok(first);
    assert.equal(toBase64Url(await stretchPassword(first.password, parametersOf(first.parameters))), first.stretched);
  });

  test("is not used with weak or absurd parameters", async () => {
    for (const parameters of kdf.refused) {
      await assert.rejects(
        keysFromPassword("correct horse battery staple", parametersOf(parameters)),
        (error) => error instanceof CryptoError && error.code === "weak-parameters",
        JSON.stringify(parameters),
      );
    }
    assert.ok(kdf.refused.length > 0);
  });

  test("cannot be empty", async () => {
    const parameters = { ...DEFAULT_KDF, salt: new Uint8Array(16) };
    await assert.rejects(keysFromPassword("", parameters), CryptoError);
  });
});

describe("a page without WebAssembly", () => {
  test("is an error at once, not a silence", async (t) => {
    const parameters = { ...DEFAULT_KDF, salt: new Uint8Array(16) };
    const original = WebAssembly.Module;
    t.after(() => Object.assign(WebAssembly, { Module: original }));
    const forbidden = function (): never {
      throw new WebAssembly.CompileError("refused by policy");
    };
    Object.assign(WebAssembly, { Module: forbidden });
    const unavailable = (error: unknown) => error instanceof CryptoError && error.code === "unavailable";
    assert.throws(requireWebAssembly, unavailable);
    await assert.rejects(keysFromPassword("password", parameters), unavailable);
    await assert.rejects(sha256Of(new Uint8Array(1)), unavailable);
  });
});

describe("a recovery phrase", () => {
  test("is what BIP-39 says, and leads to the keys the vectors say", async () => {
    for (const vector of recovery) {
      const secret = secretFromPhrase(vector.phrase);
      assert.equal(toBase64Url(secret), vector.secret);
      assert.equal(phraseFromSecret(secret), vector.phrase);
      const keys = await keysFromRecovery(secret);
      assert.equal(toBase64Url(keys.authKey), vector.authKey);
      assert.equal(toBase64Url(keys.keyEncryptionKey), vector.keyEncryptionKey);
    }
    assert.ok(recovery.length > 0);
  });

  test("is read however it was written down", () => {
    const secret = newRecoverySecret();
    const words = phraseFromSecret(secret).split(" ");
    const written = [
      words.join("  \t").toUpperCase(),
      words.map((word, index) => `${index + 1}. ${word}`).join("\r\n"),
      words.map((word, index) => `${index + 1})${word}`).join(" "),
      words.join(", "),
      `\u201c${words.join("\u00a0")}\u201d\u2028`,
      words.join("\u3000").normalize("NFKC"),
      words.map((word) => word.replace(/[a-z]/, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0))).join(" "),
    ];
    for (const text of written) assert.deepEqual(secretFromPhrase(text), secret, text);
  });

  test("says what is wrong with it", () => {
    const words = Array.from({ length: 23 }, () => "abandon");
    const problem = (text: string): RecoveryPhraseError => {
      try {
        secretFromPhrase(text);
      } catch (error) {
        if (error instanceof RecoveryPhraseError) return error;
      }
      throw new assert.AssertionError({ message: "The phrase was accepted." });
    };
    assert.equal(problem(words.join(" ")).code, "word-count");
    assert.equal(problem("").code, "word-count");
    assert.equal(problem([...words, "abandon"].join(" ")).code, "checksum");
    const unknown = problem([...words.slice(0, 6), "abandoned", ...words.slice(7), "art"].join(" "));
    assert.equal(unknown.code, "unknown-word");
    assert.equal(unknown.wordNumber, 7);
  });
});

describe("the hierarchy", () => {
  test("follows from the account key, held or not", async () => {
    const accountKey = keyFromBytes("account-key", named("accountKey"));
    for (const key of [accountKey, await holdKey(accountKey)]) {
      const subkeys = await accountSubkeys(key);
      assert.deepEqual(subkeys.duplicateKey, named("duplicateKey"));
      assert.deepEqual(subkeys.indexKey, named("indexKey"));
    }
  });

  test("marks duplicates from bytes, blobs and streams alike", async () => {
    const { duplicateKey } = await accountSubkeys(keyFromBytes("account-key", named("accountKey")));
    const original = contentOf(hierarchy.original);
    const blob = new Blob([original]);
    for (const data of [original, blob, blob.stream()]) {
      assert.deepEqual(await duplicateMark(data, duplicateKey), named("duplicateMark"));
    }
    assert.equal(toHex(await sha256Of(blob)), hierarchy["sha256"]);
  });

  test("gives a passkey and a link their keys", async () => {
    assert.deepEqual(PASSKEY_PRF_INPUT, named("prfInput"));
    assert.deepEqual(await keyFromPasskey(named("prfOutput")), named("passkeyKey"));
    const secret = linkSecretFromBytes(named("linkSecret"));
    const open = await keysFromLink(secret);
    assert.deepEqual([open.linkKey, open.authKey], [named("linkKey"), named("linkAuthKey")]);
    const parameters = { ...DEFAULT_KDF, salt: named("linkSalt") };
    const guarded = await keysFromLink(secret, { password: String(hierarchy["linkPassword"]), parameters });
    assert.deepEqual([guarded.linkKey, guarded.authKey], [named("guardedLinkKey"), named("guardedLinkAuthKey")]);
  });
});
