import assert from "node:assert/strict";
import { test } from "node:test";

import type { Deletion } from "../../api/types.ts";
import { sentenceOfDeletion, stepsOf } from "./deletion-words.ts";

const GONE_AT = "2026-11-09T14:06:41Z";
const DELETION: Deletion = {
  id: "0190f3a2-7b1c-7e44-8d21-5f0a9c3b6e17",
  image_count: 12,
  state: "received",
  deleted_at: "2026-11-09T14:06:00Z",
  active_removed_at: null,
  unreadable_by: "2026-12-01",
  completed_at: null,
  receipts: [],
};
const BEFORE = Date.parse("2026-11-20T12:00:00Z");

test("no time is promised for what is not gone yet", () => {
  assert.doesNotMatch(sentenceOfDeletion(DELETION, BEFORE), /December/);
  assert.deepEqual(stepsOf(DELETION).map(({ look }) => look), ["now", "", ""]);
});

test("what is gone says when, and by which day no backup opens", () => {
  const gone: Deletion = { ...DELETION, state: "active_removed", active_removed_at: GONE_AT };

  assert.match(sentenceOfDeletion(gone, BEFORE), /The backup key is destroyed by 1 December 2026; then you get a receipt\./);
  assert.deepEqual(stepsOf(gone).map(({ look }) => look), ["done", "now", ""]);
});

test("a day that has passed is not named again", () => {
  const late: Deletion = { ...DELETION, state: "backups_pending", active_removed_at: GONE_AT };

  assert.match(sentenceOfDeletion(late, Date.parse("2026-12-02T00:00:01Z")), /pending/);
  assert.match(sentenceOfDeletion(late, Date.parse("2026-12-01T23:00:00Z")), /1 December 2026/);
});

for (const state of ["retrying", "incident"] as const) {
  test(`a deletion that is ${state} says so in the track too`, () => {
    const [servers] = stepsOf({ ...DELETION, state });

    assert.equal(servers?.words, sentenceOfDeletion({ ...DELETION, state }, BEFORE));
    assert.equal(servers?.look, "now");
  });
}

test("the end is claimed only when it was stamped", () => {
  const done: Deletion = { ...DELETION, state: "completed", active_removed_at: GONE_AT, completed_at: "2026-12-01T10:00:00Z" };

  assert.equal(sentenceOfDeletion(done, BEFORE), "Gone from our servers, and no backup can be opened any more.");
  assert.deepEqual(stepsOf(done).map(({ look }) => look), ["done", "done", "done"]);
});
