/**
 * Saving originals: byte for byte what was stored, decrypted as it streams to the disk.
 */
import { makeZip } from "client-zip";

import { refusalOf } from "../vault/library/bridge.ts";
import type { ItemFailure, MediaRequest, Outcome } from "../vault/library/contract.ts";
import type { Library } from "../vault/library/library.ts";
import type { MediaPool } from "../vault/library/media-pool.ts";
import { NameGiver, safeName } from "./file-names.ts";

export interface DownloadProgress {
  readonly files: number;
  readonly doneFiles: number;
  readonly bytes: number;
  readonly doneBytes: number;
}

export interface DownloadOptions {
  readonly library: Pick<Library, "byId" | "mediaRequest">;
  readonly mediaPool: MediaPool;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

interface Wanted {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly takenAt: Date;
  readonly request: MediaRequest;
}

type Pieces = AsyncGenerator<Uint8Array<ArrayBuffer>>;

interface SavePicker {
  showSaveFilePicker(options: { readonly suggestedName: string }): Promise<FileSystemFileHandle>;
}

const hasSavePicker = (scope: object): scope is SavePicker => "showSaveFilePicker" in scope;

const GONE = { code: "not_found", sentence: "This photo is no longer here." } as const;

function wantedFrom(ids: readonly string[], library: DownloadOptions["library"], failed: ItemFailure[]): readonly Wanted[] {
  const names = new NameGiver();
  return [...new Set(ids)].flatMap((id) => {
    const item = library.byId(id);
    const request = library.mediaRequest(id, "original");
    if (item === null || request === null) {
      failed.push({ id, ...GONE });
      return [];
    }
    const name = names.give(safeName(item.name, `photo-${id}`));
    return [{ id, name, bytes: item.bytes, takenAt: new Date(Number.isNaN(item.time) ? item.storedAt : item.time), request }];
  });
}

/** Counts what goes through. */
class Meter {
  readonly #tell: DownloadOptions["onProgress"];
  readonly #files: number;
  readonly #bytes: number;
  #doneFiles = 0;
  #doneBytes = 0;

  constructor(wanted: readonly Wanted[], tell: DownloadOptions["onProgress"]) {
    this.#files = wanted.length;
    this.#bytes = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#tell = tell;
  }

  async *through(pieces: Pieces): Pieces {
    for await (const piece of pieces) {
      this.#doneBytes += piece.length;
      this.#say();
      yield piece;
    }
    this.#doneFiles += 1;
    this.#say();
  }

  #say(): void {
    this.#tell?.({ files: this.#files, doneFiles: this.#doneFiles, bytes: this.#bytes, doneBytes: this.#doneBytes });
  }
}

/** A stream that takes the next piece only when it has room for it. */
function streamOf(pieces: AsyncIterator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull: async (controller) => {
      const step = await pieces.next();
      if (step.done === true) controller.close();
      else controller.enqueue(step.value);
    },
    cancel: async () => void (await pieces.return?.()),
  });
}

/** Straight to the disk where the browser lets the person choose a file, else through a blob. */
async function save(name: string, mediaType: string, stream: () => ReadableStream<Uint8Array>, large: boolean, signal?: AbortSignal): Promise<void> {
  if (large && hasSavePicker(window)) {
    const handle = await window.showSaveFilePicker({ suggestedName: name });
    await stream().pipeTo(await handle.createWritable(), signal === undefined ? {} : { signal });
    return;
  }
  const blob = await new Response(stream(), { headers: { "Content-Type": mediaType } }).blob();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken hold of the blob well before.
  setTimeout(() => { URL.revokeObjectURL(link.href); }, 60_000);
}

/** Above this a file is not gathered in memory if the browser offers another way. */
const LARGE_BYTES = 100 * 1024 * 1024;

async function saveOne(wanted: Wanted, meter: Meter, { mediaPool, signal }: DownloadOptions): Promise<void> {
  const stream = (): ReadableStream<Uint8Array> => streamOf(meter.through(mediaPool.read(wanted.request, signal)));
  await save(wanted.name, wanted.request.mediaType, stream, wanted.bytes > LARGE_BYTES, signal);
}

/**
 * Files of a zip, one after the other. What breaks before its first byte is left out and told; what
 * breaks later breaks the zip, because half a photo must not look whole.
 */
async function* zipped(wanted: readonly Wanted[], meter: Meter, outcome: { done: string[]; failed: ItemFailure[] }, options: DownloadOptions) {
  for (const { id, name, bytes, takenAt, request } of wanted) {
    const pieces = meter.through(options.mediaPool.read(request, options.signal));
    let first: IteratorResult<Uint8Array<ArrayBuffer>, unknown>;
    try {
      first = await pieces.next();
    } catch (error) {
      options.signal?.throwIfAborted();
      outcome.failed.push({ id, ...refusalOf(error) });
      continue;
    }
    yield { name, lastModified: takenAt, size: bytes, input: streamOf(startingWith(first, pieces)) };
    outcome.done.push(id);
  }
}

async function* startingWith(first: IteratorResult<Uint8Array<ArrayBuffer>, unknown>, rest: Pieces): Pieces {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

async function saveZip(wanted: readonly Wanted[], meter: Meter, failed: ItemFailure[], options: DownloadOptions): Promise<Outcome> {
  const outcome = { done: [] as string[], failed };
  const day = new Date().toISOString().slice(0, 10);
  const bytes = wanted.reduce((sum, each) => sum + each.bytes, 0);
  const stream = (): ReadableStream<Uint8Array> => makeZip(zipped(wanted, meter, outcome, options));
  await save(`PocketVault ${day}.zip`, "application/zip", stream, bytes > LARGE_BYTES, options.signal);
  return outcome;
}

/**
 * Save originals: one as it is, several in a zip. Call it from a click, because large ones ask where to.
 *
 * @throws AbortError when cancelled, here or in the browser's own dialog.
 */
export async function download(ids: readonly string[], options: DownloadOptions): Promise<Outcome> {
  const failed: ItemFailure[] = [];
  const wanted = wantedFrom(ids, options.library, failed);
  const meter = new Meter(wanted, options.onProgress);
  const [only, ...others] = wanted;
  if (only === undefined) return { done: [], failed };
  if (others.length > 0) return await saveZip(wanted, meter, failed, options);
  try {
    await saveOne(only, meter, options);
    return { done: [only.id], failed };
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    return { done: [], failed: [...failed, { id: only.id, ...refusalOf(error) }] };
  }
}
