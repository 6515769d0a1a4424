import assert from "node:assert/strict";
import { test } from "node:test";

import { newId } from "./ids.ts";

test("an id is a UUID of version 7 and the standard variant", () => {
  for (let n = 0; n < 50; n += 1) {
    assert.match(newId(), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

test("an id begins with the millisecond it was made", () => {
  // RFC 9562, appendix A.6: 2022-02-22T19:22:22Z.
  assert.equal(newId(0x017f22e279b0).slice(0, 13), "017f22e2-79b0");
});

test("ids made later sort later", () => {
  assert.ok(newId(1_700_000_000_000) < newId(1_700_000_000_001));
  assert.ok(newId(2 ** 40) < newId(2 ** 40 + 2 ** 33));
});

test("no two ids are the same", () => {
  assert.equal(new Set(Array.from({ length: 500 }, () => newId(1))).size, 500);
});
