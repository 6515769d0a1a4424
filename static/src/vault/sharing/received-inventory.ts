/**
 * What is known to be in an album, so that one that changed is read no further than to where all is known again.
 *
 * The history alone says what came, what went, and what stands in the place of something. What came is looked for among the newest photos; when the
 * server's count does not agree with what is then known, as when a photo came out of a recycle bin, all is read.
 */

/** An album as its history and the server have it now. */
export interface Stock {
  /** The commitments that the history vouches for. */
  readonly vouched: ReadonlySet<string>;
  /** How many photos the server says are there. */
  readonly count: number;
  readonly canDownload: boolean;
}

/** What the history says should be there, and what is. Known once everything was read. */
export interface Completeness {
  /** Put in, never taken out, and not there. */
  readonly missing: number;
  /** There, and put in by nobody who may. */
  readonly strangers: number;
}

/** A reading of an album, page by page. */
export class Reading {
  readonly #stock: Stock;
  /** What is to be found; null when all of it has to be read. */
  readonly #wanted: Set<string> | null;
  readonly #before: Completeness;
  readonly #there = new Set<string>();
  #strangers = 0;

  constructor(stock: Stock, wanted: ReadonlySet<string> | null, before: Completeness) {
    this.#stock = stock;
    this.#wanted = wanted === null ? null : new Set(wanted);
    this.#before = before;
  }

  /** A page came: all that is there, shown or not, and how many of it nobody vouches for. */
  take(present: readonly string[], strangers: number): void {
    for (const commitment of present) {
      this.#there.add(commitment);
      this.#wanted?.delete(commitment);
    }
    this.#strangers += strangers;
  }

  /** Whether nothing more has to be read, with these photos at hand. */
  isDone(held: ReadonlySet<string>): boolean {
    if (this.#wanted === null || this.#wanted.size > 0) return false;
    const known = [...held].filter((commitment) => this.#stock.vouched.has(commitment)).length;
    return known + this.#before.strangers === this.#stock.count;
  }

  /** Whether something is looked for that came since. */
  get isSearching(): boolean {
    return this.#wanted !== null && this.#wanted.size > 0;
  }

  get strangers(): number {
    return this.#strangers;
  }

  /** Those that are vouched for and did not come. */
  get absent(): ReadonlySet<string> {
    return new Set([...this.#stock.vouched].filter((commitment) => !this.#there.has(commitment)));
  }
}

const NOTHING: Completeness = { missing: 0, strangers: 0 };

export class Inventory {
  #completeness: Completeness | null = null;
  #absent: ReadonlySet<string> = new Set();
  /** There and not shown: it does not open as its history says. */
  #unshown: ReadonlySet<string> = new Set();
  #canDownload = false;

  /** Null until all of it was read. */
  get completeness(): Completeness | null {
    return this.#completeness;
  }

  /** Commitments of what was put in, never taken out, and did not come. */
  get absent(): ReadonlySet<string> {
    return this.#absent;
  }

  /** Begin to read. Other parts may be fetched than before: then all is asked for again. */
  begin(stock: Stock, held: ReadonlySet<string>): Reading {
    if (this.#canDownload !== stock.canDownload) this.#completeness = null;
    this.#canDownload = stock.canDownload;
    const before = this.#completeness;
    if (before === null) return new Reading(stock, null, NOTHING);
    const isNew = (commitment: string): boolean => !held.has(commitment) && !this.#absent.has(commitment) && !this.#unshown.has(commitment);
    return new Reading(stock, new Set([...stock.vouched].filter(isNew)), before);
  }

  /** Read no further: what was known before still is. */
  keep({ vouched }: Stock): void {
    this.#absent = new Set([...this.#absent].filter((commitment) => vouched.has(commitment)));
    this.#completeness = { missing: this.#absent.size, strangers: this.#completeness?.strangers ?? 0 };
  }

  /** Read to the end. */
  finish({ vouched }: Stock, held: ReadonlySet<string>, { absent, strangers }: Reading): void {
    this.#absent = absent;
    this.#unshown = new Set([...vouched].filter((commitment) => !held.has(commitment) && !absent.has(commitment)));
    this.#completeness = { missing: absent.size, strangers };
  }
}
