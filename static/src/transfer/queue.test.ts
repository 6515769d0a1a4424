import assert from "node:assert/strict";
import { test } from "node:test";

import { LibraryError, type Remote } from "../vault/library/bridge.ts";
import type { CheckItem, CheckResult, PendingUpload, UploadJob, UploadResult, UploadWorker, WaitingFile } from "./contract.ts";
import { Pace } from "./entries.ts";
import { NameGiver, safeName } from "./file-names.ts";
import { gather } from "./gather.ts";
import { UploadQueue } from "./queue.ts";
import { filesFromClipboard, type SelectedFile } from "./selected-files.ts";

type Settle = (outcome: UploadResult | Error) => void;

/** The worker's end of the queue: does what it is asked to when the test lets it. */
class Hands {
  readonly checks: number[] = [];
  readonly running = new Map<string, Settle>();
  readonly started: UploadJob[] = [];
  readonly resumed: string[] = [];
  readonly stopped: string[] = [];
  readonly discarded: string[] = [];
  remembered: readonly WaitingFile[] = [];
  pendingUploads: readonly PendingUpload[] = [];
  left: readonly WaitingFile[] = [];
  known: (name: string) => string | null = () => null;
  failCheck: Error | null = null;

  readonly remote = {
    check: (items: readonly CheckItem[]) => {
      this.checks.push(items.length);
      if (this.failCheck !== null) return Promise.reject(this.failCheck);
      return Promise.resolve(items.map(({ entryId, file }): CheckResult => ({ entryId, fingerprint: `mark of ${file.name.replace(/ copy/, "")}`, imageId: this.known(file.name), note: "", refusal: null })));
    },
    upload: (job: UploadJob) => {
      this.started.push(job);
      return this.#wait(job.entryId);
    },
    resume: (entryId: string, imageId: string) => {
      this.resumed.push(imageId);
      return this.#wait(entryId);
    },
    stop: (entryId: string) => {
      this.stopped.push(entryId);
      this.running.get(entryId)?.(new LibraryError("aborted", "Cancelled."));
      return Promise.resolve();
    },
    discard: (imageId: string) => Promise.resolve(void this.discarded.push(imageId)),
    pending: () => Promise.resolve(this.pendingUploads),
    leftBehind: () => Promise.resolve(this.left),
    remember: (files: readonly WaitingFile[]) => Promise.resolve(void (this.remembered = files)),
  } as unknown as Remote<UploadWorker>;

  #wait(entryId: string): Promise<UploadResult> {
    return new Promise((resolve, reject) => {
      this.running.set(entryId, (outcome) => {
        this.running.delete(entryId);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      });
    });
  }

  /** Let every running upload end; answers how many. */
  finish(outcome: UploadResult | Error = result()): number {
    const settles = [...this.running.values()];
    for (const settle of settles) settle(outcome);
    return settles.length;
  }
}

let images = 0;
function result(more: Partial<UploadResult> = {}): UploadResult {
  images += 1;
  return { imageId: `image-${images}`, outcome: "done", albumId: null, albums: [], note: "Removed: nothing.", removed: ["place"], isKeptWhole: false, hasThumbnail: true, ...more };
}

interface Scene {
  readonly hands: Hands;
  readonly queue: UploadQueue;
  readonly stored: string[];
  readonly timers: (() => void)[];
}

function scene(availableBytes = 10 ** 12): Scene {
  const hands = new Hands();
  const stored: string[] = [];
  const timers: (() => void)[] = [];
  let ids = 0;
  const queue = new UploadQueue({
    worker: hands.remote,
    availableBytes: () => Promise.resolve(availableBytes),
    stored: (imageId, albumId) => void stored.push(`${imageId} ${albumId ?? "-"}`),
    soon: (callback) => { callback(); },
    later: (callback, milliseconds) => { if (milliseconds === 0) callback(); else timers.push(callback); },
    now: () => performance.now(),
    newId: () => `entry-${(ids += 1)}`,
  });
  return { hands, queue, stored, timers };
}

const files = (count: number, bytes = 10): SelectedFile[] =>
  Array.from({ length: count }, (_, at) => ({ file: new File([new Uint8Array(bytes)], `${at}.jpg`), path: `folder/${at}.jpg` }));

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

