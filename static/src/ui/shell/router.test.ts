import assert from "node:assert/strict";
import { test } from "node:test";

Object.assign(globalThis, { document: { documentElement: { lang: "en-GB" } } });
const { matchPath } = await import("./router.ts");

test("a pattern takes the address it names and no other", () => {
  assert.deepEqual(matchPath("/photos", "/photos"), {});
  assert.equal(matchPath("/photos", "/photos/1"), null);
  assert.equal(matchPath("/photos", "/albums"), null);
});

test("a named part is handed over as it was meant", () => {
  assert.deepEqual(matchPath("/albums/:id", "/albums/a%20b"), { id: "a b" });
});

test("an address that cannot be read is no match", () => {
  assert.equal(matchPath("/albums/:id", "/albums/%E0%A4%A"), null);
});
