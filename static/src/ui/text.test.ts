import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { t, tn, useCatalogue } from "./text.ts";

afterEach(() => { useCatalogue(null); });

/** Slovenian's rule, which has four forms. */
const SLOVENIAN = Array.from({ length: 200 }, (_, n) => (n % 100 === 1 ? 0 : n % 100 === 2 ? 1 : n % 100 === 3 || n % 100 === 4 ? 2 : 3)).join("");

test("without a catalogue English stands as it is written", () => {
  assert.equal(t("Locks in {n} min", { n: 12 }), "Locks in 12 min");
  assert.equal(tn("{n} photo", "{n} photos", 1), "1 photo");
  assert.equal(tn("{n} photo", "{n} photos", 0), "0 photos");
});

test("a translation takes the place of its sentence, with the same values", () => {
  useCatalogue({ sentences: { "Locks in {n} min": "Sperrt in {n} Min." }, plurals: "" });

  assert.equal(t("Locks in {n} min", { n: 12 }), "Sperrt in 12 Min.");
  assert.equal(t("Unlocked"), "Unlocked");
  assert.equal(t("toString"), "toString");
});

test("each number takes the form that the language's own rule says", () => {
  const forms = ["{n} slika", "{n} sliki", "{n} slike", "{n} slik"];
  useCatalogue({ sentences: { "{n} photo": forms }, plurals: SLOVENIAN });
  const said = (n: number): string => tn("{n} photo", "{n} photos", n).replace(/[\d,.]+ /, "");

  assert.deepEqual([1, 2, 3, 5, 101, 104, 1002, 100_000].map(said), ["slika", "sliki", "slike", "slik", "slika", "slike", "sliki", "slik"]);
});
