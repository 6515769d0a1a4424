/** Two views in the same order, as one. */
import type { AlbumOrder } from "./documents.ts";
import type { Item, View } from "./view.ts";

/** Whether the photo at one place of one view stands before that at a place of another. */
export type Precedes = (own: View, at: number, others: View, to: number) => boolean;

/** Newest first; equal times by id, as rows are. */
const isNewer: Precedes = (own, at, others, to) => {
  const left = own.times[at] ?? -Infinity;
  const right = others.times[to] ?? -Infinity;
  return left === right ? own.idAt(at) > others.idAt(to) : left > right;
};

const isLaterAdded: Precedes = (own, at, others, to) => {
  const [left, right] = [own.itemAt(at), others.itemAt(to)];
  return left.storedAt === right.storedAt ? left.id > right.id : left.storedAt > right.storedAt;
};

/** As `viewOf` orders the photos of an album. */
export function precedesIn(order: AlbumOrder, sequence: readonly string[]): Precedes {
  if (order === "captured") return isNewer;
  if (order === "added") return isLaterAdded;
  const places = new Map(sequence.map((id, index) => [id, index]));
  const placeOf = (view: View, at: number): number => places.get(view.idAt(at)) ?? sequence.length;
  return (own, at, others, to) => {
    const [left, right] = [placeOf(own, at), placeOf(others, to)];
    return left === right ? isNewer(own, at, others, to) : left < right;
  };
}

/**
 * One pass over numbers; the photos themselves stay where they are. A place in the order is
 * kept as an index into `own`, or as `-1 - index` into `others`.
 */
export class MergedView implements View {
  readonly count: number;
  readonly times: Float64Array;
  readonly ratios: Float32Array;
  readonly #own: View;
  readonly #others: View;
  readonly #order: Int32Array;
  #places: { readonly own: Int32Array; readonly others: Int32Array } | null = null;

  constructor(own: View, others: View, precedes: Precedes = isNewer) {
    this.#own = own;
    this.#others = others;
    this.count = own.count + others.count;
    this.times = new Float64Array(this.count);
    this.ratios = new Float32Array(this.count);
    this.#order = new Int32Array(this.count);
    for (let at = 0, to = 0, place = 0; place < this.count; place += 1) {
      const isOwn = to >= others.count || (at < own.count && precedes(own, at, others, to));
      const view = isOwn ? own : others;
      const index = isOwn ? at : to;
      this.times[place] = view.times[index] ?? 0;
      this.ratios[place] = view.ratios[index] ?? 1;
      this.#order[place] = isOwn ? at : -1 - to;
      if (isOwn) at += 1;
      else to += 1;
    }
  }

  idAt(index: number): string {
    const place = this.#placeOf(index);
    return place < 0 ? this.#others.idAt(-1 - place) : this.#own.idAt(place);
  }

  itemAt(index: number): Item {
    const place = this.#placeOf(index);
    return place < 0 ? this.#others.itemAt(-1 - place) : this.#own.itemAt(place);
  }

  indexOf(id: string): number {
    const { own, others } = (this.#places ??= this.#turnedRound());
    return own[this.#own.indexOf(id)] ?? others[this.#others.indexOf(id)] ?? -1;
  }

  isLike(other: View): boolean {
    return (
      other instanceof MergedView && this.#own.isLike(other.#own) && this.#others.isLike(other.#others) &&
      this.#order.every((place, index) => place === other.#order[index])
    );
  }

  #placeOf(index: number): number {
    const place = this.#order[index];
    if (place === undefined) throw new RangeError(`A view of ${this.count} has no photo ${index}.`);
    return place;
  }

  #turnedRound(): { readonly own: Int32Array; readonly others: Int32Array } {
    const [own, others] = [new Int32Array(this.#own.count), new Int32Array(this.#others.count)];
    this.#order.forEach((place, index) => {
      if (place < 0) others[-1 - place] = index;
      else own[place] = index;
    });
    return { own, others };
  }
}
