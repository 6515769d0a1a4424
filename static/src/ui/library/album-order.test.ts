import assert from "node:assert/strict";
import { test } from "node:test";

import { moved, placed } from "./album-order.ts";

const order = ["a", "b", "c", "d", "e"];

test("picked photos move one place and keep their own order", () => {
  assert.deepEqual(moved(order, new Set(["c", "d"]), -1), ["a", "c", "d", "b", "e"]);
  assert.deepEqual(moved(order, new Set(["b", "c"]), 1), ["a", "d", "b", "c", "e"]);
  assert.deepEqual(moved(order, new Set(["b", "e"]), -1), ["b", "a", "c", "e", "d"]);
});

test("what stands at the end stays there", () => {
  assert.deepEqual(moved(order, new Set(["a", "b"]), -1), order);
  assert.deepEqual(moved(order, new Set(["d", "e"]), 1), order);
});

test("photos dragged together stand together, before or after the one they were dropped on", () => {
  const order = ["a", "b", "c", "d", "e"];
  assert.deepEqual(placed(order, new Set(["e"]), "b", false), ["a", "e", "b", "c", "d"]);
  assert.deepEqual(placed(order, new Set(["a", "d"]), "b", true), ["b", "a", "d", "c", "e"]);
  assert.deepEqual(placed(order, new Set(["a"]), "e", true), ["b", "c", "d", "e", "a"]);
  assert.deepEqual(placed(order, new Set(["b", "d"]), "d", false), ["a", "c", "b", "d", "e"]);
});
