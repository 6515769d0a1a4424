import assert from "node:assert/strict";
import { test } from "node:test";

import { LibraryError, type Remote } from "../vault/library/bridge.ts";
import type { GuestJob, GuestPhoto, GuestWorker, Staged } from "./guest-contract.ts";
import { GuestQueue, type ChosenPhoto, type GuestState } from "./guest-queue.ts";

interface Settle {
  readonly done: () => void;
  readonly fail: (error: Error) => void;
}

/** The worker's end of the queue: does what it is asked to when the test lets it. */
class Hands {
  readonly staging = new Map<string, Settle>();
  readonly bringing = new Map<string, Settle>();
  readonly staged: GuestJob[] = [];
  readonly discarded: string[] = [];
  before: readonly GuestPhoto[] = [];
  readonly remote = {
    earlier: () => Promise.resolve(this.before),
    stage: (job: GuestJob) => {
      this.staged.push(job);
      return this.#wait<Staged>(this.staging, job.imageId, { thumbnail: new Blob([job.file.name]) });
    },
    bring: (id: string) => this.#wait<undefined>(this.bringing, id, undefined),
    discard: (id: string) => Promise.resolve(void this.discarded.push(id)),
    start: () => Promise.resolve(),
  } as unknown as Remote<GuestWorker>;

  #wait<T>(open: Map<string, Settle>, id: string, answer: T): Promise<T> {
    return new Promise((resolve, reject) => {
      open.set(id, { done: () => { open.delete(id); resolve(answer); }, fail: (error) => { open.delete(id); reject(error); } });
    });
  }
}

function begin() {
  const hands = new Hands();
  let [ids, brought, changes] = [0, 0, 0];
  const queue = new GuestQueue(hands.remote, () => `p${(ids += 1)}`, () => { changes += 1; }, () => { brought += 1; });
  return { hands, queue, brought: () => brought, changes: () => changes };
}

const photo = (name: string, from: string | null = null): ChosenPhoto => ({ file: new File(["12345"], name), choice: "remember", from });
const states = (queue: GuestQueue): readonly GuestState[] => queue.entries.map(({ state }) => state);
/** Let everything that can go on go on. */
const settled = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

async function stageAll({ hands }: { readonly hands: Hands }): Promise<void> {
  while (hands.staging.size > 0) {
    for (const { done } of [...hands.staging.values()]) done();
    await settled();
  }
}

test("one photo is prepared while two others are sent, in the order they were chosen", async () => {
  const all = begin();
  const { hands, queue, brought, changes } = all;
  queue.add(["a.jpg", "b.jpg"].map((name) => photo(name, "Ida")));
  queue.add(["c.jpg", "d.jpg"].map((name) => photo(name, "Ida")));
  assert.deepEqual(states(queue), ["preparing", "waiting", "waiting", "waiting"]);
  assert.deepEqual([hands.staging.size, queue.isUnprepared], [1, true]);
  await stageAll(all);
  assert.deepEqual(states(queue), ["sending", "sending", "staged", "staged"]);
  assert.deepEqual([...hands.bringing.keys()], ["p1", "p2"]);
  assert.equal(queue.isUnprepared, false);
  assert.deepEqual(hands.staged.map(({ file, from }) => [file.name, from]), ["a.jpg", "b.jpg", "c.jpg", "d.jpg"].map((name) => [name, "Ida"]));
  const before = changes();
  hands.bringing.get("p2")?.done();
  await settled();
  assert.deepEqual(states(queue), ["sending", "brought", "sending", "staged"]);
  assert.deepEqual([brought(), changes() > before, queue.entries[1]?.share], [1, true, 1]);
});

test("what earlier pages left goes on by itself, and what they brought is only shown", async () => {
  const { hands, queue } = begin();
  hands.before = [{ imageId: "x", name: "x.jpg", bytes: 5, isBrought: true }, { imageId: "y", name: "y.jpg", bytes: 6, isBrought: false }];
  await queue.restore();
  assert.deepEqual(states(queue), ["brought", "sending"]);
  assert.deepEqual([[...hands.bringing.keys()], hands.staged], [["y"], []]);
});

