import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

interface Judgement {
  readonly email: string;
  readonly password: string;
  readonly refused: boolean;
}

// Text asks the document for its language when it loads.
Object.assign(globalThis, { document: { documentElement: { lang: "en-GB" } } });
const { judged, linkPasswordProblem, strengthOf } = await import("./strength.ts");
const judgements = JSON.parse(readFileSync(new URL("../../../../tests/vectors/passwords.json", import.meta.url), "utf8")) as readonly Judgement[];

test("a short password is refused for its length, and nothing is loaded for it", async () => {
  const strength = await judged("short", "anna@example.org");

  assert.equal(strength.isAccepted, false);
  assert.match(strength.sentence, /more characters/);
  assert.equal(strengthOf("passwordpassword").isAccepted, true, "no list is here yet");
});

for (const { email, password, refused } of judgements) {
  test(`${password} is ${refused ? "among the first that are tried" : "taken"}`, async () => {
    const strength = await judged(password, email);

    assert.equal(strength.isAccepted, !refused);
    if (refused) assert.match(strength.sentence, /easy to guess/);
  });
}

test("what is near to one person is fine for another", async () => {
  assert.equal((await judged("jadwigakowalczyk", "jadwiga.kowalczyk@example.org")).isAccepted, false);
  assert.equal((await judged("jadwigakowalczyk", "anna.berg@example.org")).isAccepted, true);
});

for (const password of ["password1", "summer21", "qwertyuiop", "letmein!", "Passw0rd"]) {
  test(`a link takes no ${password}`, async () => {
    assert.match(await linkPasswordProblem(password), /tries this password first/);
  });
}

for (const password of ["", "otter lamp seven", "hafenlampe otter"]) {
  test(`a link takes ${password || "none"}`, async () => {
    assert.equal(await linkPasswordProblem(password), "");
  });
}

test("a very long password is judged in no time", async () => {
  const began = performance.now();

  assert.equal((await judged("orange kettle under seven maps ".repeat(3000), "anna@example.org")).isAccepted, true);
  assert.ok(performance.now() - began < 2000);
});