const OPTIONS = { choice: "remember" } as const;
const states = (queue: UploadQueue): string[] => queue.entries().map(({ state }) => state);

test("three files are on their way at once, and each that ends makes room for the next", async () => {
  const { hands, queue, stored } = scene();
  await queue.add(files(8), OPTIONS);
  await settled();
  assert.equal(hands.running.size, 3);
  while (hands.finish() > 0) await settled();
  assert.deepEqual(states(queue), Array<string>(8).fill("done"));
  assert.equal(stored.length, 8);
  assert.deepEqual([queue.totals.state, queue.totals.finished, queue.totals.sentBytes, queue.totals.secondsLeft], ["idle", 8, 80, null]);
});

test("thirty thousand files are checked in batches, and only a few are ever at work", async () => {
  const { hands, queue } = scene();
  hands.known = () => "known";
  const start = performance.now();
  await queue.add(files(30_000, 1), OPTIONS);
  while (queue.totals.open > 0) await settled();
  assert.equal(queue.totals.alreadyThere, 30_000);
  assert.equal(hands.started.length, 0);
  assert.ok(hands.checks.length < 600, `${hands.checks.length} checks`);
  assert.equal(performance.now() - start < 60_000, true);
});

test("what the vault holds is not sent, nor the same file twice", async () => {
  const { hands, queue } = scene();
  hands.known = (name) => (name === "0.jpg" ? "image-0" : null);
  const copy = { file: new File([new Uint8Array(10)], "1 copy.jpg"), path: "1 copy.jpg" };
  await queue.add([...files(2), copy], OPTIONS);
  await settled();
  assert.deepEqual(hands.started.map(({ file }) => file.name), ["1.jpg"]);
  assert.deepEqual(states(queue), ["already-there", "reading", "already-there"]);
});

test("a large file goes alone", async () => {
  const { hands, queue } = scene();
  const large = { file: Object.defineProperty(new File([], "large.dng"), "size", { value: 301 * 1024 * 1024 }), path: "large.dng" };
  await queue.add([...files(2), large], OPTIONS);
  await settled();
  assert.equal(hands.running.size, 2);
  hands.finish();
  await settled();
  assert.deepEqual([hands.running.size, hands.started.at(-1)?.file.name], [1, "large.dng"]);
});

test("more than fits is said before anything is sent, and the person decides", async () => {
  const { hands, queue } = scene(15);
  const report = await queue.add(files(2), OPTIONS);
  await settled();
  assert.deepEqual([report.fits, report.availableBytes, report.bytes], [false, 15, 20]);
  assert.deepEqual([queue.totals.state, queue.totals.stopped?.code, hands.running.size], ["stopped", "quota_short", 0]);
  queue.cancel(queue.entries()[0]?.id);
  queue.resume();
  await settled();
  assert.equal(hands.running.size, 1);
});

test("room that ends midway stops the queue, loses nothing, and resuming goes on", async () => {
  const { hands, queue } = scene();
  await queue.add(files(5), OPTIONS);
  await settled();
  hands.finish(new LibraryError("quota_reached", "Full."));
  await settled();
  assert.deepEqual([queue.totals.state, hands.running.size, queue.totals.failed], ["stopped", 0, 0]);
  queue.resume();
  await settled();
  while (hands.finish() > 0) await settled();
  assert.equal(queue.totals.finished, 5);
});

test("a paused file waits with what it has, and goes on from there", async () => {
  const { hands, queue } = scene();
  await queue.add(files(1), OPTIONS);
  await settled();
  const [id] = queue.entries().map((entry) => entry.id);
  assert.ok(id, "there is an entry");
  queue.progress({ entryId: id, state: "sending", imageId: "staged", sentBytes: 5, totalBytes: 20 });
  queue.pause();
  await settled();
  assert.deepEqual([states(queue), hands.stopped, queue.totals.state], [["paused"], [id], "paused"]);
  queue.progress({ entryId: id, state: "sending", imageId: "staged", sentBytes: 9, totalBytes: 20 });
  assert.equal(queue.entry(id)?.state, "paused");
  queue.resume();
  await settled();
  assert.deepEqual(hands.resumed, ["staged"]);
});

