import assert from "node:assert/strict";
import { test } from "node:test";

import { LibraryError } from "./bridge.ts";
import type { Outcome } from "./contract.ts";
import type { StoredDeletion } from "./database.ts";
import { Deletions, UNDO_MILLISECONDS } from "./deletions.ts";

/** A page: its clock, its storage, and a server that answers as told. */
class Scene {
  readonly stored = new Map<string, StoredDeletion>();
  readonly sent: string[] = [];
  readonly left: string[] = [];
  readonly timers: { at: number; run: () => void }[] = [];
  hidden: ReadonlySet<string> = new Set();
  answer: (ids: readonly string[]) => Outcome = (ids) => ({ done: ids, failed: [] });
  now = 0;
  #ids = 0;

  open(): Deletions {
    return new Deletions({
      store: {
        all: () => Promise.resolve([...this.stored.values()]),
        put: (deletion) => Promise.resolve(void this.stored.set(deletion.id, deletion)),
        remove: (id) => Promise.resolve(void this.stored.delete(id)),
      },
      send: async (ids, how) => {
        await Promise.resolve();
        this.sent.push(`${how} ${ids.join(",")}`);
        return this.answer(ids);
      },
      sendOnLeave: (ids, how) => void this.left.push(`${how} ${ids.join(",")}`),
      hide: (ids) => { this.hidden = ids; },
      newId: () => String((this.#ids += 1)),
      now: () => this.now,
      later: (callback, milliseconds) => {
        const timer = { at: this.now + milliseconds, run: callback };
        this.timers.push(timer);
        return () => void this.timers.splice(this.timers.indexOf(timer), 1);
      },
    });
  }

  async pass(milliseconds: number): Promise<void> {
    this.now += milliseconds;
    for (const timer of this.timers.filter(({ at }) => at <= this.now)) {
      this.timers.splice(this.timers.indexOf(timer), 1);
      timer.run();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("a deletion hides at once, is written down, and is sent after ten seconds", async () => {
  const scene = new Scene();
  const deletions = scene.open();
  deletions.remove(["a", "b", "a"], "purge");
  assert.deepEqual([...scene.hidden], ["a", "b"]);
  assert.equal(scene.stored.size, 1);
  await scene.pass(UNDO_MILLISECONDS - 1);
  assert.deepEqual(scene.sent, []);
  await scene.pass(1);
  assert.deepEqual(scene.sent, ["purge a,b"]);
  assert.equal(scene.hidden.size + scene.stored.size + deletions.pending.length, 0);
});

test("undone within ten seconds it never happens", async () => {
  const scene = new Scene();
  const deletions = scene.open();
  const { id } = deletions.remove(["a"], "bin");
  deletions.undo(id);
  assert.equal(scene.hidden.size, 0);
  await scene.pass(UNDO_MILLISECONDS * 2);
  assert.deepEqual(scene.sent, []);
  assert.equal(scene.stored.size, 0);
});

test("what is pending goes when the page is left, and stays written down for the next start", async () => {
  const scene = new Scene();
  scene.open().remove(["a"], "purge");
  const leaving = scene.open();
  leaving.remove(["b"], "bin");
  leaving.leave();
  assert.deepEqual(scene.left, ["bin b"]);
  leaving.close();
  scene.timers.length = 0;
  scene.now += UNDO_MILLISECONDS;
  const next = scene.open();
  await next.resume();
  assert.deepEqual([...scene.hidden], ["a", "b"]);
  await scene.pass(0);
  assert.deepEqual(scene.sent, ["purge a", "bin b"]);
  assert.equal(scene.stored.size, 0);
});

test("a clock set back does not hold a deletion of an earlier page for longer than ten seconds", async () => {
  const scene = new Scene();
  scene.stored.set("x", { id: "x", ids: ["a"], how: "purge", sendAt: 9_999_999 });
  await scene.open().resume();
  await scene.pass(UNDO_MILLISECONDS);
  assert.deepEqual(scene.sent, ["purge a"]);
});

test("what could not be deleted comes back into view, with the reason, and can be sent again", async () => {
  const scene = new Scene();
  const deletions = scene.open();
  scene.answer = (ids) => ({ done: ids.slice(1), failed: [{ id: "a", code: "unavailable", sentence: "Later." }] });
  deletions.remove(["a", "b"], "purge");
  await scene.pass(UNDO_MILLISECONDS);
  assert.equal(scene.hidden.size, 0);
  assert.deepEqual(deletions.pending.map(({ ids, state, failure }) => [ids, state, failure?.code]), [[["a"], "failed", "unavailable"]]);
  assert.deepEqual([...scene.stored.values()].map(({ ids }) => ids), [["a"]]);
  scene.answer = (ids) => ({ done: ids, failed: [] });
  assert.deepEqual((await deletions.sendNow()).done, ["a"]);
  assert.equal(scene.stored.size, 0);
});

test("without a connection it stays hidden and is tried again", async () => {
  const scene = new Scene();
  const deletions = scene.open();
  scene.answer = () => { throw new LibraryError("offline", "No connection."); };
  deletions.remove(["a"], "purge");
  await scene.pass(UNDO_MILLISECONDS);
  assert.deepEqual([...scene.hidden], ["a"]);
  scene.answer = (ids) => ({ done: ids, failed: [] });
  await scene.pass(20_000);
  assert.equal(scene.sent.length, 2);
  assert.equal(deletions.pending.length, 0);
});

test("sent twice at the same time it goes once", async () => {
  const scene = new Scene();
  const deletions = scene.open();
  deletions.remove(["a"], "purge");
  await Promise.all([deletions.sendNow(), deletions.sendNow()]);
  assert.deepEqual(scene.sent, ["purge a"]);
});

test("a photo that is wanted after all leaves its deletion, and the others still go", async () => {
  const scene = new Scene();
  const deletions = scene.open();
  deletions.remove(["a", "b"], "purge");
  deletions.remove(["c"], "bin");
  assert.deepEqual([...(await deletions.takeBack(["a", "c", "z"]))], []);
  assert.deepEqual([...scene.hidden], ["b"]);
  assert.deepEqual([...scene.stored.values()].map(({ ids }) => ids), [["b"]]);
  await scene.pass(UNDO_MILLISECONDS);
  assert.deepEqual(scene.sent, ["purge b"]);
});

test("what is being sent, or waits in another tab, cannot be taken back", async () => {
  const scene = new Scene();
  const other = scene.open();
  other.remove(["theirs"], "purge");
  const deletions = scene.open();
  deletions.remove(["mine"], "purge");
  const sending = deletions.sendNow();
  assert.deepEqual([...(await deletions.takeBack(["mine", "theirs", "free"]))].sort(), ["mine", "theirs"]);
  await sending;
});
