import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { firstBelow, justify, neighbourInColumn, sectionAt, type Section } from "./layout.ts";
import { LIMIT, ScrollMap } from "./scroll-map.ts";

const OPTIONS = { width: 1000, rowHeight: 184, gap: 4 };

/** The same "random" ratios on every run: a linear congruential generator. */
function someRatios(count: number): Float32Array {
  const usual = [4 / 3, 3 / 4, 3 / 2, 1, 16 / 9];
  let state = 42;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return usual[(state >>> 0) % usual.length] ?? 1;
  });
}

const whole = (count: number): Section[] => [{ start: 0, end: count, heading: 40 }];

describe("a justified page", () => {
  test("fills every row but the last from edge to edge", () => {
    const ratios = someRatios(200);
    const layout = justify(ratios, whole(200), OPTIONS);
    const lastTop = layout.top[199];
    for (let index = 0; index < 199; index += 1) {
      const endsRow = layout.top[index + 1] !== layout.top[index];
      if (!endsRow || layout.top[index] === lastTop) continue;
      const right = (layout.left[index] ?? 0) + (layout.width[index] ?? 0);
      assert.ok(Math.abs(right - OPTIONS.width) < 0.5, `row ends at ${right}`);
    }
  });

  test("keeps every ratio, so that no photo is stretched", () => {
    const ratios = someRatios(200);
    const layout = justify(ratios, whole(200), OPTIONS);
    ratios.forEach((ratio, index) => {
      const drawn = (layout.width[index] ?? 0) / (layout.height[index] ?? 1);
      assert.ok(Math.abs(drawn - ratio) < 0.001);
    });
  });

  test("never overlaps two photos and never goes back up", () => {
    const layout = justify(someRatios(500), whole(500), OPTIONS);
    for (let index = 1; index < 500; index += 1) {
      const sameRow = layout.top[index] === layout.top[index - 1];
      const edge = (layout.left[index - 1] ?? 0) + (layout.width[index - 1] ?? 0);
      if (sameRow) assert.ok((layout.left[index] ?? 0) >= edge);
      else assert.ok((layout.top[index] ?? 0) > (layout.top[index - 1] ?? 0));
    }
  });

  test("does not blow up a single portrait or trust a broken size", () => {
    const ratios = Float32Array.from([0.66, Number.NaN, 0, -3, 900]);
    const sections = [0, 1, 2, 3, 4].map((start) => ({ start, end: start + 1, heading: 0 }));
    const layout = justify(ratios, sections, OPTIONS);
    for (const height of layout.height) assert.ok(height > 0 && height <= OPTIONS.rowHeight * 1.7);
    for (const width of layout.width) assert.ok(width > 0 && width <= OPTIONS.width + 0.5);
  });

  test("of nothing is empty", () => {
    assert.equal(justify(new Float32Array(0), [], OPTIONS).totalHeight, 0);
  });

  test("puts each section's heading above its photos", () => {
    const sections = [
      { start: 0, end: 7, heading: 40 },
      { start: 7, end: 30, heading: 90 },
    ];
    const layout = justify(someRatios(30), sections, OPTIONS);
    assert.equal(layout.top[7], (layout.sectionTop[1] ?? 0) + 90);
    assert.equal(sectionAt(layout, (layout.sectionTop[1] ?? 0) + 1), 1);
    assert.equal(sectionAt(layout, -5), 0);
  });
});

describe("finding photos", () => {
  const layout = justify(someRatios(400), whole(400), OPTIONS);

  test("finds the first one in view by halving", () => {
    for (const y of [0, 333, 4000, layout.totalHeight - 1]) {
      const plain = layout.top.findIndex((top, i) => top + (layout.height[i] ?? 0) >= y);
      assert.equal(firstBelow(layout, y), plain);
    }
  });

  test("moves down and up a column by what the eye sees", () => {
    const below = neighbourInColumn(layout, 2, 1);
    assert.ok((layout.top[below] ?? 0) > (layout.top[2] ?? 0));
    const centre = (layout.left[2] ?? 0) + (layout.width[2] ?? 0) / 2;
    assert.ok((layout.left[below] ?? 0) <= centre + 4);
    assert.equal(layout.top[neighbourInColumn(layout, below, -1)], layout.top[2]);
    assert.equal(neighbourInColumn(layout, 0, -1), 0);
    assert.equal(neighbourInColumn(layout, 399, 1), 399);
  });
});

describe("a page higher than a browser can draw", () => {
  test("reaches both ends and goes there and back", () => {
    const map = new ScrollMap(90_000_000, 800);
    assert.equal(map.pageHeight, LIMIT);
    assert.equal(map.toContent(0), 0);
    assert.equal(map.toContent(LIMIT - 800), 90_000_000 - 800);
    assert.ok(Math.abs(map.toContent(map.toScroll(45_000_000)) - 45_000_000) < 1);
  });

  test("is left alone while it fits", () => {
    const map = new ScrollMap(5000, 800);
    assert.equal(map.toContent(1234), 1234);
    assert.equal(map.shift(1234), 0);
    assert.equal(new ScrollMap(300, 800).toContent(50), 0);
  });
});
