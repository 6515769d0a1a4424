/** A task that ALTCHA's own Python package made, solved here. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { solvePuzzle } from "./puzzle.ts";

/** Made by `altcha.create_challenge("PBKDF2/SHA-256", 10, counter=300)`. */
const TASK = {
  algorithm: "PBKDF2/SHA-256",
  cost: 10,
  keyLength: 32,
  keyPrefix: "8e068cc22e21b95f27e9d62c7e007cbd",
  nonce: "2e3881c9329f4e2a902aa70feeaf619d",
  salt: "0535e6e432b8d3425bf00f537ee5d993",
};

test("a task is solved by the number that the server had in mind", async () => {
  const solved = await solvePuzzle(TASK);
  assert.equal(solved?.counter, 300);
  assert.equal(solved.derivedKey, "8e068cc22e21b95f27e9d62c7e007cbd379431908927c9275104a1b0f135e5b8");
});

test("a task of another kind is left alone", async () => {
  assert.equal(await solvePuzzle({ ...TASK, algorithm: "SCRYPT" }), null);
});
