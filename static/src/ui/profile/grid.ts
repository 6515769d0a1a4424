/** The grid: whatever comes near the window is asked for in small batches and becomes sharp. */
import { askFor, pause } from "./asking.ts";
import { sharpen } from "./sharpen.ts";

const SMALL = 320;
const BATCH = 24;
const NEAR = "600px 0px";
/** Long enough that one scroll is one batch, too short to be seen. */
const GATHER_SECONDS = 0.03;
const MOST_FAILURES = 3;

export class SharpGrid {
  private readonly near = new Set<HTMLElement>();
  private readonly failures = new Map<HTMLElement, number>();
  private readonly watcher: IntersectionObserver;
  private isAtWork = false;

  /** `frames` carry `data-photo`, and hold a blurred picture. */
  constructor(
    private readonly profile: string,
    frames: readonly HTMLElement[],
  ) {
    this.watcher = new IntersectionObserver((entries) => this.look(entries), { rootMargin: NEAR });
    for (const frame of frames) this.watcher.observe(frame);
  }

  private look(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.near.add(target as HTMLElement);
      else this.near.delete(target as HTMLElement);
    }
    void this.work();
  }

  private async work(): Promise<void> {
    if (this.isAtWork) return;
    this.isAtWork = true;
    await pause(GATHER_SECONDS);
    while (this.near.size > 0) await pause(await this.fetchBatch([...this.near].slice(0, BATCH)));
    this.isAtWork = false;
  }

  /** Seconds to wait before the next. */
  private async fetchBatch(batch: readonly HTMLElement[]): Promise<number> {
    const told = await askFor(this.profile, batch.map(photoOf), SMALL);
    await Promise.all(
      batch.map(async (frame) => {
        const address = told.addresses[photoOf(frame)];
        if (address === undefined) return;
        if (await sharpen(frame, address)) this.settle(frame);
        else this.fail(frame);
      }),
    );
    // What is not shown any more gets no address, and nothing is said of it: not too often, then.
    for (const frame of told.wait === 0 ? batch : []) if (told.addresses[photoOf(frame)] === undefined) this.fail(frame);
    return told.wait;
  }

  private settle(frame: HTMLElement): void {
    this.near.delete(frame);
    this.watcher.unobserve(frame);
  }

  private fail(frame: HTMLElement): void {
    const count = (this.failures.get(frame) ?? 0) + 1;
    this.failures.set(frame, count);
    if (count >= MOST_FAILURES) this.settle(frame);
  }
}

function photoOf(frame: HTMLElement): string {
  return frame.dataset["photo"] ?? "";
}
