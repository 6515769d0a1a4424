/** Where an export stops and waits: because the person said so, or because there is no network. */
export class Gate {
  readonly #signal: AbortSignal;
  readonly #reasons = new Set<"paused" | "offline">();
  readonly #changed: () => void;
  #waiting: (() => void)[] = [];

  constructor(signal: AbortSignal, changed: () => void) {
    this.#signal = signal;
    this.#changed = changed;
    signal.addEventListener("abort", () => { this.#letThrough(); });
  }

  get isOffline(): boolean {
    return this.#reasons.has("offline");
  }

  shut(reason: "paused" | "offline"): void {
    this.#reasons.add(reason);
    this.#changed();
  }

  open(reason: "paused" | "offline"): void {
    this.#reasons.delete(reason);
    if (this.#reasons.size === 0) this.#letThrough();
    this.#changed();
  }

  /** Resolves when nothing stands in the way. @throws the signal's reason once it was cancelled. */
  async pass(): Promise<void> {
    this.#signal.throwIfAborted();
    if (this.#reasons.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#signal.throwIfAborted();
  }

  #letThrough(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
