/** All rows of the library, kept newest first. */
import type { Row } from "./entry.ts";

/** Newest first; equal times by id, so that the order never depends on how the rows came. */
export function newestFirst(left: Row, right: Row): number {
  return right.time - left.time || (left.id < right.id ? 1 : -1);
}

/** Latest upload first. */
export function latestAddedFirst(left: Row, right: Row): number {
  return right.storedAt - left.storedAt || (left.id < right.id ? 1 : -1);
}

function merge(left: readonly Row[], right: readonly Row[]): Row[] {
  if (left.length === 0) return [...right];
  const merged: Row[] = [];
  let at = 0;
  for (const row of right) {
    for (let next = left[at]; next !== undefined && newestFirst(next, row) <= 0; next = left[at]) {
      merged.push(next);
      at += 1;
    }
    merged.push(row);
  }
  return merged.concat(left.slice(at));
}

/**
 * Rows by id and in order.
 *
 * A change is merged into the order in one pass, so adding a thousand to a hundred thousand
 * never sorts the hundred thousand again.
 */
export class OrderedRows {
  readonly #byId = new Map<string, Row>();
  readonly #texts = new Map<string, string>();
  #order: readonly Row[] = [];
  /** Ids whose place in the order is to be looked at again. */
  #stale = new Set<string>();

  /** Newest first. Changes since the last time are merged now, so many small ones cost as much as one. */
  get all(): readonly Row[] {
    if (this.#stale.size > 0) this.#settle();
    return this.#order;
  }

  byId(id: string): Row | undefined {
    return this.#byId.get(id);
  }

  apply(upserts: readonly Row[], removals: readonly string[]): void {
    for (const id of removals) this.#byId.delete(id);
    for (const row of upserts) this.#byId.set(row.id, this.#shared(row));
    for (const id of removals) this.#stale.add(id);
    for (const { id } of upserts) this.#stale.add(id);
  }

  #settle(): void {
    const stale = this.#stale;
    this.#stale = new Set();
    const fresh = [...stale].map((id) => this.#byId.get(id)).filter((row) => row !== undefined);
    const kept = this.#order.length === 0 ? [] : this.#order.filter((row) => !stale.has(row.id));
    this.#order = merge(kept, fresh.sort(newestFirst));
  }

  clear(): void {
    this.#byId.clear();
    this.#texts.clear();
    this.#stale.clear();
    this.#order = [];
  }

  /** The same camera name a hundred thousand times is kept once. */
  #shared(row: Row): Row {
    const { kind, camera, mediaType } = row;
    return { ...row, kind: this.#text(kind), camera: this.#text(camera), mediaType: this.#text(mediaType) };
  }

  #text(value: string): string {
    const known = this.#texts.get(value);
    if (known !== undefined) return known;
    this.#texts.set(value, value);
    return value;
  }
}
