import assert from "node:assert/strict";
import { test } from "node:test";

import { fetchTheRest, later, NotArrivedError } from "./later.ts";

test("what does not come says so, and is asked for again", async () => {
  let asked = 0;
  const view = later(() => {
    asked += 1;
    return asked === 1 ? Promise.reject(new TypeError("Failed to fetch")) : Promise.resolve({ View: "there" });
  });

  await assert.rejects(view(), (error) => error instanceof NotArrivedError && error.cause instanceof TypeError);
  assert.deepEqual(await view(), { View: "there" });
});

test("the rest comes by itself, one after the other, whatever fails", async () => {
  const order: string[] = [];
  let isUnderWay = false;
  const part = (name: string, fails = false) => later(async () => {
    assert.equal(isUnderWay, false);
    isUnderWay = true;
    await new Promise((resolve) => setTimeout(resolve, 5));
    isUnderWay = false;
    order.push(name);
    if (fails) throw new TypeError("Failed to fetch");
  });
  part("first");
  part("second", true);
  part("third");

  await fetchTheRest();

  assert.deepEqual(order, ["first", "second", "third"]);
});
