/** The entries of a queue in their order, with what the next turn needs close at hand. */
import { isWorking, type QueuedFile } from "./entries.ts";

export class Roster {
  readonly #entries = new Map<string, QueuedFile>();
  /** Ids in their order that wait for a check, and that wait for their turn. */
  readonly #unchecked = new Set<string>();
  readonly #ready = new Set<string>();
  readonly #working = new Set<string>();
  readonly #byFingerprint = new Map<string, Set<string>>();
  #list: readonly QueuedFile[] | null = null;

  get working(): number {
    return this.#working.size;
  }

  get ready(): number {
    return this.#ready.size;
  }

  /** Whether nothing waits for a check, for its turn or for its end. */
  get isAtRest(): boolean {
    return this.#unchecked.size + this.#ready.size + this.#working.size === 0;
  }

  all(): readonly QueuedFile[] {
    this.#list ??= [...this.#entries.values()];
    return this.#list;
  }

  get(id: string): QueuedFile | undefined {
    return this.#entries.get(id);
  }

  find(test: (entry: QueuedFile) => boolean): QueuedFile | undefined {
    return this.all().find(test);
  }

  put(entry: QueuedFile): void {
    this.#forget(entry.id);
    this.#entries.set(entry.id, entry);
    this.#list = null;
    const { id, state, imageId, fingerprint } = entry;
    const isReady = imageId !== null || fingerprint !== "";
    if (state === "waiting") (isReady ? this.#ready : this.#unchecked).add(id);
    if (isWorking(state)) this.#working.add(id);
    if (fingerprint === "" || state === "failed" || state === "cancelled") return;
    const same = this.#byFingerprint.get(fingerprint) ?? new Set<string>();
    this.#byFingerprint.set(fingerprint, same.add(id));
  }

  drop(test: (entry: QueuedFile) => boolean): void {
    for (const entry of this.all().filter(test)) {
      this.#forget(entry.id);
      this.#entries.delete(entry.id);
    }
    this.#list = null;
  }

  /** Whether another entry stands for the same file. */
  holds(fingerprint: string, exceptId: string): boolean {
    return [...(this.#byFingerprint.get(fingerprint) ?? [])].some((id) => id !== exceptId);
  }

  /** The next entries to check, up to so many and so many bytes, but at least one. */
  unchecked(most: number, mostBytes: number): readonly QueuedFile[] {
    const batch: QueuedFile[] = [];
    let bytes = 0;
    for (const id of this.#unchecked) {
      const entry = this.#entries.get(id);
      if (entry === undefined) continue;
      bytes += entry.bytes;
      if (batch.length >= most || (batch.length > 0 && bytes > mostBytes)) break;
      batch.push(entry);
    }
    return batch;
  }

  /** The next entry to work on, if there is room beside those under way. */
  next(most: number, mostBytes: number): QueuedFile | null {
    if (this.#working.size >= most) return null;
    const [id] = this.#ready;
    const entry = id === undefined ? undefined : this.#entries.get(id);
    if (entry === undefined) return null;
    let bytes = entry.bytes;
    for (const each of this.#working) bytes += this.#entries.get(each)?.bytes ?? 0;
    return this.#working.size === 0 || bytes <= mostBytes ? entry : null;
  }

  #forget(id: string): void {
    this.#unchecked.delete(id);
    this.#ready.delete(id);
    this.#working.delete(id);
    const fingerprint = this.#entries.get(id)?.fingerprint ?? "";
    const same = this.#byFingerprint.get(fingerprint);
    same?.delete(id);
    if (same?.size === 0) this.#byFingerprint.delete(fingerprint);
  }
}
