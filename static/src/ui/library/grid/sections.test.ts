import assert from "node:assert/strict";
import { describe, test } from "node:test";

// Sentences ask the page for its language; here there is no page.
Object.assign(globalThis, { document: { documentElement: { lang: "en-GB" } } });
const { daySections, plainSection } = await import("./sections.ts");
const { dayNumber, daysTitle, monthsTitle } = await import("../dates.ts");

const HEIGHTS = { month: 80, day: 40 };
const at = (month: number, day: number, year = 2026): number => Date.UTC(year, month - 1, day, 12);
const TODAY = dayNumber(at(11, 22));
const many = (time: number, count: number): number[] => Array.from({ length: count }, () => time);
const sections = (...times: number[]): ReturnType<typeof daySections> => daySections(Float64Array.from(times), HEIGHTS, TODAY);
const titles = (...times: number[]): string[] => sections(...times).map(({ firstDay, lastDay }) => daysTitle(firstDay, lastDay, TODAY));

describe("photos under their days", () => {
  test("stand alone when a day has a row of them", () => {
    assert.deepEqual(titles(...many(at(11, 15), 5), ...many(at(11, 14), 4)), ["Sunday 15 November", "Saturday 14 November"]);
  });

  test("share a row when their days are short, but today and yesterday never do", () => {
    assert.deepEqual(titles(at(11, 22), at(11, 21), at(11, 12), at(11, 11), at(11, 9)), ["Today", "Yesterday", "9 to 12 November"]);
  });

  test("begin a month with its heading and its count", () => {
    const [first, second, third] = sections(...many(at(11, 15), 5), ...many(at(11, 14), 4), ...many(at(10, 3), 6));
    assert.deepEqual([first?.heading, second?.heading, third?.heading], [120, 40, 120]);
    assert.deepEqual([first?.monthCount, second?.monthCount, third?.monthCount], [9, 0, 6]);
  });

  test("of sparse months of one year share a heading, of two years they do not", () => {
    const joined = sections(at(8, 14, 2022), at(2, 16, 2022), at(12, 24, 2021));
    assert.deepEqual(joined.map(({ start, end, monthCount }) => [start, end, monthCount]), [[0, 2, 2], [2, 3, 1]]);
    assert.equal(monthsTitle(joined[0]?.oldest ?? 0, joined[0]?.time ?? 0), "February to August 2022");
    assert.equal(daysTitle(joined[0]?.firstDay ?? 0, joined[0]?.lastDay ?? 0, TODAY), "16 February to 14 August");
  });

  test("keep a month of this year its own heading, however few its photos", () => {
    assert.equal(sections(at(10, 3), at(9, 2)).length, 2);
  });

  test("cover every photo exactly once", () => {
    const times = Array.from({ length: 5000 }, (_, index) => at(11, 22) - index * index * 40_000);
    let next = 0;
    for (const { start, end } of sections(...times)) {
      assert.equal(start, next);
      assert.ok(end > start);
      next = end;
    }
    assert.equal(next, times.length);
  });
});

test("a list in an order of its own has one section without a heading", () => {
  assert.deepEqual(plainSection(Float64Array.from([5, 9, 1])).map(({ start, end, heading }) => [start, end, heading]), [[0, 3, 0]]);
  assert.deepEqual(plainSection(new Float64Array()), []);
});
