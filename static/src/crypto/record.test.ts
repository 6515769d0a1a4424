import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { bytesOf, loadVectors } from "../../../tests/vectors/load.ts";
import { utf8 } from "./bytes.ts";
import { OVERHEAD_BYTES, sealMessage } from "./cipher.ts";
import type { Context } from "./context.ts";
import { deriveCipherKey, holdKey } from "./derive.ts";
import { CryptoError, type CryptoErrorCode } from "./errors.ts";
import { keyFromBytes, newRecordKey } from "./keys.ts";
import { padDocument, paddedLength, padmeLength, unpadDocument } from "./padding.ts";
import { openRecord, sealRecord, type JsonValue, type RecordPurpose } from "./record.ts";

const vectors = loadVectors<{
  key: string;
  context: Context<RecordPurpose>;
  sealed: { value: JsonValue; sealed: string }[];
}>("record");
const context = vectors.context;

const failsWith = (code: CryptoErrorCode) => (error: unknown) =>
  error instanceof CryptoError && error.code === code;

describe("a document", () => {
  test("opens to what the vectors say, under the key's bytes or the key held", async () => {
    const key = keyFromBytes("record-key", bytesOf(vectors.key));
    for (const { value, sealed } of vectors.sealed) {
      assert.deepEqual(await openRecord(bytesOf(sealed), key, context), value);
      assert.deepEqual(await openRecord(bytesOf(sealed), await holdKey(key), context), value);
    }
    assert.ok(vectors.sealed.length > 0);
  });

  test("does not open as another version, purpose or record", async () => {
    const key = newRecordKey();
    const sealed = await sealRecord({ title: "Lake" }, key, context);
    const others: Context<RecordPurpose>[] = [
      { ...context, version: 3 },
      { ...context, purpose: "corrections" },
      { ...context, record: "another" },
    ];
    for (const other of others) await assert.rejects(openRecord(sealed, key, other), failsWith("cannot-open"));
    await assert.rejects(openRecord(sealed, newRecordKey(), context), failsWith("cannot-open"));
  });

  test("of few words is as long as one of none", async () => {
    const key = newRecordKey();
    const short = await sealRecord({}, key, context);
    const longer = await sealRecord({ title: "A bridge by night" }, key, context);
    assert.equal(short.length, 256 + OVERHEAD_BYTES);
    assert.equal(longer.length, short.length);
  });

  test("that is not JSON, or too short, or of a later format, is told apart", async () => {
    const key = newRecordKey();
    const cipherKey = await deriveCipherKey(key, "document-key", ["encrypt"]);
    const notJson = await sealMessage(padDocument(utf8("{")), cipherKey, context);
    await assert.rejects(openRecord(notJson, key, context), failsWith("malformed"));
    await assert.rejects(openRecord(notJson.slice(0, 28), key, context), failsWith("malformed"));
    await assert.rejects(openRecord(Uint8Array.of(2, ...notJson.slice(1)), key, context), failsWith("unsupported-version"));
  });
});

describe("padding", () => {
  test("is as long as the vectors say", () => {
    const lengths = loadVectors<{ length: number; padme: number; content: number; document: number }[]>("padding");
    for (const { length, padme, content, document } of lengths) {
      assert.equal(padmeLength(length), padme);
      assert.equal(paddedLength(length), content);
      assert.equal(paddedLength(length, 256), document);
    }
    assert.ok(lengths.length > 0);
  });

  test("adds at most 12 per cent, and never takes away", () => {
    for (let length = 1; length < 5_000_000; length = Math.ceil(length * 1.01)) {
      const padded = padmeLength(length);
      assert.ok(padded >= length && padded <= length * 1.12, String(length));
      assert.equal(padmeLength(padded), padded);
    }
  });

  test("does not come off where the length does not fit", () => {
    const padded = padDocument(utf8("short"));
    assert.deepEqual(unpadDocument(padded), utf8("short"));
    const stretched = new Uint8Array(padded.length + 16);
    stretched.set(padded);
    const boastful = padded.slice().fill(0xff, 0, 8);
    for (const wrong of [stretched, boastful, padded.slice(0, 4), padded.slice(0, 200)]) {
      assert.throws(() => unpadDocument(wrong), failsWith("cannot-open"));
    }
  });
});
