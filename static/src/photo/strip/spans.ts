/**
 * Byte ranges that must or must not share ground.
 */

import type { Span } from "./bytes.ts";

/** What a box of the file says about media data: picture to keep, and metadata that must not be left. */
export interface MediaSpans {
  readonly kept: Span[];
  readonly dropped: Span[];
}

/** Spans sorted and merged, without empty ones. */
export function merged(spans: readonly Span[]): Span[] {
  const sorted = spans.filter((span) => span.end > span.start).sort((left, right) => left.start - right.start);
  const result: { start: number; end: number }[] = [];
  for (const span of sorted) {
    const last = result.at(-1);
    if (last !== undefined && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else result.push({ start: span.start, end: span.end });
  }
  return result;
}

/** True where any span of one list shares a byte with any of the other; sorted once, then one pass. */
export function overlaps(left: readonly Span[], right: readonly Span[]): boolean {
  const first = merged(left);
  const second = merged(right);
  let k = 0;
  for (const span of first) {
    for (let other = second[k]; other !== undefined && other.end <= span.start; other = second[k]) k += 1;
    const next = second[k];
    if (next !== undefined && next.start < span.end) return true;
  }
  return false;
}

/** True where every span lies wholly inside one of the areas. */
export function within(spans: readonly Span[], areas: readonly Span[]): boolean {
  const sorted = merged(areas);
  let k = 0;
  for (const span of merged(spans)) {
    for (let area = sorted[k]; area !== undefined && area.end < span.end; area = sorted[k]) k += 1;
    const area = sorted[k];
    if (area === undefined || span.start < area.start) return false;
  }
  return true;
}

/** True where two spans of one list share a byte. */
export function collide(spans: readonly Span[]): boolean {
  const sorted = [...spans].sort((left, right) => left.start - right.start);
  return sorted.some((span, k) => k > 0 && span.start < (sorted[k - 1]?.end ?? 0));
}
