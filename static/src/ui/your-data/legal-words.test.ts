import assert from "node:assert/strict";
import { test } from "node:test";

import type { LegalRequest } from "../../api/types.ts";
import { becameWords, classWords, instrumentWords } from "./legal-words.ts";

const ASKED: LegalRequest = {
  id: "01930000-0000-7000-8000-000000000000", instrument: "warrant", authority: "District Court", country: "US", reference: "23-MJ-1182",
  is_genuine: true, received_at: "2026-05-03T10:00:00Z", told_at: "2026-05-04T10:00:00Z", asked: ["subscriber", "content"],
  period_from: null, period_to: null, outcome: null, given: [], produced_at: null, is_held: false,
};

test("what is not decided says that nothing was given", () => {
  assert.equal(becameWords(ASKED), "Nothing was given so far.");
});

test("what was given says when, and that no private photo was", () => {
  const said = becameWords({ ...ASKED, outcome: "comply", given: ["subscriber"], produced_at: "2026-05-12T10:00:00Z" });
  assert.match(said, /12/u);
  assert.match(said, /we hold no key/u);
});

test("what was refused, contested or forged says that nothing was given", () => {
  for (const other of [{ outcome: "reject" }, { outcome: "contest" }, { is_genuine: false }] as const) {
    assert.match(becameWords({ ...ASKED, ...other }), /gave nothing/u);
  }
});

test("papers and classes have names", () => {
  assert.equal(instrumentWords("epoc"), "European Production Order");
  assert.equal(classWords("content"), "a list of your encrypted photos");
});
