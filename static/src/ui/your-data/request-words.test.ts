import assert from "node:assert/strict";
import { test } from "node:test";

import type { DataRequest } from "../../api/types.ts";
import { happened, standing } from "./request-words.ts";

const REQUEST: DataRequest = {
  id: "0190f3a2-7b1c-7e44-8d21-5f0a9c3b6e17",
  number: "R-2026-ABCDEF",
  kind: "access",
  regime: "gdpr",
  title: "See what is kept about me",
  article: "Art. 15",
  channel: "account",
  state: "open",
  received_at: "2026-11-27T10:00:00Z",
  due_at: "2026-12-28T23:59:59.999999Z",
  extended_at: null,
  closed_at: null,
};

test("an open request says by when it is answered", () => {
  assert.equal(standing(REQUEST), "We answer by 28 December 2026");
  assert.match(standing({ ...REQUEST, extended_at: "2026-12-20T12:00:00Z" }), /need longer.*28 December 2026/);
});

test("what is over says how and when", () => {
  const closed = "2026-12-01T12:00:00Z";
  assert.equal(standing({ ...REQUEST, state: "answered", closed_at: closed }), "Answered on 1 December 2026");
  assert.match(standing({ ...REQUEST, state: "refused", closed_at: closed }), /^Refused on 1 December 2026/);
  assert.equal(standing({ ...REQUEST, state: "closed", closed_at: closed }), "Closed on 1 December 2026");
  assert.equal(standing({ ...REQUEST, state: "answered", channel: "self", closed_at: closed }), "Done at once, on 1 December 2026");
});

test("reminders among us are not told", () => {
  assert.equal(happened({ at: REQUEST.received_at, tag: "reminded" }), null);
  assert.equal(happened({ at: REQUEST.received_at, tag: "answered" }), "We answered");
});
