/** What a guest brings, photo by photo: one is prepared while others are sent. Knows nothing of what others brought. */
import { refusalOf, type Remote } from "../vault/library/bridge.ts";
import type { MetadataChoice } from "../photo/metadata-choice.ts";
import type { GuestProgress, GuestWorker } from "./guest-contract.ts";

export type GuestState = "waiting" | "preparing" | "staged" | "sending" | "offline" | "brought" | "failed";

export interface GuestEntry {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly state: GuestState;
  /** 0 up to 1. */
  readonly share: number;
  readonly thumbnail: Blob | null;
  /** Why it was not brought. */
  readonly problem: string;
}

export interface ChosenPhoto {
  readonly file: File;
  readonly choice: MetadataChoice;
  readonly from: string | null;
}

/** Two at a time keep the line busy; more only share it. */
const SENDING_AT_ONCE = 2;
/** Refusals that meet every other photo of this link too. */
const ENDS_ALL: ReadonlySet<string> = new Set(["link_ended", "link_asleep", "collect_limit"]);

export class GuestQueue {
  readonly #worker: Remote<GuestWorker>;
  readonly #newId: () => string;
  readonly #entries = new Map<string, GuestEntry>();
  readonly #chosen = new Map<string, ChosenPhoto>();
  readonly #onChange: () => void;
  readonly #onBrought: () => void;
  #isPreparing = false;
  #sending = 0;

  constructor(worker: Remote<GuestWorker>, newId: () => string, onChange: () => void, onBrought: () => void) {
    this.#worker = worker;
    this.#newId = newId;
    this.#onChange = onChange;
    this.#onBrought = onBrought;
  }

  /** Newest last. */
  get entries(): readonly GuestEntry[] {
    return [...this.#entries.values()];
  }

  /** Photos that only this page can still prepare: leaving it would lose them. */
  get isUnprepared(): boolean {
    return this.#chosen.size > 0;
  }

  /** What earlier pages left: brought ones to be shown, the others to be finished. */
  async restore(): Promise<void> {
    for (const { imageId, name, bytes, isBrought } of await this.#worker.earlier()) {
      this.#put({ id: imageId, name, bytes, state: isBrought ? "brought" : "staged", share: 0, thumbnail: null, problem: "" });
    }
    this.#go();
  }

  add(photos: readonly ChosenPhoto[]): void {
    for (const photo of photos) {
      const id = this.#newId();
      this.#chosen.set(id, photo);
      this.#put({ id, name: photo.file.name, bytes: photo.file.size, state: "waiting", share: 0, thumbnail: null, problem: "" });
    }
    this.#go();
  }

  progress({ imageId, isWaiting, share }: GuestProgress): void {
    const entry = this.#entries.get(imageId);
    if (entry?.state === "sending" || entry?.state === "offline") this.#change(imageId, { state: isWaiting ? "offline" : "sending", share: Math.max(share, isWaiting ? entry.share : 0) });
  }

  /** Try one again that failed. */
  retry(id: string): void {
    this.#change(id, { state: this.#chosen.has(id) ? "waiting" : "staged", problem: "" });
    this.#go();
  }

  /** Give one up that was not brought. */
  async discard(id: string): Promise<void> {
    this.#chosen.delete(id);
    this.#entries.delete(id);
    this.#onChange();
    await this.#worker.discard(id);
  }

  #go(): void {
    void this.#prepareNext();
    while (this.#sending < SENDING_AT_ONCE) {
      const next = this.#next("staged");
      if (next === undefined) return;
      void this.#bring(next.id);
    }
  }

  async #prepareNext(): Promise<void> {
    const next = this.#next("waiting");
    const photo = next && this.#chosen.get(next.id);
    if (next === undefined || photo === undefined || this.#isPreparing) return;
    this.#isPreparing = true;
    this.#change(next.id, { state: "preparing" });
    try {
      const { thumbnail } = await this.#worker.stage({ imageId: next.id, ...photo });
      this.#chosen.delete(next.id);
      this.#change(next.id, { state: "staged", thumbnail });
    } catch (error) {
      this.#change(next.id, { state: "failed", problem: refusalOf(error).sentence });
    } finally {
      this.#isPreparing = false;
    }
    this.#go();
  }

  async #bring(id: string): Promise<void> {
    this.#sending += 1;
    this.#change(id, { state: "sending", share: 0 });
    try {
      await this.#worker.bring(id);
      this.#change(id, { state: "brought", share: 1 });
      this.#onBrought();
    } catch (error) {
      const { code, sentence } = refusalOf(error);
      this.#change(id, { state: "failed", problem: sentence });
      if (ENDS_ALL.has(code)) this.#stop(sentence);
    } finally {
      this.#sending -= 1;
    }
    this.#go();
  }

  #stop(problem: string): void {
    for (const { id, state } of this.entries) if (state === "staged") this.#change(id, { state: "failed", problem });
  }

  #next(state: GuestState): GuestEntry | undefined {
    return this.entries.find((entry) => entry.state === state);
  }

  #put(entry: GuestEntry): void {
    this.#entries.set(entry.id, entry);
    this.#onChange();
  }

  #change(id: string, change: Partial<GuestEntry>): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) this.#put({ ...entry, ...change });
  }
}
