import assert from "node:assert/strict";
import { test } from "node:test";

import { loadVectors } from "../../../tests/vectors/load.ts";
import { checkReceipt, ReceiptError } from "./receipt.ts";

interface Case {
  readonly name: string;
  readonly text: string;
  readonly fault: string;
}

interface Vectors {
  readonly key: string;
  readonly another_key: string;
  readonly held: readonly Case[];
  readonly refused: readonly Case[];
}

const vectors = loadVectors<Vectors>("receipt");

for (const { name, text } of vectors.held) {
  test(`a receipt holds: ${name}`, () => {
    const checked = checkReceipt(text, vectors.key);
    assert.equal(checked.kind, "deleted.active");
    assert.equal(checked.dueOn, "2026-12-19");
    assert.equal(checked.loggedOn, "2026-11-27");
    assert.equal(checked.key.name, "vault.example.org/log");
    assert.ok(checked.index < checked.checkpoint.size);
  });

  test(`under another key it does not: ${name}`, () => {
    assert.throws(() => checkReceipt(text, vectors.another_key), (error) => error instanceof ReceiptError && error.fault === "key");
  });
}

for (const { name, text, fault } of vectors.refused) {
  test(`a receipt does not hold: ${name}`, () => {
    assert.throws(() => checkReceipt(text), (error) => error instanceof ReceiptError && error.fault === fault);
  });
}

test("a changed letter anywhere in a receipt is found", () => {
  const text = vectors.held[4]?.text ?? "";
  for (let at = 0; at < text.length; at += 1) {
    const changed = text.slice(0, at) + (text[at] === "7" ? "8" : "7") + text.slice(at + 1);
    assert.throws(() => checkReceipt(changed, vectors.key), ReceiptError, `at ${at}: ${text.slice(at - 10, at + 10)}`);
  }
});
