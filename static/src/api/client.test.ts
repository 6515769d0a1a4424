import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { call, send, setCsrfSource, setPasswordOwedHandler, setSignedOutHandler } from "./client.ts";
import { Problem } from "./problem.ts";

type Answer = Response | "no network";

const original = globalThis.fetch;
const seen: Request[] = [];

/** Answers in turn, and keeps what was asked. */
function answerWith(...answers: Answer[]): void {
  seen.length = 0;
  globalThis.fetch = (input, init) => {
    seen.push(new Request(new URL(String(input), "http://localhost"), init));
    const next = answers.shift();
    if (next === undefined) throw new Error("The test has no further answer.");
    return next === "no network" ? Promise.reject(new TypeError("failed")) : Promise.resolve(next);
  };
}

function problem(status: number, code: string, more: object = {}): Response {
  const body = JSON.stringify({ code, detail: `Because ${code}.`, ...more });
  return new Response(body, { status, headers: { "Content-Type": "application/problem+json" } });
}

afterEach(() => {
  globalThis.fetch = original;
  setCsrfSource(() => "token");
  setSignedOutHandler(() => undefined);
});

test("a request that changes something carries the token of the page", async () => {
  setCsrfSource(() => "the token");
  answerWith(new Response(null, { status: 204 }));

  assert.equal(await call("POST", "/auth/sessions/end-others", { body: {} }), undefined);

  assert.equal(seen[0]?.headers.get("X-CSRFToken"), "the token");
  assert.equal(new URL(seen[0]?.url ?? "").pathname, "/api/v1/auth/sessions/end-others");
});

test("a fresh browser asks for its token first", async () => {
  let token: string | undefined;
  setCsrfSource(() => token);
  answerWith(new Response("{}"), new Response(null, { status: 204 }));
  const before = globalThis.fetch;
  globalThis.fetch = async (...request) => {
    const answer = await before(...request);
    token = "set by the first answer";
    return answer;
  };

  await call("POST", "/auth/reset", { body: {} });

  assert.deepEqual(seen.map((each) => [each.method, new URL(each.url).pathname]), [
    ["GET", "/api/v1/server"],
    ["POST", "/api/v1/auth/reset"],
  ]);
  assert.equal(seen[1]?.headers.get("X-CSRFToken"), "set by the first answer");
});

test("a refusal becomes a problem with the code, the sentence and the details of the server", async () => {
  answerWith(problem(409, "duplicate", { image_id: "an id" }));

  await assert.rejects(call("PUT", "/images/x", { body: {} }), (error) => {
    assert.ok(error instanceof Problem);
    assert.deepEqual([error.code, error.status, error.message, error.details["image_id"]], ["duplicate", 409, "Because duplicate.", "an id"]);
    return true;
  });
});

test("an answer that is not a problem document still has a code and a sentence", async () => {
  answerWith(new Response("<h1>Bad</h1>", { status: 400, headers: { "Content-Type": "text/html" } }));

  await assert.rejects(call("POST", "/x"), { code: "refused", message: "The service refused this." });
});

test("reading is tried again after a lost network and a busy server", async () => {
  answerWith("no network", problem(503, "busy", { retry_after: 0 }), new Response('{"n":1}'));

  assert.deepEqual(await call("GET", "/me"), { n: 1 });
  assert.equal(seen.length, 3);
});

test("reading gives up after the third try", async () => {
  const busy = (): Response => problem(503, "busy", { retry_after: 0 });
  answerWith(busy(), busy(), busy());

  await assert.rejects(call("GET", "/me"), { code: "busy" });
  assert.equal(seen.length, 3);
});

test("a change is never sent twice", async () => {
  answerWith("no network");

  await assert.rejects(call("POST", "/auth/reset", { body: {} }), { code: "offline" });
  assert.equal(seen.length, 1);
});

test("a refusal to read is not tried again", async () => {
  answerWith(problem(404, "not_found"));

  await assert.rejects(call("GET", "/images/x"), { code: "not_found" });
  assert.equal(seen.length, 1);
});

test("an ended session is told to the page", async () => {
  let told = 0;
  setSignedOutHandler(() => {
    told += 1;
  });
  answerWith(problem(401, "not_authenticated"), problem(401, "wrong_credentials"));

  await assert.rejects(call("GET", "/me"));
  await assert.rejects(call("POST", "/auth/sign-in", { body: {} }));

  assert.equal(told, 1);
});

test("a password that is owed is told to the page", async () => {
  let told = 0;
  setPasswordOwedHandler(() => {
    told += 1;
  });
  answerWith(problem(403, "new_password_required"), problem(403, "vault_shut"));

  await assert.rejects(call("GET", "/images"), { code: "new_password_required" });
  await assert.rejects(call("POST", "/albums", { body: {} }), { code: "vault_shut" });

  assert.equal(told, 1);
});

test("a cancelled request ends as cancelled, not as offline", async () => {
  const stop = new AbortController();
  stop.abort(new DOMException("stopped", "AbortError"));
  answerWith("no network");

  await assert.rejects(send({ method: "POST", path: "/uploads", signal: stop.signal }), (error) => !(error instanceof Problem));
});

test("query values that are not there are left out", async () => {
  answerWith(new Response("{}"));

  await call("GET", "/sync", { query: { cursor: undefined, limit: 500 } });

  assert.equal(new URL(seen[0]?.url ?? "").search, "?limit=500");
});
