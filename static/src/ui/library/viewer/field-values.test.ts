import assert from "node:assert/strict";
import { test } from "node:test";

import { localInput, placeText, readPlaceText, spokenPlace } from "./field-values.ts";

test("a place is read as maps and people write it", () => {
  assert.deepEqual(readPlaceText("57.0371, 9.8989"), { lat: 57.0371, lon: 9.8989 });
  assert.deepEqual(readPlaceText("57.0371,9.8989"), { lat: 57.0371, lon: 9.8989 });
  assert.deepEqual(readPlaceText("57.0371 9.8989"), { lat: 57.0371, lon: 9.8989 });
  assert.deepEqual(readPlaceText("-33.86, 151.21"), { lat: -33.86, lon: 151.21 });
  assert.deepEqual(readPlaceText("33.86° S, 151.21° E"), { lat: -33.86, lon: 151.21 });
});

test("what is no place on earth is none", () => {
  for (const text of ["", "Aalborg", "57", "91, 0", "0, 181", "1, 2, 3"]) assert.equal(readPlaceText(text), null, text);
});

test("what is shown can be read again", () => {
  const place = { lat: -33.8568, lon: 151.2153 };
  assert.deepEqual(readPlaceText(placeText(place)), place);
  assert.deepEqual(readPlaceText(spokenPlace(place)), place);
});

test("a field for a moment shows what the clock on the wall said", () => {
  assert.equal(localInput(Date.UTC(2026, 10, 15, 11, 42, 7)), "2026-11-15T11:42:07");
});
