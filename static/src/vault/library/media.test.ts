import assert from "node:assert/strict";
import { test } from "node:test";

import { bridge, LibraryError, type Remote } from "./bridge.ts";
import type { MediaRequest, MediaWorker, Picture } from "./contract.ts";
import { Media, type MediaSource } from "./media.ts";
import { MediaPool } from "./media-pool.ts";

const request = (id: string, part: MediaRequest["part"] = "thumbnail"): MediaRequest => ({ id, part, version: 1, wrappedContentKey: "", mediaType: "image/webp" });

const library = {
  mediaRequest: (id: string, part: MediaRequest["part"]) => (id.startsWith("bare") && part !== "original" ? null : request(id, part)),
  byId: () => null,
};

const SMALL = `data:image/webp;base64,${"A".repeat(77)}`;

/** Opens what it is asked to, 100 bytes each, when let. */
class Source implements MediaSource {
  readonly asked: { readonly name: string; readonly signal: AbortSignal; settle: () => void }[] = [];

  show({ id, part }: MediaRequest, _priority: unknown, signal: AbortSignal): Promise<Picture> {
    return new Promise((resolve, reject) => {
      const picture = id.startsWith("small") ? SMALL : new Blob([new Uint8Array(100)], { type: "image/webp" });
      this.asked.push({ name: `${id} ${part}`, signal, settle: () => { resolve(picture); } });
      signal.addEventListener("abort", () => { reject(signal.reason as Error); });
    });
  }

  settleAll(): void {
    for (const { settle } of this.asked) settle();
  }
}

class Urls {
  readonly live = new Set<string>();
  #made = 0;
  create(): string {
    this.#made += 1;
    this.live.add(`blob:${this.#made}`);
    return `blob:${this.#made}`;
  }
  revoke(url: string): void {
    this.live.delete(url);
  }
}

function scene(limit = 250): { media: Media; source: Source; urls: Urls } {
  const [source, urls] = [new Source(), new Urls()];
  return { media: new Media(library, source, urls, limit), source, urls };
}

test("askers for the same picture share one fetch and one address", async () => {
  const { media, source } = scene();
  const both = Promise.all([media.thumbnail("a"), media.thumbnail("a")]);
  source.settleAll();
  const [first, second] = await both;
  assert.equal(source.asked.length, 1);
  assert.equal(first.url, second.url);
});

test("a small picture has its bytes in its address, and takes room like any other", async () => {
  const { media, source, urls } = scene();
  const names = ["small-a", "small-b", "small-c"];
  const all = Promise.all(names.map((id) => media.thumbnail(id)));
  source.settleAll();
  const handles = await all;
  assert.deepEqual(handles.map(({ url, mediaType, bytes }) => ({ url, mediaType, bytes })), names.map(() => ({ url: SMALL, mediaType: "image/webp", bytes: 100 })));
  for (const each of handles) each.release();
  // Of the three, the one used last has no room any more.
  for (const id of names) media.thumbnail(id).catch(() => undefined);
  assert.equal(source.asked.length, 4);
  media.clear();
  assert.equal(urls.live.size, 0);
});

test("two drops under one image id are two pictures", async () => {
  const source = new Source();
  const dropped = { mediaRequest: (id: string, part: MediaRequest["part"]) => ({ ...request("one image", part), drop: id }), byId: () => null };
  const media = new Media(dropped, source, new Urls(), 1000);
  const both = Promise.all([media.thumbnail("hers"), media.thumbnail("his")]);
  source.settleAll();
  const [hers, his] = await both;
  assert.equal(source.asked.length, 2);
  assert.notEqual(hers.url, his.url);
});

test("the cache keeps to its bytes, drops the least recently used, and never what is shown", async () => {
  const { media, source, urls } = scene(250);
  const open = async (id: string) => {
    const coming = media.thumbnail(id);
    source.settleAll();
    return await coming;
  };
  const [a, b, c] = [await open("a"), await open("b"), await open("c")];
  assert.equal(urls.live.size, 3);
  b.release();
  assert.equal(!urls.live.has(b.url), true);
  a.release();
  a.release();
  c.release();
  assert.equal(urls.live.size, 2);
  (await open("a")).release();
  const d = await open("d");
  assert.equal(urls.live.has(a.url) && urls.live.has(d.url) && !urls.live.has(c.url), true);
});

test("releasing one handle twice does not take the picture from under another", async () => {
  const { media, source, urls } = scene(50);
  const both = Promise.all([media.thumbnail("a"), media.thumbnail("a")]);
  source.settleAll();
  const [first, second] = await both;
  first.release();
  first.release();
  assert.equal(urls.live.has(second.url), true);
  second.release();
  assert.equal(urls.live.size, 0);
});

test("a fetch ends when the last asker leaves, not before", async () => {
  const { media, source } = scene();
  const [first, second] = [new AbortController(), new AbortController()];
  const asked = [media.thumbnail("a", { signal: first.signal }), media.thumbnail("a", { signal: second.signal })];
  first.abort();
  await assert.rejects(asked[0] ?? Promise.resolve(), { name: "AbortError" });
  assert.equal(source.asked[0]?.signal.aborted, false);
  second.abort();
  await assert.rejects(asked[1] ?? Promise.resolve(), { name: "AbortError" });
  assert.equal(source.asked[0].signal.aborted, true);
  const again = media.thumbnail("a");
  source.settleAll();
  await again;
  assert.equal(source.asked.length, 2);
});

