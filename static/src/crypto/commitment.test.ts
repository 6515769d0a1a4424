import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { rootOf } from "./commitment.ts";
import { CryptoError } from "./errors.ts";

describe("the root of commitments", () => {
  it("is made of whole commitments only, so that no other list has it", () => {
    const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const moved = [new Uint8Array([...one, 2]), other.subarray(1)];

    assert.equal(rootOf([one, other]).length, 32);
    assert.throws(() => rootOf(moved), CryptoError);
  });
});
