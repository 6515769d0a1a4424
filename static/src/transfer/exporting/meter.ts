/** Counts what an export has done, and tells it a few times a second. */
import type { ExportPhase, ExportProgress } from "./contract.ts";

const EVERY_MS = 200;

export class Meter {
  readonly #tell: (progress: ExportProgress) => void;
  readonly #now: () => number;
  readonly #isOffline: () => boolean;
  #phase: ExportPhase = "preparing";
  #files = 0;
  #bytes = 0;
  #doneFiles = 0;
  #doneBytes = 0;
  #keptBytes = 0;
  #failed = 0;
  #toldAt = -Infinity;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (progress: ExportProgress) => void, now: () => number, isOffline: () => boolean) {
    this.#tell = tell;
    this.#now = now;
    this.#isOffline = isOffline;
  }

  begin(phase: ExportPhase, files: number, bytes: number): void {
    [this.#phase, this.#files, this.#bytes] = [phase, files, bytes];
    [this.#doneFiles, this.#doneBytes, this.#keptBytes] = [0, 0, 0];
    this.say();
  }

  add(bytes: number): void {
    this.#doneBytes += bytes;
    if (this.#now() - this.#toldAt >= EVERY_MS) this.say();
    else this.#sayLater();
  }

  /** What came last is told too, even if nothing comes after it. */
  #sayLater(): void {
    this.#later ??= setTimeout(() => { this.say(); }, EVERY_MS);
  }

  /** What was there already goes quicker, and says nothing about the time that is left. */
  keep(bytes: number): void {
    this.#keptBytes += bytes;
    this.add(bytes);
  }

  /** Take back what was counted for a file that begins anew. */
  undo(bytes: number): void {
    this.#doneBytes -= bytes;
  }

  fileDone(): void {
    this.#doneFiles += 1;
    this.add(0);
  }

  fileFailed(): void {
    this.#failed += 1;
    this.fileDone();
  }

  say(): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    this.#toldAt = this.#now();
    this.#tell({
      phase: this.#phase, files: this.#files, doneFiles: this.#doneFiles, bytes: this.#bytes, doneBytes: this.#doneBytes,
      keptBytes: this.#keptBytes, failed: this.#failed, isWaitingForNetwork: this.#isOffline(),
    });
  }
}
