/**
 * Deleting with ten seconds to think again.
 *
 * Photos vanish from every view at once. What is asked for is written down before anything else,
 * so that it happens even if the page is closed meanwhile: then on leaving, else at the next start.
 */
import { refusalOf, type Refusal } from "./bridge.ts";
import type { Outcome, RemovalKind } from "./contract.ts";
import type { StoredDeletion } from "./database.ts";

export const UNDO_MILLISECONDS = 10_000;
/** Without a connection a deletion stays hidden and is tried again after this long. */
const AGAIN_MILLISECONDS = 15_000;

export interface PendingDeletion extends StoredDeletion {
  readonly state: "pending" | "sending" | "failed";
  readonly failure: Refusal | null;
}

/** Where pending deletions outlive the page. */
export interface DeletionStore {
  all(): Promise<readonly StoredDeletion[]>;
  put(deletion: StoredDeletion): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface DeletionPorts {
  readonly store: DeletionStore;
  readonly send: (ids: readonly string[], how: RemovalKind) => Promise<Outcome>;
  /** Sends without waiting for an answer, from a page that is being left. */
  readonly sendOnLeave: (ids: readonly string[], how: RemovalKind) => void;
  readonly hide: (ids: ReadonlySet<string>) => void;
  readonly newId: () => string;
  readonly now: () => number;
  /** Runs a callback later. Answers how to call it off. */
  readonly later: (callback: () => void, milliseconds: number) => () => void;
}

const NOTHING: Outcome = { done: [], failed: [] };

export class Deletions {
  readonly #ports: DeletionPorts;
  readonly #pending = new Map<string, PendingDeletion>();
  readonly #timers = new Map<string, () => void>();
  readonly #listeners = new Set<() => void>();

  constructor(ports: DeletionPorts) {
    this.#ports = ports;
  }

  get pending(): readonly PendingDeletion[] {
    return [...this.#pending.values()];
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  remove(ids: readonly string[], how: RemovalKind): PendingDeletion {
    const { store, newId, now } = this.#ports;
    const deletion = { id: newId(), ids: [...new Set(ids)], how, sendAt: now() + UNDO_MILLISECONDS };
    const pending = this.#set({ ...deletion, state: "pending", failure: null });
    this.#wait(deletion.id, UNDO_MILLISECONDS);
    // Without storage the deletion still happens: after ten seconds, or when the page is left.
    store.put(deletion).catch(() => undefined);
    return pending;
  }

  /** Too late once it is being sent. */
  undo(id: string): void {
    const deletion = this.#pending.get(id);
    if (deletion === undefined || deletion.state === "sending") return;
    this.#forget(id);
  }

  /**
   * Take photos out of deletions that were not sent yet, because they are wanted after all.
   *
   * Answers those that go all the same: they are being sent, or another tab is about to.
   */
  async takeBack(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const wanted = new Set(ids);
    const going = this.pending.filter(({ state }) => state === "sending").flatMap((deletion) => deletion.ids);
    for (const deletion of this.pending.filter(({ state }) => state !== "sending")) this.#spare(deletion, wanted);
    const stored = await this.#ports.store.all().catch(() => []);
    going.push(...stored.filter(({ id }) => !this.#pending.has(id)).flatMap((deletion) => deletion.ids));
    return new Set(going.filter((id) => wanted.has(id)));
  }

  /** Send one, or all, without waiting any longer. */
  async sendNow(id?: string): Promise<Outcome> {
    const wanted = id === undefined ? [...this.#pending.keys()] : [id];
    const outcomes: Outcome[] = [];
    for (const each of wanted) outcomes.push(await this.#send(each));
    return { done: outcomes.flatMap(({ done }) => done), failed: outcomes.flatMap(({ failed }) => failed) };
  }

  /** The page is being left: what is pending goes now. It stays written down, because nobody sees the answer. */
  leave(): void {
    for (const { ids, how, state } of this.#pending.values()) if (state === "pending") this.#ports.sendOnLeave(ids, how);
  }

  /** Take up what an earlier page left behind. Doing it twice does no harm. */
  async resume(): Promise<void> {
    for (const deletion of await this.#ports.store.all()) {
      if (this.#pending.has(deletion.id)) continue;
      this.#set({ ...deletion, state: "pending", failure: null });
      this.#wait(deletion.id, Math.min(UNDO_MILLISECONDS, Math.max(0, deletion.sendAt - this.#ports.now())));
    }
  }

  /** Stop the clocks, as when the vault is locked; what is pending is sent by {@link leave} or the next start. */
  close(): void {
    for (const callOff of this.#timers.values()) callOff();
    this.#timers.clear();
    this.#listeners.clear();
  }

  async #send(id: string): Promise<Outcome> {
    const deletion = this.#pending.get(id);
    if (deletion === undefined || deletion.state === "sending") return NOTHING;
    this.#callOff(id);
    this.#set({ ...deletion, state: "sending", failure: null });
    try {
      const outcome = await this.#ports.send(deletion.ids, deletion.how);
      await this.#settle(deletion, outcome);
      return outcome;
    } catch (error) {
      this.#fail(deletion, refusalOf(error));
      return NOTHING;
    }
  }

  /** What could not be deleted is shown again, and stays to be sent once more. */
  async #settle(deletion: PendingDeletion, { failed }: Outcome): Promise<void> {
    const [first] = failed;
    if (first === undefined) {
      this.#forget(deletion.id);
      return;
    }
    const left = { ...deletion, ids: failed.map((failure) => failure.id) };
    this.#fail(left, { code: first.code, sentence: first.sentence });
    const { id, ids, how, sendAt } = left;
    await this.#ports.store.put({ id, ids, how, sendAt });
  }

  #spare(deletion: PendingDeletion, wanted: ReadonlySet<string>): void {
    const left = deletion.ids.filter((id) => !wanted.has(id));
    if (left.length === deletion.ids.length) return;
    if (left.length === 0) {
      this.#forget(deletion.id);
      return;
    }
    const { id, how, sendAt } = this.#set({ ...deletion, ids: left });
    this.#ports.store.put({ id, ids: left, how, sendAt }).catch(() => undefined);
  }

  #fail(deletion: PendingDeletion, failure: Refusal): void {
    if (failure.code !== "offline") {
      this.#set({ ...deletion, state: "failed", failure });
      return;
    }
    this.#set({ ...deletion, state: "pending", failure });
    this.#wait(deletion.id, AGAIN_MILLISECONDS);
  }

  #set(deletion: PendingDeletion): PendingDeletion {
    this.#pending.set(deletion.id, deletion);
    this.#tell();
    return deletion;
  }

  #forget(id: string): void {
    this.#callOff(id);
    this.#pending.delete(id);
    this.#ports.store.remove(id).catch(() => undefined);
    this.#tell();
  }

  #wait(id: string, milliseconds: number): void {
    this.#timers.set(id, this.#ports.later(() => void this.#send(id), milliseconds));
  }

  #callOff(id: string): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
  }

  #tell(): void {
    const hidden = this.pending.filter(({ state }) => state !== "failed").flatMap(({ ids }) => ids);
    this.#ports.hide(new Set(hidden));
    for (const listener of [...this.#listeners]) listener();
  }
}
