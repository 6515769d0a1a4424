import assert from "node:assert/strict";
import { test } from "node:test";

import { mergeCorrections } from "../../../vault/library/writing.ts";
import { changeBackTo } from "./trail.ts";

test("going back from any correction to any other leaves exactly what was", () => {
  const states = [
    null,
    { title: "Lake", by: "person" },
    { title: "Sea", place: { lat: 1, lon: 2 }, by: "person" },
    { place: null, rating: 3, by: "person" },
  ] as const;
  for (const then of states) {
    for (const now of states) assert.deepEqual(mergeCorrections(now, changeBackTo(then, now)), { ...then, by: "person" });
  }
});
