/**
 * Where each photo of the timeline stands: justified rows under day and month headings.
 *
 * Pure arithmetic over typed arrays, so 100,000 photos are laid out in a few
 * milliseconds and the same input always gives the same page. All lengths are CSS pixels.
 */

/** One run of photos under a heading: a day, or a whole list without headings. */
export interface Section {
  /** Index of its first photo. */
  readonly start: number;
  /** Index after its last photo. */
  readonly end: number;
  /** Height of the heading above it; 0 for none. */
  readonly heading: number;
}

export interface LayoutOptions {
  readonly width: number;
  /** The height rows aim for. */
  readonly rowHeight: number;
  readonly gap: number;
}

/** The finished page. `left`, `top`, `width` and `height` are indexed by photo. */
export interface Layout {
  readonly left: Float64Array;
  readonly top: Float64Array;
  readonly width: Float32Array;
  readonly height: Float32Array;
  /** Top of each section's heading. */
  readonly sectionTop: Float64Array;
  readonly totalHeight: number;
}

/** A last row that cannot fill the width grows to this many times the aim, no further. */
const SHORT_ROW_LIMIT = 1.7;
/** Space between one section and the next heading. */
const SECTION_SPACE = 16;
/** Panoramas and slivers would break the rhythm of the rows; they are cropped in the grid. */
const WIDEST = 3.2;
const NARROWEST = 0.4;

/**
 * Lay out photos of the given aspect ratios (width / height) in justified rows.
 *
 * A row is closed where its height comes closest to the aim, and stretched or squeezed
 * to fill the width exactly; the last row of a section keeps its natural size.
 */
export function justify(
  ratios: Float32Array,
  sections: readonly Section[],
  options: LayoutOptions,
): Layout {
  const count = ratios.length;
  const layout = {
    left: new Float64Array(count),
    top: new Float64Array(count),
    width: new Float32Array(count),
    height: new Float32Array(count),
    sectionTop: new Float64Array(sections.length),
    totalHeight: 0,
  };
  let y = 0;
  sections.forEach((section, index) => {
    layout.sectionTop[index] = y;
    y = placeSection(layout, ratios, section, y + section.heading, options) + SECTION_SPACE;
  });
  layout.totalHeight = sections.length === 0 ? 0 : y - SECTION_SPACE;
  return layout;
}

function placeSection(
  layout: Layout,
  ratios: Float32Array,
  section: Section,
  top: number,
  options: LayoutOptions,
): number {
  let y = top;
  let start = section.start;
  while (start < section.end) {
    const row = takeRow(ratios, start, section.end, options);
    placeRow(layout, ratios, start, row.end, y, row.height, options.gap);
    y += row.height + options.gap;
    start = row.end;
  }
  return y - (section.end > section.start ? options.gap : 0);
}

/** How many photos from `start` make one row, and how high it is. */
function takeRow(
  ratios: Float32Array,
  start: number,
  sectionEnd: number,
  { width, rowHeight, gap }: LayoutOptions,
): { end: number; height: number } {
  let sum = 0;
  let previous = Infinity;
  for (let end = start + 1; end <= sectionEnd; end += 1) {
    sum += shown(ratios[end - 1]);
    const height = (width - gap * (end - start - 1)) / sum;
    if (height <= rowHeight) {
      const isCloserWithout = previous - rowHeight < rowHeight - height;
      if (isCloserWithout && previous <= rowHeight * SHORT_ROW_LIMIT) {
        return { end: end - 1, height: previous };
      }
      return { end, height };
    }
    previous = height;
  }
  const natural = previous <= rowHeight * 1.25 ? previous : rowHeight;
  return { end: sectionEnd, height: natural };
}

function placeRow(
  layout: Layout,
  ratios: Float32Array,
  start: number,
  end: number,
  top: number,
  height: number,
  gap: number,
): void {
  let x = 0;
  for (let index = start; index < end; index += 1) {
    const width = shown(ratios[index]) * height;
    layout.left[index] = x;
    layout.top[index] = top;
    layout.width[index] = width;
    layout.height[index] = height;
    x += width + gap;
  }
}

/** The ratio a tile is drawn with. A photo whose size nobody knows is a square. */
function shown(ratio: number | undefined): number {
  if (ratio === undefined || !(ratio > 0)) return 1;
  return Math.min(WIDEST, Math.max(NARROWEST, ratio));
}

/** The first photo whose bottom edge lies below `y`: rows are in order, so halving finds it. */
export function firstBelow(layout: Layout, y: number): number {
  let low = 0;
  let high = layout.top.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const bottom = (layout.top[middle] ?? 0) + (layout.height[middle] ?? 0);
    if (bottom < y) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last section whose heading starts at or above `y`. */
export function sectionAt(layout: Layout, y: number): number {
  let low = 0;
  let high = layout.sectionTop.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((layout.sectionTop[middle] ?? 0) <= y) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** The photo above or below, in the row that the eye would go to; the same photo at an end. */
export function neighbourInColumn(layout: Layout, index: number, direction: 1 | -1): number {
  const centre = (layout.left[index] ?? 0) + (layout.width[index] ?? 0) / 2;
  const here = layout.top[index];
  let at = index;
  while (layout.top[at] === here && at >= 0 && at < layout.top.length) at += direction;
  const there = layout.top[at];
  if (there === undefined) return index;
  let best = at;
  for (; layout.top[at] === there; at += direction) {
    const left = layout.left[at] ?? 0;
    const right = left + (layout.width[at] ?? 0);
    if (left <= centre && centre <= right) return at;
    best = at;
    if (direction === 1 ? left > centre : right < centre) return at;
  }
  return best;
}
