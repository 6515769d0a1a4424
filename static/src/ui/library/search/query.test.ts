import assert from "node:assert/strict";
import { test } from "node:test";

import { readQuery } from "./query.ts";

const read = (text: string): ReturnType<typeof readQuery> => readQuery(text, [{ id: "a1", name: "Night walks" }], 2026);

test("a year, a month and a day are ranges", () => {
  assert.deepEqual(read("2024"), { from: Date.UTC(2024, 0), to: Date.UTC(2025, 0) });
  assert.deepEqual(read("November 2024"), { from: Date.UTC(2024, 10), to: Date.UTC(2024, 11) });
  assert.deepEqual(read("nov 2024"), { from: Date.UTC(2024, 10), to: Date.UTC(2024, 11) });
  assert.deepEqual(read("15 November 2024"), { from: Date.UTC(2024, 10, 15), to: Date.UTC(2024, 10, 16) });
  assert.deepEqual(read("2024-11-15"), { from: Date.UTC(2024, 10, 15), to: Date.UTC(2024, 10, 16) });
  assert.deepEqual(read("december 2024"), { from: Date.UTC(2024, 11), to: Date.UTC(2025, 0) });
});

test("a month without a year is this year's", () => {
  assert.deepEqual(read("march"), { from: Date.UTC(2026, 2), to: Date.UTC(2026, 3) });
});

test("words stay words, beside a date or alone", () => {
  assert.deepEqual(read("koi 2024"), { from: Date.UTC(2024, 0), to: Date.UTC(2025, 0), text: "koi" });
  assert.deepEqual(read("Nikon D80"), { text: "Nikon D80" });
  assert.deepEqual(read("DSC_1003"), { text: "DSC_1003" });
});

test("coordinates are a place and an album's name is the album", () => {
  assert.deepEqual(read("57.0371, 9.8989"), { near: { lat: 57.0371, lon: 9.8989, kilometres: 25 } });
  assert.deepEqual(read("night WALKS"), { albumId: "a1" });
});