test("a file paused before it was staged begins again from the file", async () => {
  const { hands, queue } = scene();
  await queue.add(files(1), OPTIONS);
  await settled();
  const [id] = queue.entries().map((entry) => entry.id);
  queue.progress({ entryId: id ?? "", state: "encrypting", imageId: "half", sentBytes: 5, totalBytes: 20 });
  queue.pause(id);
  await settled();
  queue.resume(id);
  await settled();
  assert.deepEqual([hands.resumed, hands.started.length], [[], 2]);
});

test("a cancelled file is forgotten here and on the server", async () => {
  const { hands, queue } = scene();
  await queue.add(files(2), OPTIONS);
  await settled();
  const [id] = queue.entries().map((entry) => entry.id);
  queue.progress({ entryId: id ?? "", state: "sending", imageId: "staged", sentBytes: 5, totalBytes: 20 });
  queue.cancel(id);
  await settled();
  assert.deepEqual([hands.discarded, queue.totals.files, hands.running.size], [["staged"], 1, 1]);
});

test("what is being put away can be neither paused nor cancelled", async () => {
  const { hands, queue } = scene();
  await queue.add(files(1), OPTIONS);
  await settled();
  const id = queue.entries()[0]?.id ?? "";
  queue.progress({ entryId: id, state: "finishing", imageId: "staged", sentBytes: 20, totalBytes: 20 });

  queue.pause();
  queue.cancel();

  assert.deepEqual([hands.stopped, hands.discarded, states(queue)], [[], [], ["finishing"]]);
  hands.finish();
  await settled();
  assert.equal(queue.report.done, 1);
});

test("a file that was stored before it could be cancelled counts as stored", async () => {
  const { hands, queue, stored } = scene();
  await queue.add(files(1), OPTIONS);
  await settled();
  const settle = [...hands.running.values()][0];
  hands.running.clear();

  queue.cancel();
  settle?.(result({ imageId: "late" }));
  await settled();

  assert.deepEqual([queue.report.done, stored], [1, ["late -"]]);
});

test("failures are grouped, retried together, and kept as they are where they cannot be cleaned", async () => {
  const { hands, queue } = scene();
  await queue.add(files(3), OPTIONS);
  await settled();
  const [first, second, third] = [...hands.running.values()];
  first?.(new LibraryError("broken_structure", "This file is broken."));
  second?.(new LibraryError("unavailable", "The service could not answer."));
  third?.(new LibraryError("unknown_format", "This is no photo."));
  await settled();
  assert.deepEqual(queue.report.failed.map(({ code, names }) => [code, names]), [["broken_structure", ["0.jpg"]], ["unavailable", ["1.jpg"]], ["unknown_format", ["2.jpg"]]]);
  queue.retry();
  await settled();
  assert.deepEqual(states(queue), ["failed", "reading", "failed"]);
  queue.retryKeeping(queue.entries()[0]?.id ?? "");
  await settled();
  assert.equal(hands.started.at(-1)?.choice, "keep");
  while (hands.finish() > 0) await settled();
  assert.deepEqual([queue.report.done, queue.report.removed], [2, [{ kind: "place", count: 2 }]]);
});

test("without a connection the check waits and is made again", async () => {
  const { hands, queue, timers } = scene();
  hands.failCheck = new LibraryError("offline", "No connection.");
  await queue.add(files(2), OPTIONS);
  await settled();
  assert.deepEqual([states(queue), queue.totals.state], [["waiting", "waiting"], "waiting-for-network"]);
  hands.failCheck = null;
  for (const timer of timers.splice(0)) timer();
  await settled();
  assert.equal(hands.running.size, 2);
});

