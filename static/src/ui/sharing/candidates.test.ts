import assert from "node:assert/strict";
import { test } from "node:test";

import { findingsIn } from "./findings.ts";
import { matching, type Candidate } from "./candidates.ts";
import type { Item } from "../../vault/library/view.ts";

const candidate = (name: string): Candidate => ({ kind: "account", id: name, name, sub: "", isChanged: false });

test("people are found by every word that was typed, whatever its case and accents", () => {
  const all = ["ines.nørgaard@example.org", "Famille Côté", "tom@example.org"].map(candidate);
  const found = (query: string): readonly string[] => matching(all, query).map(({ name }) => name);
  assert.deepEqual(found("COTE famille"), ["Famille Côté"]);
  assert.deepEqual(found("example ines"), ["ines.nørgaard@example.org"]);
  assert.deepEqual(found("nobody"), []);
  assert.equal(found("").length, 3);
});

test("findings are counted from the photos themselves", () => {
  const item = (more: Partial<Item>): Item => ({ camera: "", place: null, isTimeKnown: false, isWhole: false, ...more }) as Item;
  const photos = [item({ camera: "Field 3", place: { lat: 1, lon: 2 }, isTimeKnown: true, isWhole: true }), item({ camera: "Field 3" }), item({ camera: "D80", isTimeKnown: true })];
  assert.deepEqual(findingsIn(photos), { photos: 3, places: 1, dates: 2, cameras: ["D80", "Field 3"], whole: 1 });
});