test("a preview falls back to an original the browser can show, a thumbnail to nothing", async () => {
  const { media, source } = scene();
  const preview = media.preview("bare");
  source.settleAll();
  await preview;
  assert.equal(source.asked[0]?.name, "bare original");
  await assert.rejects(media.thumbnail("bare"), { code: "no_thumbnail" });
});

test("locking revokes every address and ends every fetch", async () => {
  const { media, source, urls } = scene();
  const shown = media.thumbnail("a");
  source.settleAll();
  await shown;
  const coming = media.thumbnail("b");
  media.clear();
  await assert.rejects(coming);
  assert.equal(urls.live.size, 0);
});

/** A worker that opens nothing until told, and notes what it was asked for. */
class SlowWorker {
  readonly opened: string[] = [];
  readonly cancelled: number[] = [];
  readonly finish: (() => void)[] = [];
  readonly remote = {
    open: (asked: MediaRequest) => {
      this.opened.push(asked.id);
      return new Promise<Blob>((resolve) => this.finish.push(() => { resolve(new Blob([])); }));
    },
    cancel: (ticket: number) => Promise.resolve(void this.cancelled.push(ticket)),
  } as unknown as Remote<MediaWorker>;
}

/** As many as are on their way at once. */
const PLACES = ["1", "2", "3", "4", "5", "6"];

test("two workers have as many on their way together as one", () => {
  const [left, right] = [new SlowWorker(), new SlowWorker()];
  const pool = new MediaPool([left.remote, right.remote]);
  for (const id of [...PLACES, "7"]) void pool.open(request(id), "visible", new AbortController().signal);
  assert.deepEqual([left.opened, right.opened], [["1", "3", "5"], ["2", "4", "6"]]);
});

test("what is visible goes before what may be soon, and the newest wish before the oldest", async () => {
  const worker = new SlowWorker();
  const pool = new MediaPool([worker.remote]);
  const { signal } = new AbortController();
  for (const id of PLACES) void pool.open(request(id), "visible", signal);
  for (const id of ["soon", "old", "new"]) void pool.open(request(id), id === "soon" ? "soon" : "visible", signal);
  assert.deepEqual(worker.opened, PLACES);
  for (let at = 0; at < 3; at += 1) {
    worker.finish[at]?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(worker.opened, [...PLACES, "new", "old", "soon"]);
});

test("a wish that is withdrawn before its turn is never fetched", async () => {
  const worker = new SlowWorker();
  const pool = new MediaPool([worker.remote]);
  const stop = new AbortController();
  for (const id of PLACES) void pool.open(request(id), "visible", new AbortController().signal);
  const gone = pool.open(request("gone"), "visible", stop.signal);
  stop.abort();
  await assert.rejects(gone, { name: "AbortError" });
  worker.finish[0]?.();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(worker.opened, PLACES);
});

test("the pool is at rest once nothing is wanted any more, however it ended", async () => {
  const worker = new SlowWorker();
  const pool = new MediaPool([worker.remote]);
  await pool.atRest();
  const stop = new AbortController();
  for (const id of ["1", "2", "3"]) void pool.open(request(id), "visible", new AbortController().signal);
  const withdrawn = pool.open(request("waiting"), "visible", stop.signal).catch(() => undefined);
  let isAtRest = false;
  const rested = pool.atRest().then(() => { isAtRest = true; });

  for (let at = 0; at < 3; at += 1) {
    assert.equal(isAtRest, false);
    if (at === 2) stop.abort();
    worker.finish[at]?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  worker.finish[3]?.();
  await withdrawn;

  await rested;
});

interface Echo {
  twice(value: number): number;
  refuse(): void;
  break(): void;
  never(): void;
}

function echo(): { remote: Remote<Echo>; abandon: () => void; close: () => void } {
  const { port1, port2 } = new MessageChannel();
  const ours = {
    twice: (value: number) => value * 2,
    refuse: () => { throw new LibraryError("full", "There is no room."); },
    break: () => { throw new TypeError("secret internals"); },
    never: () => new Promise(() => undefined),
  };
  bridge<object>(port2, ours);
  const link = bridge<Echo>(port1, {});
  return { remote: link.remote, abandon: () => { link.abandon({ code: "ended", sentence: "It ended." }); }, close: () => { port1.close(); port2.close(); } };
}

test("a bridge carries answers, refusals with their code, and nothing of other errors", async () => {
  const { remote, close } = echo();
  assert.equal(await remote.twice(21), 42);
  await assert.rejects(remote.refuse(), { code: "full", message: "There is no room." });
  await assert.rejects(remote.break(), (error) => error instanceof LibraryError && error.code === "unexpected" && !error.message.includes("secret"));
  await assert.rejects((remote as unknown as { missing(): Promise<void> }).missing(), { code: "unexpected" });
  close();
});

test("a bridge that is abandoned refuses what it still owes", async () => {
  const { remote, abandon, close } = echo();
  const owed = remote.never();
  abandon();
  await assert.rejects(owed, { code: "ended" });
  close();
});
