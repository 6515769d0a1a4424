import assert from "node:assert/strict";
import { test } from "node:test";

import { HistoryError } from "../../crypto/history-error.ts";
import { openNewest } from "./chain.ts";

/** Opens what is at least as new as this device has seen. */
const opening = (seen: number) => (seq: number): Promise<string> =>
  seq < seen ? Promise.reject(new HistoryError("rolled-back")) : Promise.resolve(`at ${seq}`);

test("an answer that was overtaken is asked for again", async () => {
  const answers = [3, 4];

  assert.equal(await openNewest(2, () => Promise.resolve(answers.shift() ?? 0), opening(4)), "at 4");
  assert.deepEqual(answers, []);
});

test("a service that keeps to something older is told of", async () => {
  let asked = 0;
  const ask = (): Promise<number> => Promise.resolve((asked += 1, 2));

  await assert.rejects(openNewest(2, ask, opening(4)), { code: "rolled-back" });
  assert.equal(asked, 2);
});

test("what is wrong for another reason is not asked for again", async () => {
  const ask = (): Promise<number> => Promise.reject(new TypeError("asked"));

  await assert.rejects(openNewest(2, ask, () => Promise.reject(new HistoryError("forked"))), { code: "forked" });
});
