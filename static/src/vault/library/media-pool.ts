/** Shares the opening of pictures out among a few workers: what is visible first, the newest wish before the oldest. */
import { LibraryError, type Remote } from "./bridge.ts";
import type { MediaRequest, MediaWorker, Picture } from "./contract.ts";
import type { MediaSource, Priority } from "./media.ts";

/** Of all workers together: while one picture is decrypted, the next are on their way. As many connections as a browser opens to one place. */
const AT_ONCE = 6;

interface Wish {
  readonly request: MediaRequest;
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /** Asks a worker for it, and tells whoever wished what came. Rejects as the worker does. */
  ask(worker: PictureWorker, ticket: number): Promise<void>;
  reject(reason: unknown): void;
}

/** What a worker has to be able to do, whoever's pictures it opens. */
export type PictureWorker = Pick<Remote<MediaWorker>, "open" | "show" | "cancel" | "read" | "next">;

interface Seat {
  readonly worker: PictureWorker;
  busy: number;
}

export class MediaPool implements MediaSource {
  readonly #seats: readonly Seat[];
  readonly #perSeat: number;
  readonly #wishes: Wish[] = [];
  readonly #resting = new Set<() => void>();
  #tickets = 0;

  constructor(workers: readonly PictureWorker[]) {
    this.#seats = workers.map((worker) => ({ worker, busy: 0 }));
    this.#perSeat = Math.max(1, Math.floor(AT_ONCE / workers.length));
  }

  /** All of it, for whoever works with the bytes. */
  async open(request: MediaRequest, priority: Priority, signal: AbortSignal): Promise<Blob> {
    return await this.#wish(request, priority, signal, (worker, ticket) => worker.open(request, ticket));
  }

  async show(request: MediaRequest, priority: Priority, signal: AbortSignal): Promise<Picture> {
    return await this.#wish(request, priority, signal, (worker, ticket) => worker.show(request, ticket));
  }

  #wish<Answer>(request: MediaRequest, priority: Priority, signal: AbortSignal, how: (worker: PictureWorker, ticket: number) => Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const ask: Wish["ask"] = async (worker, ticket) => { resolve(await how(worker, ticket)); };
      const wish: Wish = { request, priority, signal, ask, reject };
      this.#wishes.push(wish);
      signal.addEventListener("abort", () => { this.#withdraw(wish); }, { once: true });
      this.#serve();
    });
  }

  /** The decrypted pieces of a part, in order, for saving it. */
  async *read(request: MediaRequest, signal?: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const seat = this.#leastBusy();
    const ticket = this.#ticket();
    seat.busy += 1;
    try {
      await seat.worker.read(request, ticket);
      for (let piece = await seat.worker.next(ticket); piece !== null; piece = await seat.worker.next(ticket)) {
        signal?.throwIfAborted();
        yield piece;
      }
    } finally {
      seat.busy -= 1;
      void seat.worker.cancel(ticket);
      this.#serve();
      this.#tellRest();
    }
  }

  /** Resolves when nothing is wanted that is not there. */
  async atRest(): Promise<void> {
    if (!this.#isAtRest()) await new Promise<void>((resolve) => { this.#resting.add(resolve); });
  }

  #isAtRest(): boolean {
    return this.#wishes.length === 0 && this.#seats.every(({ busy }) => busy === 0);
  }

  #tellRest(): void {
    if (!this.#isAtRest()) return;
    for (const resolve of this.#resting) resolve();
    this.#resting.clear();
  }

  #withdraw(wish: Wish): void {
    const at = this.#wishes.indexOf(wish);
    if (at >= 0) this.#wishes.splice(at, 1);
    wish.reject(new DOMException("This was cancelled.", "AbortError"));
    this.#tellRest();
  }

  #leastBusy(): Seat {
    const [first, ...others] = this.#seats;
    if (first === undefined) throw new LibraryError("locked", "The vault is locked.");
    return others.reduce((best, seat) => (seat.busy < best.busy ? seat : best), first);
  }

  #nextWish(): Wish | undefined {
    const at = this.#wishes.findLastIndex((wish) => wish.priority === "visible");
    return at >= 0 ? this.#wishes.splice(at, 1)[0] : this.#wishes.shift();
  }

  #serve(): void {
    for (let seat = this.#leastBusy(); seat.busy < this.#perSeat; seat = this.#leastBusy()) {
      const wish = this.#nextWish();
      if (wish === undefined) return;
      void this.#grant(wish, seat);
    }
  }

  async #grant(wish: Wish, seat: Seat): Promise<void> {
    const ticket = this.#ticket();
    const cancel = (): void => void seat.worker.cancel(ticket);
    wish.signal.addEventListener("abort", cancel, { once: true });
    seat.busy += 1;
    try {
      await wish.ask(seat.worker, ticket);
    } catch (error) {
      wish.reject(error);
    } finally {
      wish.signal.removeEventListener("abort", cancel);
      seat.busy -= 1;
      this.#serve();
      this.#tellRest();
    }
  }

  #ticket(): number {
    this.#tickets += 1;
    return this.#tickets;
  }
}
