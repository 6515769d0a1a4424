import assert from "node:assert/strict";
import { test } from "node:test";

import type { Trace } from "../../vault/publishing/traces.ts";
import { changeWords, resultWords } from "./trace-words.ts";

const WHOLE = { left: 0, top: 0, width: 1, height: 1 };
const NOTHING: Trace = { result: "nothing", publication: null, withdrawn_at: null, chance: null, inliers: 0, change: null, altered: null, copy_sha256: "", copy_bytes: 1 };
const AS_IT_WAS = { scale: 1, turn: 0.1, is_mirrored: false, is_negative: false, is_slanted: false, crop: WHOLE, share: 1 };

test("a number alone is never called proof", () => {
  assert.match(resultWords({ ...NOTHING, result: "number-only", publication: "p" }), /proves nothing/);
  assert.match(resultWords({ ...NOTHING, result: "number-only", withdrawn_at: "2026-11-27T14:00:00Z" }), /took back on 27 November 2026/);
  assert.match(resultWords({ ...NOTHING, result: "number-only" }), /nothing that you published/);
});

test("what was done to a copy is said, and what was not is not", () => {
  assert.deepEqual(changeWords(NOTHING), []);
  assert.deepEqual(changeWords({ ...NOTHING, change: AS_IT_WAS }), []);
  const change = { ...AS_IT_WAS, share: 0.4, turn: -12.34, is_mirrored: true };
  const region = { left: 1, top: 1, width: 9, height: 9, score: 0 };
  const words = changeWords({ ...NOTHING, change, altered: { share: 0.1, regions: [region] } });
  assert.equal(words[0], "It shows 40% of your photo.");
  assert.match(words[1] ?? "", /turned by 12.3/);
  assert.equal(words[2], "It is mirrored.");
  assert.match(words[3] ?? "", /^In 1 place/);
});
