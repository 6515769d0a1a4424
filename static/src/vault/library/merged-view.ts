/** Two views that are both newest first, as one. */
import type { Item, View } from "./view.ts";

/** Newest first; equal times by id, as rows are. */
function comesFirst(own: View, at: number, others: View, to: number): boolean {
  const left = own.times[at] ?? -Infinity;
  const right = others.times[to] ?? -Infinity;
  return left === right ? own.idAt(at) > others.idAt(to) : left > right;
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

  constructor(own: View, others: View) {
    this.#own = own;
    this.#others = others;
    this.count = own.count + others.count;
    this.times = new Float64Array(this.count);
    this.ratios = new Float32Array(this.count);
    this.#order = new Int32Array(this.count);
    for (let at = 0, to = 0, place = 0; place < this.count; place += 1) {
      const isOwn = to >= others.count || (at < own.count && comesFirst(own, at, others, to));
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
