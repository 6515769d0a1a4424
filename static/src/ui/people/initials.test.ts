import assert from "node:assert/strict";
import { test } from "node:test";

import { initials } from "./initials.ts";

test("an address is shortened to two letters", () => {
  assert.equal(initials("ines.norgaard@example.org"), "IN");
  assert.equal(initials("tom@example.org"), "TO");
  assert.equal(initials("o@example.org"), "O");
  assert.equal(initials("_ada_lovelace_@example.org"), "AL");
  assert.equal(initials(""), "");
});
