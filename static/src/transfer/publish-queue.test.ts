import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem, offlineProblem } from "../api/problem.ts";
import type { NewPublication, PublicCopy } from "../vault/publishing/contract.ts";
import { PublishQueue, type PublishPorts } from "./publish-queue.ts";
import type { WaitingPublication } from "./publishing-list.ts";

const COPY: PublicCopy = { upload: "u", uploadSha256: "s", uploadBytes: 1, copyKey: "k", copy: "c", removed: ["place"] };
const photo = (id: string): NewPublication =>
  ({ id, imageId: `image-${id}`, words: { caption: "", creator: "", licence: "All rights reserved" }, isWatermarked: true, albumId: null, position: 0 });

/** A queue over a server that answers as told, one answer for each time something is handed over. */
function queueOver(answers: readonly (Error | null)[], there: readonly string[] = [], copyOf: PublishPorts["copyOf"] = () => Promise.resolve(COPY)) {
  const left = [...answers];
  const [handed, copied]: [string[], string[]] = [[], []];
  let pauses = 0;
  let kept: readonly WaitingPublication[] = [];
  const queue = new PublishQueue({
    copyOf: (publication) => { copied.push(publication.id); return copyOf(publication); },
    handOver: ({ id }) => {
      const answer = left.shift() ?? null;
      if (answer !== null) return Promise.reject(answer);
      handed.push(id);
      return Promise.resolve();
    },
    isThere: (id) => Promise.resolve(there.includes(id)),
    pause: () => { pauses += 1; return Promise.resolve(); },
    keep: (entries) => { kept = entries; return Promise.resolve(); },
    arrived: () => undefined,
    changed: () => undefined,
  });
  const settled = async (): Promise<void> => { while (queue.totals.isRunning) await new Promise((resolve) => setTimeout(resolve, 1)); };
  return { queue, handed, copied, settled, pauses: () => pauses, kept: async () => { await queue.settled; return kept; } };
}

test("photos are handed over one after the other, and what was taken out is told", async () => {
  const { queue, handed, settled } = queueOver([]);
  queue.add([photo("a"), photo("b")]);
  assert.equal(queue.has("image-b"), true);
  await settled();
  assert.deepEqual(handed, ["a", "b"]);
  assert.deepEqual(queue.totals, { done: 2, total: 2, isRunning: false, removed: ["place"], failed: [] });
  assert.equal(queue.has("image-b"), false);
});

test("one that cannot be cleaned does not keep the others, and can be tried again", async () => {
  const attempts = new Map<string, number>();
  const copyOf = ({ id }: NewPublication): Promise<PublicCopy> => {
    attempts.set(id, (attempts.get(id) ?? 0) + 1);
    return id === "a" && attempts.get(id) === 1 ? Promise.reject(new Problem("cannot_strip", "No.")) : Promise.resolve(COPY);
  };
  const { queue, handed, settled } = queueOver([], [], copyOf);
  queue.add([photo("a"), photo("b")]);
  await settled();
  assert.deepEqual(handed, ["b"]);
  assert.deepEqual(queue.totals.failed.map(({ failure }) => failure?.code), ["cannot_strip"]);
  queue.retry();
  await settled();
  assert.deepEqual(handed, ["b", "a"]);
});

test("a lost answer is asked after: what arrived is not handed over twice", async () => {
  const { queue, handed, copied, settled } = queueOver([offlineProblem()], ["a"]);
  queue.add([photo("a")]);
  await settled();
  assert.deepEqual([handed, copied], [[], ["a"]]);
  assert.equal(queue.totals.done, 1);
});

test("without a connection it waits, and hands over the copy it has", async () => {
  const { queue, handed, copied, settled, pauses } = queueOver([offlineProblem(), offlineProblem()]);
  queue.add([photo("a")]);
  await settled();
  assert.deepEqual([handed, copied, pauses()], [["a"], ["a"], 2]);
});

test("what every photo would meet is met once", async () => {
  const { queue, copied, settled } = queueOver([new Problem("profiles_off", "Not here.", 409)]);
  queue.add([photo("a"), photo("b"), photo("c")]);
  await settled();
  assert.deepEqual(copied, ["a"]);
  assert.equal(queue.totals.failed.length, 3);
  queue.dismiss();
  assert.deepEqual(queue.totals.failed, []);
});