test("after a reload staged uploads go on, and what only waited asks to be chosen again", async () => {
  const { hands, queue } = scene();
  const waiting = { choice: "keep", albumId: "x" } as const;
  hands.pendingUploads = [{ imageId: "staged", name: "a.jpg", path: "a.jpg", bytes: 10, fingerprint: "f", albumId: null }];
  hands.left = [{ name: "0.jpg", path: "folder/0.jpg", bytes: 10, ...waiting }, { name: "a.jpg", path: "a.jpg", bytes: 10, ...waiting }];
  await queue.restore();
  await settled();
  assert.deepEqual([hands.resumed, states(queue)], [["staged"], ["sending", "choose-again"]]);
  const report = await queue.chooseAgain(files(2), OPTIONS);
  await settled();
  assert.equal(report.added, 1);
  assert.deepEqual(hands.started.map(({ file, choice, albumId }) => [file.name, choice, albumId]), [["0.jpg", "keep", "x"], ["1.jpg", "remember", null]]);
});

test("files that wait are noted for the next page, and at the end nothing is, without delay", async () => {
  const { hands, queue } = scene();
  await queue.add(files(5), OPTIONS);
  await settled();
  assert.equal(hands.remembered.length, 5);
  while (hands.finish() > 0) await settled();
  assert.deepEqual(hands.remembered, []);
});

test("what is staged is no longer noted, so that the next page does not ask for it", async () => {
  const { hands, queue } = scene();
  await queue.add(files(2), OPTIONS);
  await settled();
  assert.equal(hands.remembered.length, 2);
  const [first] = hands.started;
  queue.progress({ entryId: first?.entryId ?? "", state: "sending", imageId: "image", sentBytes: 0, totalBytes: 10 });
  assert.deepEqual(hands.remembered.map(({ name }) => name), ["1.jpg"]);
});

test("being signed out stops everything at once", async () => {
  const { hands, queue } = scene();
  await queue.add(files(4), OPTIONS);
  await settled();
  hands.finish(new LibraryError("not_authenticated", "Who are you?"));
  await settled();
  assert.deepEqual([queue.totals.stopped?.code, queue.totals.failed, hands.running.size], ["signed_out", 0, 0]);
});

test("sidecars and clutter are told from photos", async () => {
  const named = (path: string): SelectedFile => ({ file: new File(["{}"], path.split("/").at(-1) ?? ""), path });
  const { photos, ignored } = await gather(["t/a.jpg", "t/a.jpg.json", "t/.DS_Store", "t/._a.jpg", "t/b.jpg", "__MACOSX/t/b.jpg"].map(named));
  assert.deepEqual(photos.map(({ path, sidecar }) => [path, sidecar?.name ?? null]), [["t/a.jpg", "a.jpg.json"], ["t/b.jpg", null]]);
  assert.equal(ignored, 4);
});

test("a pasted picture gets a name of its own", () => {
  const data = { files: [new File(["x"], "image.png", { type: "image/png" }), new File(["x"], "cat.gif")] };
  const names = filesFromClipboard(data as unknown as DataTransfer, new Date("2026-11-22T10:11:12Z")).map(({ path }) => path);
  assert.deepEqual(names, ["Pasted 2026-11-22 10-11-12.png", "cat.gif"]);
});

test("saved names are taken by every file system, and each is given once", () => {
  const names = new NameGiver();
  assert.deepEqual(["a.jpg", "A.jpg", "a (2).jpg", "a"].map((name) => names.give(name)), ["a.jpg", "A (2).jpg", "a (2) (2).jpg", "a"]);
  assert.equal(safeName("../../etc/pass\u0000wd", "x"), "_.._etc_pass_wd");
  assert.equal(safeName("CON.jpg", "x"), "_CON.jpg");
  assert.equal(safeName(" . ", "photo-1"), "photo-1");
  assert.equal(safeName(`${"é".repeat(400)}.jpeg`, "x").endsWith(".jpeg"), true);
});

test("the time left follows the pace of the last twenty seconds", () => {
  const pace = new Pace();
  pace.note(0, 0);
  assert.equal(pace.secondsFor(100), null);
  pace.note(10_000, 1000);
  assert.equal(pace.secondsFor(500), 5);
  pace.note(40_000, 1000);
  pace.note(50_000, 3000);
  assert.equal(Math.round(pace.secondsFor(2000) ?? 0), 10);
  pace.note(51_000, 10);
  assert.equal(pace.secondsFor(100), null);
});
