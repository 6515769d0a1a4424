import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { renderedVectors, stripVectors } from "../strip-vectors.ts";

/** Mend with: node --import tsx tests/vectors/strip.ts */
test("the vectors on disk are what the walkers do", () => {
  const path = new URL("../../../../tests/vectors/strip.json", import.meta.url);
  assert.equal(renderedVectors(), readFileSync(path, "utf8"));
});

test("what asks for endless work, or hides behind the picture, is refused", () => {
  const codes = new Map(stripVectors().map(({ name, code }) => [name, code]));
  assert.equal(codes.get("png with more than its pixels"), "broken_structure");
  assert.equal(codes.get("heic with two tables"), "broken_structure");
  assert.equal(codes.get("tiff of strips on one jpeg"), "too_complex");
  assert.equal(codes.get("gif that only clears its table"), "too_complex");
  assert.equal(codes.get("gif of more codes than pixels"), "too_complex");
});
