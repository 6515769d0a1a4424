import assert from "node:assert/strict";
import { test } from "node:test";

import { loadVectors } from "../../../tests/vectors/load.ts";
import { isProven, type ToldRestoration } from "./restoration.ts";

interface Case {
  readonly name: string;
  readonly said: ToldRestoration;
}

const vectors = loadVectors<{ readonly key: string; readonly held: readonly Case[]; readonly refused: readonly Case[] }>("restoration");

for (const { name, said } of vectors.held) {
  test(`the public log says the same of a restoration: ${name}`, () => {
    assert.ok(isProven(said, vectors.key));
    assert.ok(!isProven(said, "not a key"));
  });
}

for (const { name, said } of vectors.refused) {
  test(`the public log does not bear out a restoration: ${name}`, () => {
    assert.ok(!isProven(said, vectors.key));
  });
}
