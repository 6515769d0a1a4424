/** The export of this page: one at a time, going on while the person looks at something else. */
import { call, tellSignedOut } from "../../api/client.ts";
import { isOnline, watchConnection } from "../../api/connection.ts";
import { LibraryError, Moved, refusalOf, type Refusal } from "../../vault/library/bridge.ts";
import { openDatabase, type Database, type StoredExport } from "../../vault/library/database.ts";
import type { Library } from "../../vault/library/library.ts";
import { bridgeTo, workerSetup } from "../../vault/library/open.ts";
import { noteActivity } from "../../vault/lock.ts";
import { knownLogKey } from "../../vault/receipts/log-key.ts";
import { onVaultChange, type Vault } from "../../vault/state.ts";
import { Pace } from "../entries.ts";
import { newDecoders } from "../open.ts";
import { readChoices } from "./choices.ts";
import type { Described, ExportChoices, ExportJob, ExportPage, ExportPlace, ExportProgress, ExportReport, ExportWords, ExportWorker } from "./contract.ts";
import type { HashWorker } from "./hash-pool.ts";
import { gatherPhotos, type Gathered } from "./gathering.ts";

export type ExportState =
  | { readonly kind: "idle" }
  | { readonly kind: "gathering" }
  | { readonly kind: "running"; readonly progress: ExportProgress; readonly isPaused: boolean; readonly secondsLeft: number | null; readonly bytesPerSecond: number | null }
  | { readonly kind: "done"; readonly report: ExportReport; readonly choices: ExportChoices }
  | { readonly kind: "failed"; readonly refusal: Refusal };

/** An export into a folder that an earlier visit left. */
export interface Unfinished {
  readonly folder: FileSystemDirectoryHandle;
  readonly choices: ExportChoices;
  readonly begunAt: string;
  readonly share: number;
}

/** What stays the same when it is begun once more. */
type Begun = Omit<ExportJob, "photos" | "albums" | "logKey">;

/** How far it has come is noted so often. */
const NOTE_EVERY_MS = 1000;
const MEGABYTE = 1e6;
const STOPPED = "A part of this page stopped working. Please reload the page; nothing stored was lost.";
const NOT_UP_TO_DATE = "Your list of photos could not be brought up to date. Try again when you are back online.";
/** An archive that was handed over lies in the open until then, for a browser that copies it slowly. */
const HANDED_OVER_MS = 10 * 60_000;

/** Say that an export begins. @throws Problem "step_up_required". */
export async function announceExport(): Promise<void> {
  await call("POST", "/exports");
}

export class Exporter {
  readonly #vault: Vault;
  readonly #library: Library;
  readonly #listeners = new Set<() => void>();
  #state: ExportState = { kind: "idle" };
  #worker: ReturnType<typeof bridgeTo<ExportWorker>> | null = null;
  readonly #hashers: Worker[] = [];
  #gathered: Gathered | null = null;
  #job: Begun | null = null;
  #pace = new Pace();
  #notedAt = 0;
  #decoders: ReturnType<typeof newDecoders> | null = null;

