/** An immutable, ordered selection of the library, shaped for the timeline. */
import type { ItemState, Row } from "./entry.ts";
import { matcher, type Filter } from "./filter.ts";
import { fromBase64Url } from "../../crypto/bytes.ts";
import { latestAddedFirst } from "./timeline-order.ts";
import type { Place, Rotation } from "./documents.ts";

/** Panoramas and strips beyond these would leave nothing of their neighbours. */
const NARROWEST = 0.25;
const WIDEST = 5;

/** A small snapshot of one photo. */
export interface Item {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly altText: string;
  readonly kind: string;
  readonly mediaType: string;
  readonly camera: string;
  readonly time: number;
  readonly isTimeKnown: boolean;
  readonly storedAt: number;
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
  readonly rotation: Rotation;
  readonly bytes: number;
  readonly thumbhash: Uint8Array | null;
  readonly isWhole: boolean;
  readonly hasThumbnail: boolean;
  readonly hasPreview: boolean;
  readonly isFavourite: boolean;
  readonly isArchived: boolean;
  readonly binnedAt: number | null;
  readonly purgeAt: number | null;
  readonly place: Place | null;
  readonly albums: readonly string[];
  readonly rating: number;
  readonly state: ItemState;
  readonly version: number;
}

export interface View {
  readonly count: number;
  /** In view order: wall-clock milliseconds as if UTC. */
  readonly times: Float64Array;
  /** In view order: width / height after turning, within what a row can show. */
  readonly ratios: Float32Array;
  /** @throws RangeError outside the view. */
  idAt(index: number): string;
  itemAt(index: number): Item;
  /** -1 when the photo is not in the view. */
  indexOf(id: string): number;
  /** Whether another shows the same photos in the same order, each as this one does. May answer false where it is not known. */
  isLike(other: View): boolean;
}

/** Width / height after turning; 1 when the size is unknown. */
export function ratioOf({ width, height, rotation }: Pick<Row, "width" | "height" | "rotation">): number {
  if (width <= 0 || height <= 0) return 1;
  return rotation === 90 || rotation === 270 ? height / width : width / height;
}

function thumbhashOf(row: Row): Uint8Array | null {
  try {
    return row.thumbhash === "" ? null : fromBase64Url(row.thumbhash);
  } catch {
    return null;
  }
}

export function itemOf(row: Row): Item {
  const { id, name, title, altText, kind, mediaType, camera, time, isTimeKnown, storedAt, width, height, rotation } = row;
  const { bytes, isWhole, version, isFavourite, isArchived, binnedAt, purgeAt, place, albums, rating, state, parts } = row;
  return {
    id, name, title, altText, kind, mediaType, camera, time, isTimeKnown, storedAt, width, height, rotation,
    bytes, isWhole, version, isFavourite, isArchived, binnedAt, purgeAt, place, albums, rating, state,
    ratio: ratioOf(row),
    thumbhash: thumbhashOf(row),
    hasThumbnail: parts.thumbnail !== undefined,
    hasPreview: parts.preview !== undefined,
  };
}

/** The rows of a view, laid out in columns. */
export class ColumnView implements View {
  readonly times: Float64Array;
  readonly ratios: Float32Array;
  readonly #rows: readonly Row[];
  #places: ReadonlyMap<string, number> | null = null;

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
    this.times = new Float64Array(rows.length);
    this.ratios = new Float32Array(rows.length);
    rows.forEach((row, index) => {
      this.times[index] = row.time;
      this.ratios[index] = Math.min(WIDEST, Math.max(NARROWEST, ratioOf(row)));
    });
  }

  get count(): number {
    return this.#rows.length;
  }

  idAt(index: number): string {
    return this.#row(index).id;
  }

  itemAt(index: number): Item {
    return itemOf(this.#row(index));
  }

  indexOf(id: string): number {
    this.#places ??= new Map(this.#rows.map((row, index) => [row.id, index]));
    return this.#places.get(id) ?? -1;
  }

  isLike(other: View): boolean {
    // A row is never written over: what changes of a photo comes as another.
    return other instanceof ColumnView && other.#rows.length === this.#rows.length && this.#rows.every((row, index) => row === other.#rows[index]);
  }

  #row(index: number): Row {
    const row = this.#rows[index];
    if (row === undefined) throw new RangeError(`A view of ${this.#rows.length} has no photo ${index}.`);
    return row;
  }
}

/** Lays photos out in the order a person gave them; what they did not place follows, newest first. */
function inSequence(rows: readonly Row[], sequence: readonly string[]): readonly Row[] {
  const places = new Map(sequence.map((id, index) => [id, index]));
  const placeOf = (row: Row): number => places.get(row.id) ?? sequence.length;
  return [...rows].sort((left, right) => placeOf(left) - placeOf(right));
}

/** Take a view of rows that are newest first. `hidden` are photos about to be deleted. */
export function viewOf(
  rows: readonly Row[], filter: Filter, hidden: ReadonlySet<string>, sequence: readonly string[] = [],
): View {
  const matches = matcher(filter);
  const shown = hidden.size === 0 ? rows.filter(matches) : rows.filter((row) => matches(row) && !hidden.has(row.id));
  if (filter.order === "added") return new ColumnView(shown.sort(latestAddedFirst));
  return new ColumnView(filter.order === "custom" ? inSequence(shown, sequence) : shown);
}