test("progress moves what is sent and nothing else; waiting for the network takes no share back", async () => {
  const all = begin();
  const { queue } = all;
  queue.add([photo("a.jpg"), photo("b.jpg"), photo("c.jpg")]);
  await stageAll(all);
  queue.progress({ imageId: "p1", isWaiting: false, share: 0.5 });
  queue.progress({ imageId: "p2", isWaiting: true, share: 0 });
  queue.progress({ imageId: "p3", isWaiting: false, share: 0.9 });
  queue.progress({ imageId: "nobody", isWaiting: false, share: 0.9 });
  assert.deepEqual(queue.entries.map(({ state, share }) => [state, share]), [["sending", 0.5], ["offline", 0], ["staged", 0]]);
  queue.progress({ imageId: "p1", isWaiting: true, share: 0 });
  assert.deepEqual([queue.entries[0]?.state, queue.entries[0]?.share], ["offline", 0.5]);
  queue.progress({ imageId: "p1", isWaiting: false, share: 0.6 });
  assert.deepEqual([queue.entries[0]?.state, queue.entries[0]?.share], ["sending", 0.6]);
});

test("a photo that cannot be prepared stops none of the others, and is prepared again when asked", async () => {
  const all = begin();
  const { hands, queue } = all;
  queue.add([photo("a.jpg"), photo("b.jpg")]);
  hands.staging.get("p1")?.fail(new LibraryError("unreadable_file", "This file cannot be read."));
  await settled();
  assert.deepEqual([states(queue), queue.entries[0]?.problem], [["failed", "preparing"], "This file cannot be read."]);
  assert.equal(queue.isUnprepared, true);
  queue.retry("p1");
  await stageAll(all);
  assert.deepEqual(states(queue), ["sending", "sending"]);
  assert.deepEqual(hands.staged.map(({ imageId }) => imageId), ["p1", "p2", "p1"]);
});

test("a photo that was refused is sent again when asked, without being prepared again", async () => {
  const all = begin();
  const { hands, queue, brought } = all;
  queue.add([photo("a.jpg")]);
  await stageAll(all);
  hands.bringing.get("p1")?.fail(new LibraryError("quota_exceeded", "Their vault is full."));
  await settled();
  assert.deepEqual([states(queue), queue.entries[0]?.problem, brought()], [["failed"], "Their vault is full.", 0]);
  queue.retry("p1");
  await settled();
  assert.deepEqual([states(queue), queue.entries[0]?.problem, hands.staged.length], [["sending"], "", 1]);
});

for (const code of ["link_ended", "link_asleep", "collect_limit"]) {
  test(`"${code}" is the same for all that wait, so none of them is tried`, async () => {
    const all = begin();
    const { hands, queue } = all;
    queue.add(["a.jpg", "b.jpg", "c.jpg", "d.jpg"].map((name) => photo(name)));
    await stageAll(all);
    hands.bringing.get("p1")?.fail(new LibraryError(code, "Not any more."));
    await settled();
    assert.deepEqual(states(queue), ["failed", "sending", "failed", "failed"]);
    assert.deepEqual(queue.entries.map(({ problem }) => problem), ["Not any more.", "", "Not any more.", "Not any more."]);
    assert.deepEqual([...hands.bringing.keys()], ["p2"]);
  });
}

test("a photo that is given up leaves the list and the device", async () => {
  const { hands, queue } = begin();
  queue.add([photo("a.jpg"), photo("b.jpg")]);
  await queue.discard("p2");
  assert.deepEqual([queue.entries.map(({ id }) => id), hands.discarded], [["p1"], ["p2"]]);
  hands.staging.get("p1")?.done();
  await settled();
  assert.deepEqual([states(queue), hands.staged.length], [["sending"], 1]);
});