  constructor(vault: Vault, library: Library) {
    this.#vault = vault;
    this.#library = library;
    const unwatch = watchConnection((online) => void this.#worker?.link.remote.connection(online));
    const forget = onVaultChange((now) => {
      if (now !== null) return;
      forget();
      unwatch();
      this.#close();
    });
  }

  get state(): ExportState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether all photos are known: before, a number of them would be wrong. */
  get isReady(): boolean {
    return this.#library.status !== "loading" && this.#library.status !== "failed";
  }

  /** Call back when the library changed. Answers how to stop. */
  followLibrary(listener: () => void): () => void {
    return this.#library.subscribe(listener);
  }

  /** The photos and bytes that choices come to, of one's own; albums of others are counted when it begins. */
  sizeOf({ since }: Pick<ExportChoices, "since">): { readonly photos: number; readonly bytes: number } {
    const view = this.#library.view({ place: "kept" });
    const from = since === null ? -Infinity : Date.parse(since);
    let [photos, bytes] = [0, 0];
    for (let index = 0; index < view.count; index += 1) {
      const item = view.itemAt(index);
      if (item.storedAt < from) continue;
      photos += 1;
      bytes += item.bytes;
    }
    return { photos, bytes };
  }

  async unfinished(): Promise<Unfinished | null> {
    const stored = await this.#stored("unfinished");
    return stored === null || stored.folder === null ? null : { folder: stored.folder, choices: readChoices(stored.choices), begunAt: stored.begunAt, share: stored.share };
  }

  /** When the last export that left nothing out began on this device; null for never. */
  async lastAt(): Promise<string | null> {
    return (await this.#stored("last"))?.begunAt ?? null;
  }

  async forgetUnfinished(): Promise<void> {
    await this.#database((database) => database.delete("exports", "unfinished"));
  }

  /** Begin, and resolve when it ended one way or another: what became of it is told by {@link state}. */
  async begin(place: ExportPlace, choices: ExportChoices, words: ExportWords, begunAt = new Date().toISOString()): Promise<void> {
    this.#job = { place, choices, words, begunAt };
    await this.#run();
  }

  /** Once more: what stands in a folder is only looked at, and what failed is tried again. */
  async retry(): Promise<void> {
    await this.#run();
  }

  pause(): void {
    void this.#worker?.link.remote.pause();
    this.#setPaused(true);
  }

  resume(): void {
    void this.#worker?.link.remote.resume();
    this.#setPaused(false);
  }

  cancel(): void {
    void this.#worker?.link.remote.cancel();
  }

  dismiss(): void {
    if (this.#state.kind === "done" || this.#state.kind === "failed") this.#set({ kind: "idle" });
  }

  async #run(): Promise<void> {
    const job = this.#job;
    if (job === null || this.#state.kind === "running" || this.#state.kind === "gathering") return;
    this.#pace = new Pace();
    this.#set({ kind: "gathering" });
    const release = keepAwake();
    try {
      await this.#note(job, 0);
      await this.#broughtUpToDate();
      this.#gathered = await gatherPhotos(this.#vault, this.#library, job.choices);
      const { photos, albums } = this.#gathered;
      const { pinned: logKey } = await knownLogKey();
      const worker = await this.#started();
      await worker.connection(isOnline());
      const report = await worker.run({ ...job, photos, albums, logKey });
      await this.#finish(job, report);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.code === "aborted") this.#set({ kind: "idle" });
      else this.#set({ kind: "failed", refusal });
    } finally {
      release();
      this.#gathered?.end();
      this.#gathered = null;
      this.#decoders?.close();
      this.#decoders = null;
    }
  }

  /** What is not in the list yet would be missing from the copy, and nobody would say so. */
  async #broughtUpToDate(): Promise<void> {
    await this.#library.sync();
    const { status, failure } = this.#library;
    if (status !== "ready") throw new LibraryError(failure?.code ?? "offline", failure?.sentence ?? NOT_UP_TO_DATE);
  }

  async #finish(job: Begun, report: ExportReport): Promise<void> {
    this.#set({ kind: "done", report, choices: job.choices });
    await this.forgetUnfinished();
    if (report.failures.length > 0) return;
    await this.#database((database) => database.put("exports", { folder: null, choices: job.choices, begunAt: job.begunAt, share: 1 }, "last"));
    if (report.archive !== null) setTimeout(() => void this.#worker?.link.remote.tidy(), HANDED_OVER_MS);
  }

  async #started(): Promise<ReturnType<typeof bridgeTo<ExportWorker>>["link"]["remote"]> {
    if (this.#worker === null) {
      const page: ExportPage = {
        progress: (progress) => { this.#take(progress); },
        describe: (id): Promise<Described | null> => this.#gathered?.describe(id) ?? Promise.resolve(null),
        convert: (request, type) => (this.#decoders ??= newDecoders()).convert(request, type),
        signedOut: tellSignedOut,
      };
      this.#worker = bridgeTo<ExportWorker>("export", page);
      await this.#worker.link.remote.start(await workerSetup(this.#vault));
      await this.#worker.link.remote.hashers(this.#newHasher(), this.#newHasher());
    }
    return this.#worker.link.remote;
  }

  /** One that breaks would leave its digests owed for good: so the export ends, and says so. */
  #newHasher(): Moved<MessagePort> {
    const { worker, link } = bridgeTo<HashWorker>("hashing", {});
    const { port1, port2 } = new MessageChannel();
    worker.addEventListener("error", () => { this.#end({ code: "worker_failed", sentence: STOPPED }); });
    void link.remote.serve(new Moved(port1, [port1]));
    this.#hashers.push(worker);
    return new Moved(port2, [port2]);
  }

  #take(progress: ExportProgress): void {
    if (this.#state.kind !== "running" && this.#state.kind !== "gathering") return;
    // Under the owner's eyes it is a sign of life; on a page that nobody looks at the vault locks as ever.
    if (document.visibilityState === "visible") noteActivity();
    const isPaused = this.#state.kind === "running" && this.#state.isPaused;
    const fresh = progress.doneBytes - progress.keptBytes;
    if (progress.phase === "photos") this.#pace.note(performance.now(), fresh);
    const secondsLeft = progress.phase === "photos" ? this.#pace.secondsFor(progress.bytes - progress.doneBytes) : null;
    const perMegabyte = progress.phase === "photos" ? this.#pace.secondsFor(MEGABYTE) : null;
    const bytesPerSecond = perMegabyte === null ? null : MEGABYTE / perMegabyte;
    this.#set({ kind: "running", progress, isPaused, secondsLeft, bytesPerSecond });
    if (this.#job !== null && Date.now() - this.#notedAt >= NOTE_EVERY_MS && progress.phase === "photos") {
      void this.#note(this.#job, progress.bytes === 0 ? 1 : progress.doneBytes / progress.bytes);
    }
  }

  async #note({ place, choices, begunAt }: Begun, share: number): Promise<void> {
    this.#notedAt = Date.now();
    if (place.kind !== "folder") return;
    await this.#database((database) => database.put("exports", { folder: place.folder, choices, begunAt, share }, "unfinished"));
  }

  #setPaused(isPaused: boolean): void {
    this.#pace = new Pace();
    if (this.#state.kind === "running") this.#set({ ...this.#state, isPaused, secondsLeft: null, bytesPerSecond: null });
  }

  async #stored(name: "unfinished" | "last"): Promise<StoredExport | null> {
    return (await this.#database((database) => database.get("exports", name))) ?? null;
  }

  /** A browser that keeps nothing loses the way back to a folder, not the export. */
  async #database<T>(act: (database: Database) => Promise<T>): Promise<T | null> {
    try {
      const database = await openDatabase(this.#vault.accountId);
      try {
        return await act(database);
      } finally {
        database.close();
      }
    } catch {
      return null;
    }
  }

  #set(state: ExportState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }

  #close(): void {
    this.#end({ code: "locked", sentence: "The vault was locked. What is in the folder stays; go on when it is open again." });
    this.#listeners.clear();
  }

  /** Whoever waits for the workers is told why they are gone. */
  #end(refusal: Refusal): void {
    for (const each of [this.#worker?.worker, ...this.#hashers.splice(0)]) each?.terminate();
    this.#worker?.link.abandon(refusal);
    this.#worker = null;
  }
}

/** A page that is left asks first, as long as something is being written. */
function keepAwake(): () => void {
  const ask = (event: BeforeUnloadEvent): void => { event.preventDefault(); };
  addEventListener("beforeunload", ask);
  return () => { removeEventListener("beforeunload", ask); };
}
