import assert from "node:assert/strict";
import { test } from "node:test";

import { removedSummary } from "./removed-words.ts";

test("a short list is told in full", () => {
  assert.equal(removedSummary(["camera", "place"]), "the place and the camera");
});

test("a long list names what matters most and counts the rest", () => {
  const all = ["hidden-tail", "rating", "lens", "caption", "camera", "place", "capture-time"];

  assert.equal(
    removedSummary(all),
    "the place, the time, the camera, the lens and 3 more kinds of data",
  );
});

test("what nobody has a word for is left out", () => {
  assert.equal(removedSummary(["place", "something-new"]), "the place");
});
