import assert from "node:assert/strict";
import { test } from "node:test";

import { isOlder, owedOf, toldSometime, withTold, type ProvenRestoration, type Sightings } from "./sightings.ts";

const HOUR = 3_600_000;
const NOON = Date.parse("2026-11-27T12:00:00Z");
const RESTORED: ProvenRestoration = { restoredTo: NOON, restoredAt: NOON + 10 * HOUR };

/** Numbers, each with the hour at which it was told. */
const told = (...seen: readonly (readonly [number: number, hour: number])[]): Sightings =>
  seen.reduce<Sightings>((all, [number, hour]) => withTold(all, [number], NOON + hour * HOUR), []);

/** What is remembered once an older number is offered at this hour; null where it is refused. */
function back(all: Sightings, number: number, hour: number, restoration: ProvenRestoration | null): Sightings | null {
  assert.ok(isOlder([number], all));
  const owed = owedOf(all, restoration);
  return isOlder([number], owed) ? null : withTold(owed, [number], NOON + hour * HOUR);
}

test("without a restoration numbers only rise", () => {
  assert.equal(back(told([1, -2], [2, 1]), 1, 11, null), null);
});

test("what was told in between may be forgotten", () => {
  assert.deepEqual(back(told([1, -2], [2, 1], [3, 9]), 1, 11, RESTORED), [[NOON - 2 * HOUR, NOON + 11 * HOUR, 1]]);
});

test("nothing older than the backup is taken", () => {
  const all = told([1, -3], [2, -2], [3, 1]);
  assert.equal(back(all, 1, 11, RESTORED), null);
  assert.notEqual(back(all, 2, 11, RESTORED), null);
});

test("what was told again after the restore was not forgotten", () => {
  assert.equal(back(told([1, -2], [2, 1], [2, 10.5]), 1, 11, RESTORED), null);
});

test("one restoration explains one step back and no second", () => {
  const all = back(told([1, -3], [2, -2], [5, 1]), 2, 11, RESTORED);
  assert.ok(all !== null);
  assert.equal(back(withTold(all, [3], NOON + 12 * HOUR), 2, 13, RESTORED), null);
});

test("what was told in the second of the backup may be in it", () => {
  const seconds = (after: number): Sightings => withTold(told([1, -2]), [2], NOON + after * 1000);
  assert.equal(back(seconds(0.9), 1, 11, RESTORED), null);
  assert.notEqual(back(seconds(1), 1, 11, RESTORED), null);
});

test("what was told in the moment of the restore, or later, was told by the restored service", () => {
  assert.equal(back(told([1, -2], [2, 10]), 1, 11, RESTORED), null);
});

test("one number that rises does not hide another that falls", () => {
  assert.ok(isOlder([4, 6], withTold([], [3, 7], NOON)));
  assert.ok(!isOlder([3, 7], withTold([], [3, 7], NOON)));
});

test("nothing explains what was told before there was a memory of when", () => {
  assert.equal(back(toldSometime([2]), 1, 11, { restoredTo: 0, restoredAt: NOON }), null);
  assert.deepEqual(withTold(toldSometime([2]), [2], NOON), [[0, NOON, 2]]);
});

test("what no restoration can explain any more is let go", () => {
  const all = withTold(told([1, -2], [2, 1]), [3], NOON + 61 * 24 * HOUR);
  assert.deepEqual(all.map(([, , number]) => number), [2, 3]);
});
