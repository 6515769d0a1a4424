/**
 * Photos on their way to being shown to everyone, one after the other: copied here, then handed over.
 *
 * Nothing is public before its copy is handed over as a whole. Whatever fails before that leaves nothing but an upload
 * that expires by itself, and can be begun again. What waits is written down, sealed, before anything is done with it:
 * a page that is closed goes on at the next unlock.
 */
import { refusalOf, type Refusal } from "../vault/library/bridge.ts";
import type { WaitingPublication } from "./publishing-list.ts";
import type { NewPublication, PublicCopy } from "../vault/publishing/contract.ts";

export type PublishStep = "waiting" | "copying" | "handing-over" | "failed";

/** While handing over may be tried again, its copy is kept. */
export interface PublishEntry extends WaitingPublication {
  readonly step: PublishStep;
}

export interface PublishTotals {
  /** Handed over since the queue was last empty. */
  readonly done: number;
  readonly total: number;
  readonly isRunning: boolean;
  /** Kinds of what was taken out of those that are done. */
  readonly removed: readonly string[];
  readonly failed: readonly PublishEntry[];
}

export interface PublishPorts {
  readonly copyOf: (publication: NewPublication) => Promise<PublicCopy>;
  readonly handOver: (publication: NewPublication, copy: PublicCopy) => Promise<void>;
  readonly isThere: (id: string) => Promise<boolean>;
  /** Write down all of these, so that they outlive the page. */
  readonly keep: (entries: readonly WaitingPublication[]) => Promise<void>;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly changed: () => void;
  /** One was handed over. */
  readonly arrived: () => void;
}

const AGAIN_MS = 5000;
/** Refusals that the next photo would meet as well. */
const ENDS_ALL: ReadonlySet<string> = new Set(["profile_needed", "profiles_off", "quota_reached", "vault_shut", "not_authenticated", "signed_out", "locked"]);
const isPassing = (code: string): boolean => code === "offline" || code === "network" || code === "unavailable";

export class PublishQueue {
  readonly #ports: PublishPorts;
  readonly #entries = new Map<string, PublishEntry>();
  #done = 0;
  #removed = new Set<string>();
  #isRunning = false;
  #isClosed = false;
  #keeping: Promise<void> = Promise.resolve();

  constructor(ports: PublishPorts) {
    this.#ports = ports;
  }

  get totals(): PublishTotals {
    const entries = [...this.#entries.values()];
    const failed = entries.filter(({ step }) => step === "failed");
    return { done: this.#done, total: this.#done + entries.length - failed.length, isRunning: this.#isRunning, removed: [...this.#removed], failed };
  }

  /** Whether a photo is on its way. */
  has(imageId: string): boolean {
    return [...this.#entries.values()].some(({ publication, step }) => publication.imageId === imageId && step !== "failed");
  }

  add(publications: readonly NewPublication[]): void {
    this.restore(publications.map((publication) => ({ publication, copy: null, isTried: false, failure: null })));
  }

  /** Go on with what an earlier page had on its way. */
  restore(entries: readonly WaitingPublication[]): void {
    if (entries.length === 0) return;
    if (!this.#isRunning) {
      this.#done = 0;
      this.#removed = new Set();
    }
    for (const entry of entries) {
      // Of two pages that had the same, one was killed while it took it over.
      if (!this.#entries.has(entry.publication.id)) this.#put({ ...entry, step: entry.failure === null ? "waiting" : "failed" });
    }
    void this.#run();
  }

  retry(): void {
    for (const entry of this.totals.failed) this.#put({ ...entry, step: "waiting", failure: null });
    void this.#run();
  }

  /** Forget what failed: nothing of it is shown. */
  dismiss(): void {
    for (const { publication } of this.totals.failed) this.#entries.delete(publication.id);
    this.#changed();
  }

  /** Forget what is not on the point of being handed over: nothing of it is shown. */
  withdraw(): void {
    for (const { publication, step } of [...this.#entries.values()]) if (step !== "handing-over") this.#entries.delete(publication.id);
    this.#changed();
  }

  close(): void {
    this.#isClosed = true;
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    await this.#keeping;
    for (let next = this.#next(); next !== null && !this.#isClosed; next = this.#next()) await this.#work(next);
    this.#isRunning = false;
    this.#ports.changed();
  }

  /** Once all that changed so far is written down. */
  get settled(): Promise<void> {
    return this.#keeping;
  }

  #next(): PublishEntry | null {
    return [...this.#entries.values()].find(({ step }) => step === "waiting") ?? null;
  }

  async #work(entry: PublishEntry): Promise<void> {
    const { publication } = entry;
    try {
      if (!entry.isTried || !(await this.#ports.isThere(publication.id))) await this.#handOver(entry);
      if (!this.#isClosed) this.#finish(publication.id);
    } catch (error) {
      await this.#refused(publication.id, refusalOf(error));
    }
  }

  async #handOver(entry: PublishEntry): Promise<void> {
    const { publication } = entry;
    if (!this.#entries.has(publication.id)) return;
    this.#put({ ...entry, step: "copying" });
    const copy = entry.copy ?? (await this.#ports.copyOf(publication));
    // Withdrawn, or the vault was locked, while the copy was made.
    if (this.#isClosed || !this.#entries.has(publication.id)) return;
    this.#put({ ...entry, step: "handing-over", copy, isTried: true });
    await this.#keeping;
    if (this.#isClosed) return;
    await this.#ports.handOver(publication, copy);
  }

  #finish(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    for (const kind of entry.copy?.removed ?? []) this.#removed.add(kind);
    this.#entries.delete(id);
    this.#done += 1;
    this.#ports.arrived();
    this.#changed();
  }

  async #refused(id: string, failure: Refusal): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined || this.#isClosed) return;
    if (isPassing(failure.code)) {
      this.#put({ ...entry, step: "waiting" });
      await this.#ports.pause(AGAIN_MS);
      return;
    }
    // What was refused is made anew when it is tried again.
    this.#put({ ...entry, step: "failed", failure, copy: null });
    if (!ENDS_ALL.has(failure.code)) return;
    for (const other of this.#entries.values()) if (other.step === "waiting") this.#put({ ...other, step: "failed", failure });
  }

  #put(entry: PublishEntry): void {
    this.#entries.set(entry.publication.id, entry);
    this.#changed();
  }

  /** Told, and written down one after the other. A device that keeps nothing publishes all the same. */
  #changed(): void {
    const entries = [...this.#entries.values()].map(({ publication, copy, isTried, failure }) => ({ publication, copy, isTried, failure }));
    if (!this.#isClosed) this.#keeping = this.#keeping.then(() => this.#ports.keep(entries)).catch(() => undefined);
    this.#ports.changed();
  }
}
