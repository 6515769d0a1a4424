import assert from "node:assert/strict";
import { test } from "node:test";

import type { Touch } from "../../api/types.ts";
import { summed } from "./touch-words.ts";

const touch = (who: Touch["who"], day: string, count: number, purpose = "store_images"): Touch => ({ who, day, count, purpose, title: purpose });

test("days of one class and purpose are one line, with the newest day", () => {
  assert.deepEqual(summed([touch("owner", "2026-11-02", 2), touch("owner", "2026-11-09", 3), touch("owner", "2026-11-01", 1)]), [
    { who: "owner", title: "store_images", count: 6, lastOn: "2026-11-09" },
  ]);
});

test("strangers come first and the service last; purposes stay apart", () => {
  const lines = summed([touch("worker", "2026-11-01", 9), touch("owner", "2026-11-01", 5), touch("link", "2026-11-01", 1), touch("public", "2026-11-01", 1), touch("worker", "2026-11-01", 10, "verify_images")]);
  assert.deepEqual(lines.map(({ who, count }) => [who, count]), [["public", 1], ["link", 1], ["owner", 5], ["worker", 10], ["worker", 9]]);
});

test("nobody is no line", () => {
  assert.deepEqual(summed([]), []);
});
