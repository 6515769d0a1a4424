/**
 * Photos on their way to being shown to everyone, one after the other: copied here, then handed over.
 *
 * Nothing is public before its copy is handed over as a whole. Whatever fails before that leaves nothing but an upload
 * that expires by itself, and can be begun again.
 */
import { refusalOf, type Refusal } from "../vault/library/bridge.ts";
import type { NewPublication, PublicCopy } from "../vault/publishing/contract.ts";

export type PublishStep = "waiting" | "copying" | "handing-over" | "failed";

export interface PublishEntry {
  readonly publication: NewPublication;
  readonly step: PublishStep;
  /** Why it failed; null while it did not. */
  readonly failure: Refusal | null;
  /** Made already; kept for as long as handing it over may be tried again. */
  readonly copy: PublicCopy | null;
  /** Handing over was begun, so the server may have it although no answer came. */
  readonly isTried: boolean;
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
    if (!this.#isRunning) {
      this.#done = 0;
      this.#removed = new Set();
    }
    for (const publication of publications) this.#put({ publication, step: "waiting", failure: null, copy: null, isTried: false });
    void this.#run();
  }

  retry(): void {
    for (const entry of this.totals.failed) this.#put({ ...entry, step: "waiting", failure: null });
    void this.#run();
  }

  /** Forget what failed: nothing of it is shown. */
  dismiss(): void {
    for (const { publication } of this.totals.failed) this.#entries.delete(publication.id);
    this.#ports.changed();
  }

  close(): void {
    this.#isClosed = true;
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let next = this.#next(); next !== null && !this.#isClosed; next = this.#next()) await this.#work(next);
    this.#isRunning = false;
    this.#ports.changed();
  }

  #next(): PublishEntry | null {
    return [...this.#entries.values()].find(({ step }) => step === "waiting") ?? null;
  }

  async #work(entry: PublishEntry): Promise<void> {
    const { publication } = entry;
    try {
      if (!entry.isTried || !(await this.#ports.isThere(publication.id))) await this.#handOver(entry);
      this.#finish(publication.id);
    } catch (error) {
      await this.#refused(publication.id, refusalOf(error));
    }
  }

  async #handOver(entry: PublishEntry): Promise<void> {
    const { publication } = entry;
    this.#put({ ...entry, step: "copying" });
    const copy = entry.copy ?? (await this.#ports.copyOf(publication));
    this.#put({ ...entry, step: "handing-over", copy, isTried: true });
    await this.#ports.handOver(publication, copy);
  }

  #finish(id: string): void {
    for (const kind of this.#entries.get(id)?.copy?.removed ?? []) this.#removed.add(kind);
    this.#entries.delete(id);
    this.#done += 1;
    this.#ports.arrived();
    this.#ports.changed();
  }

  async #refused(id: string, failure: Refusal): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
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
    this.#ports.changed();
  }
}
