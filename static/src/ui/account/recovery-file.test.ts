import assert from "node:assert/strict";
import { test } from "node:test";

import { newRecoverySecret, phraseFromSecret } from "../../crypto/recovery.ts";

// Text asks the document for its language when it loads.
Object.assign(globalThis, { document: { documentElement: { lang: "en-GB" } } });
const { phraseInFile, recoveryFile } = await import("./recovery-file.ts");
const { strengthOf } = await import("./strength.ts");

test("the words are found again in the file they were saved in", () => {
  const phrase = phraseFromSecret(newRecoverySecret());
  const file = recoveryFile(phrase, "anna@example.org", new Date("2026-11-15T10:00:00Z"));

  assert.equal(phraseInFile(file), phrase);
  assert.match(file, /anna@example\.org/);
  assert.match(file, /2026-11-15/);
});

test("the words are found after another system changed the line ends", () => {
  const phrase = phraseFromSecret(newRecoverySecret());
  const file = recoveryFile(phrase, "anna@example.org", new Date()).replaceAll("\n", "\r\n");

  assert.equal(phraseInFile(file), phrase);
});

test("a file with nothing but words is taken as it is", () => {
  assert.equal(phraseInFile("  one two\n three "), "one two three");
});

test("a short password is refused, however odd", () => {
  assert.equal(strengthOf("§Kx9!q7Z&").isAccepted, false);
});

test("twelve characters are taken, and repetition is said", () => {
  const lazy = strengthOf("aaaaaaaaaaaa");
  assert.equal(lazy.isAccepted, true);
  assert.ok(lazy.share < 0.5, String(lazy.share));
  assert.match(lazy.sentence, /repeats itself/);
});

test("five unrelated words are strong", () => {
  assert.equal(strengthOf("orange kettle under seven maps").sentence, "Strong.");
});
