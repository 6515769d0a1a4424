import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { mapInOrder } from "./flow.ts";

describe("work on a few at once", () => {
  it("takes no more than four while nobody takes a result", async () => {
    let taken = 0;
    const results = mapInOrder([1, 2, 3, 4, 5, 6, 7], (item) => {
      taken += 1;
      return Promise.resolve(item);
    });

    assert.equal((await results.next()).value, 1);
    assert.equal(taken, 4);
    const others: number[] = [];
    for await (const result of results) others.push(result);
    assert.deepEqual(others, [2, 3, 4, 5, 6, 7]);
  });
});
