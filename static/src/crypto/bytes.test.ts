import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { concat, equalBytes, fromBase64Url, fromUtf8, toBase64Url, toHex, utf8 } from "./bytes.ts";
import { CryptoError } from "./errors.ts";

const malformed = (error: unknown) => error instanceof CryptoError && error.code === "malformed";

describe("base64url", () => {
  test("returns what it was given, at every length", () => {
    for (let length = 0; length < 70; length++) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 89 + length) & 255);
      assert.deepEqual(fromBase64Url(toBase64Url(bytes)), bytes);
    }
  });

  test("survives more bytes than a call takes arguments", () => {
    const bytes = new Uint8Array(300_000).fill(0xfb);
    assert.deepEqual(fromBase64Url(toBase64Url(bytes)), bytes);
  });

  test("is what everybody else makes of all bytes, at every place", () => {
    for (let shift = 0; shift < 3; shift++) {
      const bytes = Uint8Array.from({ length: 256 + shift }, (_, index) => (index - shift) & 255);
      assert.equal(toBase64Url(bytes), Buffer.from(bytes).toString("base64url"));
    }
  });

  test("has one spelling only", () => {
    assert.equal(toBase64Url(Uint8Array.of(0xff, 0xef)), "_-8");
    for (const text of ["_-9", "_-8=", "/+8", "a", "abcde", "a b", "ab\n", "ü", "abcü", "\u0100bcd", "ab=="]) {
      assert.throws(() => fromBase64Url(text), malformed, text);
    }
  });
});

describe("bytes", () => {
  test("are joined in order", () => {
    assert.deepEqual(concat([1], Uint8Array.of(2, 3), []), Uint8Array.of(1, 2, 3));
  });

  test("are equal only when all of them are", () => {
    assert.equal(equalBytes(utf8("same"), utf8("same")), true);
    assert.equal(equalBytes(utf8("same"), utf8("sane")), false);
    assert.equal(equalBytes(utf8("same"), utf8("sam")), false);
  });

  test("that are not UTF-8 are refused, and a byte order mark is kept", () => {
    assert.throws(() => fromUtf8(Uint8Array.of(0xc3)), malformed);
    assert.equal(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), "\ufeffa");
  });

  test("read as hexadecimal", () => {
    assert.equal(toHex(Uint8Array.of(0, 15, 255)), "000fff");
  });
});
