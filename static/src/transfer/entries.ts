/** The files of an upload queue, what became of them, and the sums a person is shown. */
import type { MetadataChoice } from "../photo/metadata-choice.ts";
import type { Refusal } from "../vault/library/bridge.ts";
import type { PreparedReport } from "./plan.ts";
import type { Told } from "./told.ts";

export type UploadState =
  | "waiting" | "checking" | "reading" | "encrypting" | "sending" | "finishing" | "already-there" | "done" | "paused"
  | "waiting-for-network" | "choose-again" | "failed" | "cancelled";

export interface UploadFailure extends Refusal {
  readonly canRetry: boolean;
  /** The file could be kept as it is, uncleaned. */
  readonly offersKeep: boolean;
}

/** What the page shows of one file. */
export interface UploadEntry {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly state: UploadState;
  readonly sentBytes: number;
  readonly totalBytes: number;
  readonly imageId: string | null;
  readonly note: string;
  readonly hasThumbnail: boolean;
  readonly failure: UploadFailure | null;
}

/** What the queue knows of one file. */
export interface QueuedFile extends UploadEntry {
  readonly file: File | null;
  readonly sidecar: File | null;
  readonly told: Told | null;
  readonly choice: MetadataChoice;
  readonly albumId: string | null;
  /** "" until it was checked. */
  readonly fingerprint: string;
  readonly report: PreparedReport | null;
}

export function newEntry(
  id: string,
  { name, path, bytes, albumId, told = null }: Pick<UploadEntry, "name" | "path" | "bytes"> & { readonly albumId: string | null; readonly told?: Told | null },
  choice: MetadataChoice, file: File | null, sidecar: File | null,
): QueuedFile {
  return {
    id, name, path, bytes, albumId, told, choice, file, sidecar,
    state: "waiting", sentBytes: 0, totalBytes: 0, imageId: null, note: "", hasThumbnail: false, failure: null, fingerprint: "", report: null,
  };
}

export interface UploadReport {
  readonly done: number;
  readonly alreadyThere: number;
  readonly withoutThumbnail: number;
  readonly keptWhole: number;
  readonly failed: readonly { readonly code: string; readonly sentence: string; readonly names: readonly string[]; readonly count: number }[];
  readonly removed: readonly { readonly kind: string; readonly count: number }[];
}

export interface Sums {
  readonly files: number;
  readonly finished: number;
  readonly failed: number;
  readonly alreadyThere: number;
  readonly bytes: number;
  readonly sentBytes: number;
  /** Files somebody is working on, or could be. */
  readonly open: number;
  readonly waitingForNetwork: number;
}

const NAMES_SHOWN = 20;

const WORKING: ReadonlySet<UploadState> = new Set(["reading", "encrypting", "sending", "finishing", "waiting-for-network"]);
const FINISHED: ReadonlySet<UploadState> = new Set(["done", "already-there", "cancelled"]);

export const isWorking = (state: UploadState): boolean => WORKING.has(state);
export const isFinished = (state: UploadState): boolean => FINISHED.has(state);
export const isOpen = (state: UploadState): boolean => WORKING.has(state) || state === "waiting" || state === "checking";

/** Failures another try will meet again. */
const LASTING: ReadonlySet<string> = new Set(["empty_file", "file_too_large", "upload_too_large"]);
/** Failures of cleaning: the file could be kept as it is. */
const UNCLEANABLE: ReadonlySet<string> = new Set(["unknown_format", "cut_short", "broken_structure", "no_picture", "too_complex", "unsupported_variant"]);

export function failureFrom({ code, sentence }: Refusal): UploadFailure {
  return { code, sentence, canRetry: !LASTING.has(code) && !UNCLEANABLE.has(code), offersKeep: UNCLEANABLE.has(code) };
}

/** Bytes of the file that count as sent. */
function sentOf({ state, bytes, sentBytes, totalBytes }: UploadEntry): number {
  if (state === "done" || state === "already-there") return bytes;
  const isSending = state === "sending" || state === "finishing" || state === "waiting-for-network" || state === "paused";
  return isSending && totalBytes > 0 ? (bytes * sentBytes) / totalBytes : 0;
}

/** Sums over all files. Cancelled ones no longer count. */
export function sumsOf(entries: Iterable<UploadEntry>): Sums {
  const sums = { files: 0, finished: 0, failed: 0, alreadyThere: 0, bytes: 0, sentBytes: 0, open: 0, waitingForNetwork: 0 };
  for (const entry of entries) {
    if (entry.state === "cancelled") continue;
    sums.files += 1;
    sums.bytes += entry.bytes;
    sums.sentBytes += sentOf(entry);
    if (isFinished(entry.state)) sums.finished += 1;
    if (entry.state === "failed") sums.failed += 1;
    if (entry.state === "already-there") sums.alreadyThere += 1;
    if (isOpen(entry.state)) sums.open += 1;
    if (entry.state === "waiting-for-network") sums.waitingForNetwork += 1;
  }
  return sums;
}

function failuresOf(entries: readonly QueuedFile[]): UploadReport["failed"] {
  const groups = new Map<string, { code: string; sentence: string; names: string[]; count: number }>();
  for (const { failure, name } of entries) {
    if (failure === null) continue;
    const group = groups.get(failure.code) ?? { code: failure.code, sentence: failure.sentence, names: [], count: 0 };
    groups.set(failure.code, group);
    group.count += 1;
    if (group.names.length < NAMES_SHOWN) group.names.push(name);
  }
  return [...groups.values()].sort((left, right) => right.count - left.count);
}

/** What became of all files, in groups. */
export function reportOf(entries: Iterable<QueuedFile>): UploadReport {
  const all = [...entries];
  const done = all.filter(({ state }) => state === "done");
  const removed = new Map<string, number>();
  for (const { report } of done) for (const kind of new Set(report?.removed)) removed.set(kind, (removed.get(kind) ?? 0) + 1);
  return {
    done: done.length,
    alreadyThere: all.filter(({ state }) => state === "already-there").length,
    withoutThumbnail: done.filter(({ report }) => report?.hasThumbnail === false).length,
    keptWhole: done.filter(({ report }) => report?.isKeptWhole === true).length,
    failed: failuresOf(all.filter(({ state }) => state === "failed")),
    removed: [...removed].map(([kind, count]) => ({ kind, count })),
  };
}

/** How fast bytes went lately, for saying how long the rest will take. */
export class Pace {
  readonly #samples: { readonly at: number; readonly sent: number }[] = [];
  static readonly #WINDOW_MS = 20_000;
  static readonly #LEAST_MS = 2000;

  /** Note how many bytes are sent by now, in milliseconds of any clock that only rises. */
  note(at: number, sent: number): void {
    const last = this.#samples.at(-1);
    // Bytes go backwards when the queue changes; what was measured before says nothing then.
    if (last !== undefined && sent < last.sent) this.#samples.length = 0;
    this.#samples.push({ at, sent });
    while (this.#samples.length > 2 && at - (this.#samples[0]?.at ?? at) > Pace.#WINDOW_MS) this.#samples.shift();
  }

  /** Null until enough was seen. */
  secondsFor(bytes: number): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined) return null;
    const [time, sent] = [last.at - first.at, last.sent - first.sent];
    return time < Pace.#LEAST_MS || sent <= 0 ? null : (bytes * time) / sent / 1000;
  }
}
