import assert from "node:assert/strict";
import { test } from "node:test";

import type { Row } from "./entry.ts";
import { MergedView, precedesIn } from "./merged-view.ts";
import { newestFirst } from "./timeline-order.ts";
import { ColumnView, viewOf as orderedView, type View } from "./view.ts";

function row(id: string, time: number, width = 3): Row {
  return {
    id, time, width, height: 2, name: id, title: "", altText: "", kind: "jpeg", mediaType: "image/jpeg", camera: "", words: "",
    isTimeKnown: true, storedAt: 0, rotation: 0, bytes: 1, thumbhash: "", isWhole: false, place: null, rating: 0,
    isFavourite: false, isArchived: false, binnedAt: null, purgeAt: null, albums: [], state: "fine", version: 1, parts: {}, wrappedContentKey: "",
  };
}

const viewOf = (rows: readonly Row[]): View => new ColumnView([...rows].sort(newestFirst));
const idsOf = (view: View): string => Array.from({ length: view.count }, (_, at) => view.idAt(at)).join(" ");

test("photos of two lists stand in one order, newest first, and equal times by id", () => {
  const own = viewOf([row("a", 9), row("c", 5), row("e", 5), row("z", 1)]);
  const others = viewOf([row("d", 5), row("b", 7), row("y", 0)]);
  assert.equal(idsOf(new MergedView(own, others)), "a b e d c z y");
});

test("each photo is found at its place, with its own time and shape", () => {
  const view = new MergedView(viewOf([row("a", 9), row("c", 5)]), viewOf([row("b", 7, 4)]));
  assert.deepEqual(["a", "b", "c", "nobody"].map((id) => view.indexOf(id)), [0, 1, 2, -1]);
  assert.deepEqual([...view.times], [9, 7, 5]);
  assert.deepEqual([...view.ratios], [1.5, 2, 1.5]);
  assert.equal(view.itemAt(1).id, "b");
  assert.throws(() => view.idAt(3), RangeError);
});

test("any two lists come out as sorting all of their photos would", () => {
  // A small generator with a fixed seed: the same lists at every run.
  let seed = 12;
  const next = (below: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
  for (let round = 0; round < 50; round += 1) {
    const rows = Array.from({ length: next(40) }, (_, at) => row(`photo-${at}`, next(9)));
    const mine = rows.filter(() => next(3) > 0);
    const view = new MergedView(viewOf(mine), viewOf(rows.filter((each) => !mine.includes(each))));
    assert.equal(idsOf(view), idsOf(viewOf(rows)));
    assert.ok(rows.every(({ id }) => view.idAt(view.indexOf(id)) === id));
  }
});

test("in each order of an album, two lists come out as one list of all of them would", () => {
  let seed = 31;
  const next = (below: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
  for (let round = 0; round < 50; round += 1) {
    const rows = Array.from({ length: next(40) }, (_, at) => ({ ...row(`photo-${at}`, next(9)), storedAt: next(9) })).sort(newestFirst);
    const mine = rows.filter(() => next(3) > 0);
    const theirs = rows.filter((each) => !mine.includes(each));
    const sequence = rows.filter(() => next(2) > 0).map(({ id }) => id).reverse();
    for (const order of ["captured", "added", "custom"] as const) {
      const [own, others, all] = [mine, theirs, rows].map((some) => orderedView(some, { order }, new Set(), sequence));
      assert.ok(own && others && all);
      assert.equal(idsOf(new MergedView(own, others, precedesIn(order, sequence))), idsOf(all), order);
    }
  }
});

test("views are alike while each place holds the same photo as it was, and not when one of them changed", () => {
  const [a, b, c] = [row("a", 9), row("b", 7), row("c", 5)];
  const merged = (own: readonly Row[], others: readonly Row[]): View => new MergedView(viewOf(own), viewOf(others));
  assert.equal(viewOf([a, c]).isLike(viewOf([a, c])), true);
  assert.equal(viewOf([a, c]).isLike(viewOf([a, row("c", 5)])), false);
  assert.equal(viewOf([a, c]).isLike(viewOf([a])), false);
  assert.equal(viewOf([a]).isLike(viewOf([a, c])), false);
  assert.equal(merged([a, c], [b]).isLike(merged([a, c], [b])), true);
  assert.equal(merged([a, c], [b]).isLike(merged([a, b], [c])), false);
  assert.equal(merged([a, c], [b]).isLike(merged([a, c], [row("b", 7)])), false);
  assert.equal(merged([a, c], [b]).isLike(viewOf([a, b, c])), false);
  const later = new MergedView(viewOf([a, c]), viewOf([b]), () => true);
  assert.equal(later.isLike(merged([a, c], [b])), false);
});
