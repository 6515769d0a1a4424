import assert from "node:assert/strict";
import { test } from "node:test";

Object.assign(globalThis, { document: { documentElement: { lang: "en-GB" } } });
const { bytesText, roomText } = await import("./format.ts");

const GB = 1e9;

test("sizes are decimal, with a digit more where they are small", () => {
  assert.deepEqual([0, 999, 1000, 23.4e6, 37.25 * GB, 100 * GB].map(bytesText), ["0 bytes", "999 bytes", "1 kB", "23.4 MB", "37.3 GB", "100 GB"]);
});

test("room that is left is never said to be more than it is", () => {
  assert.deepEqual([100 * GB, 100 * GB - 23e6, 99.99 * GB, 999_999, 999].map(roomText), ["100 GB", "99.9 GB", "99.9 GB", "999 kB", "999 bytes"]);
  assert.equal(bytesText(100 * GB - 23e6), "100 GB");
});
