import assert from "node:assert/strict";
import { test } from "node:test";

import { Inventory, type Stock } from "./received-inventory.ts";

const set = (text: string): ReadonlySet<string> => new Set(text === "" ? [] : text.split(" "));
const stockOf = (vouched: string, count: number, canDownload = true): Stock => ({ vouched: set(vouched), count, canDownload });

/** Read to the end: what is vouched for, what is there of it, and what of that is shown. */
function read(stock: Stock, there: string, strangers = 0, shown = there): Inventory {
  const inventory = new Inventory();
  const reading = inventory.begin(stock, set(""));
  assert.equal(reading.isDone(set("")), false);
  reading.take([...set(there)], strangers);
  assert.equal(reading.isDone(set(shown)), false, "the first time, all is read");
  inventory.finish(stock, set(shown), reading);
  return inventory;
}

test("what came is read, and no further", () => {
  const inventory = read(stockOf("a b c", 3), "a b c");
  const reading = inventory.begin(stockOf("a b c d", 4), set("a b c"));
  assert.equal(reading.isDone(set("a b c")), false);
  reading.take(["d"], 0);
  assert.equal(reading.isDone(set("a b c d")), true);
});

test("what stands in the place of something else is looked for, and is all that is", () => {
  const inventory = read(stockOf("a b c", 3), "a b c");
  const stock = stockOf("a B c", 3);
  const reading = inventory.begin(stock, set("a b c"));
  assert.equal(reading.isSearching, true);
  reading.take(["c"], 0);
  assert.equal(reading.isDone(set("a b c")), false);
  reading.take(["B"], 0);
  assert.equal(reading.isDone(set("a B c")), true);
  inventory.keep(stock);
  assert.deepEqual(inventory.completeness, { missing: 0, strangers: 0 });
});

test("a server that keeps to the former photo shows one that is missing, and one of nobody's", () => {
  const inventory = read(stockOf("a b c", 3), "a b c");
  const stock = stockOf("a B c", 3);
  const reading = inventory.begin(stock, set("a b c"));
  reading.take(["a", "b", "c"], 1);
  assert.equal(reading.isDone(set("a c")), false);
  inventory.finish(stock, set("a c"), reading);
  assert.deepEqual(inventory.completeness, { missing: 1, strangers: 1 });
});

test("what went is known from the history alone", () => {
  const inventory = read(stockOf("a b c", 3), "a b c");
  assert.equal(inventory.begin(stockOf("a c", 2), set("a b c")).isDone(set("a b c")), true);
  inventory.keep(stockOf("a c", 2));
  assert.deepEqual(inventory.completeness, { missing: 0, strangers: 0 });
});

test("a change that the server leaves out is looked for to the end, and missed", () => {
  const inventory = read(stockOf("a b", 2), "a b");
  for (const count of [2, 3]) {
    const stock = stockOf("a b c", count);
    const reading = inventory.begin(stock, set("a b"));
    reading.take(["a", "b"], 0);
    assert.equal(reading.isDone(set("a b")), false);
    if (count === 3) inventory.finish(stock, set("a b"), reading);
  }
  assert.deepEqual(inventory.completeness, { missing: 1, strangers: 0 });
});

test("a photo that is gone without an entry makes the count another, and all is read", () => {
  const inventory = read(stockOf("a b c", 3), "a b c");
  assert.equal(inventory.begin(stockOf("a b c", 2), set("a b c")).isDone(set("a b c")), false);
});

test("what is missing is not looked for with every change, and comes with the count", () => {
  const inventory = read(stockOf("a b c", 2), "a b");
  assert.deepEqual(inventory.completeness, { missing: 1, strangers: 0 });
  assert.equal(inventory.begin(stockOf("a b c", 2), set("a b")).isDone(set("a b")), true);
  assert.equal(inventory.begin(stockOf("a b c", 3), set("a b")).isDone(set("a b")), false);
  // Once the history says that it went, it is no longer missing.
  inventory.keep(stockOf("a b", 2));
  assert.deepEqual(inventory.completeness, { missing: 0, strangers: 0 });
});

test("strangers are counted as before, and are not looked for", () => {
  const inventory = read(stockOf("a b", 3), "a b x", 1, "a b");
  assert.deepEqual(inventory.completeness, { missing: 0, strangers: 1 });
  assert.equal(inventory.begin(stockOf("a b", 3), set("a b")).isDone(set("a b")), true);
});

test("who may save originals now, or no more, reads all of it again", () => {
  const inventory = read(stockOf("a b", 2), "a b");
  const reading = inventory.begin(stockOf("a b", 2, false), set("a b"));
  assert.equal(reading.isDone(set("a b")), false);
  assert.equal(inventory.completeness, null);
});
