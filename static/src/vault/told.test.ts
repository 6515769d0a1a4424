import assert from "node:assert/strict";
import { test } from "node:test";

import { Told } from "./told.ts";

/** A service that answers with the number of the asking, when it is let. */
function service(): { told: Told<number>; answer: () => void; refuse: () => void; asked: () => number; pass: (milliseconds: number) => void } {
  const waiting: { resolve: (value: number) => void; reject: (reason: unknown) => void; number: number }[] = [];
  let asked = 0;
  let clock = 0;
  const told = new Told(() => new Promise<number>((resolve, reject) => { waiting.push({ resolve, reject, number: (asked += 1) }); }), () => clock);
  return {
    told,
    answer: () => { const next = waiting.shift(); next?.resolve(next.number); },
    refuse: () => { waiting.shift()?.reject(new TypeError("Failed to fetch")); },
    asked: () => asked,
    pass: (milliseconds) => { clock += milliseconds; },
  };
}

test("whoever asks while another waits hears the same answer", async () => {
  const { told, answer, asked } = service();

  const all = Promise.all([told.within(1000), told.fresh(), told.within(1000), told.fresh()]);
  answer();

  assert.deepEqual(await all, [1, 1, 1, 1]);
  assert.equal(asked(), 1);
});

test("what was told is told again for as long as it is new enough", async () => {
  const { told, answer, pass } = service();
  const first = told.within(1000);
  answer();
  await first;

  pass(1000);
  assert.equal(await told.within(1000), 1);
  pass(1);
  const second = told.within(1000);
  answer();
  assert.equal(await second, 2);
});

test("what somebody wants to see as it is now is asked for", async () => {
  const { told, answer } = service();
  const first = told.fresh();
  answer();
  await first;

  const second = told.fresh();
  answer();

  assert.equal(await second, 2);
  assert.equal(await told.within(1000), 2);
});

test("after a change nobody hears what was on its way before it", async () => {
  const { told, answer } = service();
  const before = told.fresh();
  told.forget();
  const after = [told.within(1000), told.fresh()];
  answer();
  answer();

  assert.equal(await before, 1);
  assert.deepEqual(await Promise.all(after), [2, 2]);
  assert.equal(await told.within(1000), 2);
});

test("what did not come is asked for again, and a late failure forgets nothing newer", async () => {
  const { told, answer, refuse } = service();
  const first = told.within(1000);
  refuse();
  await assert.rejects(first, TypeError);

  const second = told.within(1000);
  told.forget();
  const third = told.within(1000);
  refuse();
  answer();

  await assert.rejects(second, TypeError);
  assert.equal(await third, 3);
  assert.equal(await told.within(1000), 3);
});
