import assert from "node:assert/strict";
import { test } from "node:test";

import { readCorrections, readMetadata, type CorrectionsDocument } from "./documents.ts";
import { rowOf, type Entry, type Row } from "./entry.ts";
import { distance } from "./filter.ts";
import { OrderedRows } from "./timeline-order.ts";
import { itemOf, viewOf } from "./view.ts";

const NOBODY: ReadonlySet<string> = new Set();

function entry(id: string, metadata: Record<string, unknown> | null = {}, more: Partial<Entry> = {}): Entry {
  return {
    id, storedAt: "2026-11-20T10:00:00.000Z", verifiedAt: null, binnedAt: null, purgeAt: null, version: 1,
    parts: { original: 1000, thumbnail: 100 }, digests: {}, isDamaged: false, wrappedContentKey: "k", wrappedRecordKey: "r",
    marksNumber: 0, marks: { favourite: false, archived: false }, revision: 0, corrections: null,
    metadata: metadata === null ? null : readMetadata(metadata), albums: [], ...more,
  };
}

const taken = (local: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({ capturedAt: { local, zone: null, source: "exif" }, ...more });
const corrected = (value: Record<string, unknown>): CorrectionsDocument | null => readCorrections({ by: "person", ...value });

function ordered(...entries: readonly Entry[]): readonly Row[] {
  const rows = new OrderedRows();
  rows.apply(entries.map(rowOf), []);
  return rows.all;
}

const idsOf = (rows: readonly Row[]): string => rows.map(({ id }) => id).join(" ");
const shown = (rows: readonly Row[], filter: Parameters<typeof viewOf>[1], hidden = NOBODY): string => {
  const view = viewOf(rows, filter, hidden);
  return Array.from({ length: view.count }, (_, at) => view.idAt(at)).join(" ");
};

test("photos stand newest first by when they were taken, the corrected time before the camera's", () => {
  const rows = ordered(
    entry("a", taken("2020-01-01T00:00:00")),
    entry("b", taken("2022-01-01T00:00:00")),
    entry("c", taken("2023-01-01T00:00:00"), { corrections: corrected({ capturedAt: "2021-01-01T00:00:00" }) }),
  );
  assert.equal(idsOf(rows), "b c a");
});

test("a photo without a time stands where it was stored, and says so", () => {
  const [row] = ordered(entry("a", {}));
  assert.equal(row?.isTimeKnown, false);
  const stored = Date.parse("2026-11-20T10:00:00.000Z");
  assert.equal(row.time, stored - new Date(stored).getTimezoneOffset() * 60_000);
});

test("a correction to nothing takes the camera's word away", () => {
  const [row] = ordered(entry("a", { place: { lat: 1, lon: 2 }, title: "T" }, { corrections: corrected({ place: null, title: null }) }));
  assert.equal(row?.place, null);
  assert.equal(row.title, "");
});

test("a record that cannot be opened is still there, and harms no other", () => {
  const rows = ordered(entry("a", taken("2020-01-01T00:00:00")), entry("b", null), entry("c", taken("2021-01-01T00:00:00")));
  const broken = rows.find(({ id }) => id === "b");
  assert.ok(broken, "the broken one is there");
  assert.equal(itemOf(broken).state, "cannot-open");
  assert.equal(itemOf(broken).bytes, 1000);
  assert.equal(rows.length, 3);
  assert.equal(shown(rows, { cannotOpen: true }), "b");
});

test("changes and removals keep the order, whatever pieces they come in", () => {
  const rows = new OrderedRows();
  const all = Array.from({ length: 300 }, (_, at) => entry(`id-${at}`, taken(`2020-01-${String(1 + (at * 7) % 28).padStart(2, "0")}T00:00:${String(at % 60).padStart(2, "0")}`)));
  for (let at = 0; at < all.length; at += 37) rows.apply(all.slice(at, at + 37).map(rowOf), []);
  assert.deepEqual(rows.all, ordered(...all));
  const moved = entry("id-5", taken("2030-01-01T00:00:00"));
  rows.apply([rowOf(moved)], ["id-6"]);
  assert.equal(rows.all[0]?.id, "id-5");
  assert.equal(rows.all.length, 299);
  assert.equal(rows.byId("id-6"), undefined);
});

test("the timeline leaves out what is archived or in the bin; an album and the favourites only the bin", () => {
  const marks = { favourite: true, archived: true };
  const rows = ordered(
    entry("a"), entry("b", {}, { marks, albums: ["x"] }), entry("c", {}, { binnedAt: "2026-11-21T00:00:00Z", albums: ["x"] }),
  );
  assert.equal(shown(rows, {}), "a");
  assert.equal(shown(rows, { place: "archive" }), "b");
  assert.equal(shown(rows, { place: "bin" }), "c");
  assert.equal(shown(rows, { albumId: "x" }), "b");
  assert.equal(shown(rows, { favourite: true }), "b");
  assert.equal(viewOf(rows, { place: "everything" }, NOBODY).count, 3);
});

test("what is about to be deleted is in no view", () => {
  assert.equal(shown(ordered(entry("b"), entry("a")), {}, new Set(["a"])), "b");
});

test("words are found without case and accents, all of them, in every text", () => {
  const rows = ordered(
    entry("a", { name: "IMG_1.jpg", camera: "Canon EOS R5", keywords: ["Été"] }),
    entry("b", { name: "beach.png" }, { corrections: corrected({ title: "Sommer in Köln", altText: "two dogs" }) }),
  );
  assert.equal(shown(rows, { text: "ETE canon" }), "a");
  assert.equal(shown(rows, { text: "koln dogs" }), "b");
  assert.equal(shown(rows, { text: "canon dogs" }), "");
  assert.equal(shown(rows, { text: "  " }), "b a");
});

test("dates, kinds, cameras and places narrow a view", () => {
  const rows = ordered(
    entry("a", taken("2020-06-01T00:00:00", { kind: "jpeg", camera: "A", place: { lat: 52.52, lon: 13.405 } })),
    entry("b", taken("2021-06-01T00:00:00", { kind: "png", camera: "B", place: { lat: 48.85, lon: 2.35 } })),
    entry("c", taken("2021-07-01T00:00:00", { kind: "png" })),
  );
  assert.equal(shown(rows, { from: Date.parse("2021-01-01T00:00:00Z"), to: Date.parse("2021-07-01T00:00:00Z") }), "b");
  assert.equal(shown(rows, { kinds: ["png"] }), "c b");
  assert.equal(shown(rows, { cameras: ["A", "B"] }), "b a");
  assert.equal(shown(rows, { hasPlace: false }), "c");
  assert.equal(shown(rows, { near: { lat: 52.5, lon: 13.4, kilometres: 10 } }), "a");
  assert.equal(shown(rows, { cameras: [] }), "c b a");
});

test("the distance from Berlin to Paris is about 878 km", () => {
  assert.equal(Math.abs(distance({ lat: 52.52, lon: 13.405 }, { lat: 48.8566, lon: 2.3522 }) - 878) < 3, true);
});

test("a view turns with its photo, and keeps extreme shapes within what a row can show", () => {
  const rows = ordered(
    entry("c", { width: 300, height: 200 }),
    entry("b", { width: 300, height: 200 }, { corrections: corrected({ rotation: 90 }) }),
    entry("a", { width: 90_000, height: 10 }),
  );
  const view = viewOf(rows, {}, NOBODY);
  assert.deepEqual([...view.ratios].map((ratio) => Math.round(ratio * 100) / 100), [1.5, 0.67, 5]);
  assert.equal(view.indexOf("b"), 1);
  assert.equal(view.indexOf("nobody"), -1);
  assert.throws(() => view.idAt(3), RangeError);
});

test("an album can be shown in an order of its own; the rest follows", () => {
  const rows = ordered(...["a", "b", "c"].map((id) => entry(id, {}, { albums: ["x"] })));
  const view = viewOf(rows, { albumId: "x", order: "custom" }, NOBODY, ["b"]);
  assert.deepEqual([0, 1, 2].map((at) => view.idAt(at)), ["b", "c", "a"]);
});

test("what was added last stands first where that is asked for", () => {
  const rows = ordered(entry("a", taken("2030-01-01T00:00:00")), entry("b", taken("2000-01-01T00:00:00"), { storedAt: "2026-11-21T10:00:00Z" }));
  assert.equal(shown(rows, { order: "added" }), "b a");
});

test("a view of a hundred thousand photos is made well within a few frames", () => {
  const rows = new OrderedRows();
  const base = rowOf(entry("x", taken("2020-01-01T00:00:00", { width: 4000, height: 3000 })));
  for (let block = 0; block < 100; block += 1) {
    rows.apply(Array.from({ length: 1000 }, (_, at) => ({ ...base, id: `${block}-${at}`, time: base.time + ((at * 7919 + block * 104_729) % 1_000_003) * 1000 })), []);
  }
  const view = viewOf(rows.all, {}, NOBODY);
  assert.equal(view.count, 100_000);
  assert.equal(view.times.every((time, at) => at === 0 || time <= (view.times[at - 1] ?? 0)), true);
  // The best of several, because the machine does other things too.
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    viewOf(rows.all, {}, NOBODY);
    return performance.now() - start;
  });
  assert.ok(Math.min(...times) < 100, `${Math.min(...times)} ms`);
});
