/** Which photos stand under which heading: one run for each day, gathered by month. */
import { DAY_MS, dayNumber, monthNumber, todayNumber } from "../dates.ts";
import type { Section } from "../layout.ts";

export interface HeadingHeights {
  readonly month: number;
  readonly day: number;
}

export interface DaySection extends Section {
  /** Days since 1970; the same day unless short days stand together. */
  readonly firstDay: number;
  readonly lastDay: number;
  /** The month's photos when this is its first section, else 0. */
  readonly monthCount: number;
  /** Wall-clock time of its first photo, its newest. */
  readonly time: number;
  /** Wall-clock day of its last photo, for a heading over several months. */
  readonly oldest: number;
}

/** Days with fewer photos than this share a row with their neighbours of the same month. */
const SHORT_DAY = 4;

interface Run {
  start: number;
  end: number;
  firstDay: number;
  lastDay: number;
  month: number;
}

function dayRuns(times: Float64Array): Run[] {
  const runs: Run[] = [];
  let start = 0;
  while (start < times.length) {
    const day = dayNumber(times[start] ?? 0);
    let end = start + 1;
    while (end < times.length && dayNumber(times[end] ?? 0) === day) end += 1;
    runs.push({ start, end, firstDay: day, lastDay: day, month: monthNumber(day * DAY_MS) });
    start = end;
  }
  return runs;
}

/** Short days are joined until they fill a row; today and yesterday always stand by themselves. */
function joinShortDays(runs: readonly Run[], today: number): Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    const canJoin =
      last !== undefined &&
      last.month === run.month &&
      last.firstDay < today - 1 &&
      last.end - last.start < SHORT_DAY &&
      run.end - run.start < SHORT_DAY;
    if (canJoin) {
      last.end = run.end;
      last.firstDay = run.firstDay;
    } else joined.push({ ...run });
  }
  return joined;
}

/** Months of a past year with hardly a photo share a heading, so that a long past does not become a long page. */
function joinSparseMonths(runs: readonly Run[], counts: ReadonlyMap<number, number>, today: number): Run[] {
  const thisYear = Math.floor(monthNumber(today * DAY_MS) / 12);
  const isSparse = ({ month }: Run): boolean => Math.floor(month / 12) < thisYear && (counts.get(month) ?? 0) < SHORT_DAY;
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    const isSameYear = last !== undefined && Math.floor(last.month / 12) === Math.floor(run.month / 12);
    if (last !== undefined && isSameYear && isSparse(last) && isSparse(run) && last.month !== run.month) {
      last.end = run.end;
      last.firstDay = run.firstDay;
    } else joined.push({ ...run });
  }
  return joined;
}

/** Sections of a view that is newest first. */
export function daySections(times: Float64Array, heights: HeadingHeights, today: number = todayNumber()): readonly DaySection[] {
  const days = joinShortDays(dayRuns(times), today);
  const runs = joinSparseMonths(days, countByMonth(days), today);
  const counts = countByMonth(runs);
  let month = NaN;
  return runs.map((run) => {
    const isFirst = run.month !== month;
    month = run.month;
    return {
      start: run.start,
      end: run.end,
      heading: heights.day + (isFirst ? heights.month : 0),
      firstDay: run.firstDay,
      lastDay: run.lastDay,
      monthCount: isFirst ? (counts.get(run.month) ?? 0) : 0,
      time: times[run.start] ?? 0,
      oldest: run.firstDay * DAY_MS,
    };
  });
}

function countByMonth(runs: readonly Run[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const run of runs) counts.set(run.month, (counts.get(run.month) ?? 0) + run.end - run.start);
  return counts;
}

/** One section without a heading, for lists in an order of their own. */
export function plainSection(times: Float64Array): readonly DaySection[] {
  if (times.length === 0) return [];
  const day = dayNumber(times[0] ?? 0);
  return [{ start: 0, end: times.length, heading: 0, firstDay: day, lastDay: day, monthCount: 0, time: times[0] ?? 0, oldest: times[0] ?? 0 }];
}