test("a copy that was refused is made anew", async () => {
  const { queue, handed, copied, settled } = queueOver([new Problem("upload_unknown", "Gone.", 409)]);
  queue.add([photo("a")]);
  await settled();
  queue.retry();
  await settled();
  assert.deepEqual([handed, copied], [["a"], ["a", "a"]]);
});

/** A copy that comes when the test says so. */
function slowCopy(): { copyOf: () => Promise<PublicCopy>; come: () => void } {
  let come = (): void => undefined;
  const coming = new Promise<PublicCopy>((resolve) => { come = () => { resolve(COPY); }; });
  return { copyOf: () => coming, come: () => { come(); } };
}

const turn = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 1); });
const idsOf = (entries: readonly WaitingPublication[]): readonly string[] => entries.map(({ publication }) => publication.id);

test("what waits is written down before anything is done with it, and let go once it is handed over", async () => {
  let written = (): void => undefined;
  const kept: (readonly string[])[] = [];
  const handed: string[] = [];
  const queue = new PublishQueue({
    copyOf: () => Promise.resolve(COPY), handOver: ({ id }) => { handed.push(id); return Promise.resolve(); }, isThere: () => Promise.resolve(false),
    keep: (entries) => { kept.push(idsOf(entries)); return kept.length === 2 ? new Promise((resolve) => { written = resolve; }) : Promise.resolve(); },
    pause: () => Promise.resolve(), arrived: () => undefined, changed: () => undefined,
  });
  queue.add([photo("a"), photo("b")]);
  await turn();
  assert.deepEqual([kept.at(-1), handed], [["a", "b"], []]);
  written();
  while (queue.totals.isRunning) await turn();
  await queue.settled;
  assert.deepEqual([handed, kept.at(-1)], [["a", "b"], []]);
});

test("a page that is closed leaves what it had, and the next hands it over", async () => {
  const { copyOf, come } = slowCopy();
  const before = queueOver([], [], copyOf);
  before.queue.add([photo("a"), photo("b")]);
  await turn();
  before.queue.close();
  come();
  await turn();
  assert.deepEqual(before.handed, []);
  const after = queueOver([]);
  after.queue.restore(await before.kept());
  await after.settled();
  assert.deepEqual([after.handed, await after.kept()], [["a", "b"], []]);
});

test("what was copied before the page was closed is not copied again, nor handed over twice", async () => {
  const left = [{ publication: photo("a"), copy: COPY, isTried: true, failure: null }, { publication: photo("b"), copy: COPY, isTried: true, failure: null }];
  const { queue, handed, copied, settled } = queueOver([], ["a"]);
  queue.restore(left);
  queue.restore(left);
  await settled();
  assert.deepEqual([handed, copied, queue.totals.done], [["b"], [], 2]);
});

test("what failed is still there to be tried again after the page was closed", async () => {
  const failure = { code: "cannot_strip", sentence: "No." };
  const { queue, handed, settled } = queueOver([]);
  queue.restore([{ publication: photo("a"), copy: null, isTried: false, failure }]);
  await settled();
  assert.deepEqual([handed, queue.totals.failed.map((each) => each.failure)], [[], [failure]]);
  queue.retry();
  await settled();
  assert.deepEqual(handed, ["a"]);
});

test("what is withdrawn while it waits is not shown, neither now nor later", async () => {
  const { copyOf, come } = slowCopy();
  const { queue, handed, settled, kept } = queueOver([], [], copyOf);
  queue.add([photo("a"), photo("b")]);
  await turn();
  queue.withdraw();
  come();
  await settled();
  assert.deepEqual([handed, await kept(), queue.totals.failed], [[], [], []]);
  assert.equal(queue.has("image-b"), false);
});

test("a device that keeps nothing publishes all the same", async () => {
  const handed: string[] = [];
  const queue = new PublishQueue({
    copyOf: () => Promise.resolve(COPY), handOver: ({ id }) => { handed.push(id); return Promise.resolve(); }, isThere: () => Promise.resolve(false),
    keep: () => Promise.reject(new DOMException("Full.", "QuotaExceededError")), pause: () => Promise.resolve(), arrived: () => undefined, changed: () => undefined,
  });
  queue.add([photo("a")]);
  while (queue.totals.isRunning) await turn();
  assert.deepEqual(handed, ["a"]);
});
