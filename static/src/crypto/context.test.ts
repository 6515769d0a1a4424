import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { loadVectors } from "../../../tests/vectors/load.ts";
import { fromUtf8 } from "./bytes.ts";
import { encodeContext, PURPOSES, type Context } from "./context.ts";
import { LABELS } from "./derive.ts";
import { CryptoError } from "./errors.ts";

const vectors = loadVectors<{
  encoded: { context: Context; text: string }[];
  refused: Context[];
}>("context");

const malformed = (error: unknown) => error instanceof CryptoError && error.code === "malformed";

describe("a context", () => {
  test("encodes as the vectors say", () => {
    for (const { context, text } of vectors.encoded) {
      assert.equal(fromUtf8(encodeContext(context)), text);
    }
    assert.ok(vectors.encoded.length > 0);
  });

  test("that could be read in two ways is refused", () => {
    for (const context of vectors.refused) assert.throws(() => encodeContext(context), malformed);
    assert.ok(vectors.refused.length > 0);
  });

  test("has a version that is a whole number from 0 upwards, or a text", () => {
    const context: Context = { purpose: "marks", owner: "alice", record: "image", part: "-", version: 0 };
    for (const version of [-1, 0.5, Number.NaN, 2 ** 53]) {
      assert.throws(() => encodeContext({ ...context, version }), malformed);
    }
  });

  test("has a purpose no other purpose is spelled like", () => {
    assert.equal(new Set(PURPOSES).size, PURPOSES.length);
  });
});

describe("docs/cryptography.md", () => {
  test("names every purpose and every label", () => {
    const page = readFileSync(new URL("../../../docs/cryptography.md", import.meta.url), "utf8");
    for (const name of [...PURPOSES, ...LABELS]) assert.ok(page.includes(`\`${name}\``), name);
  });
});
