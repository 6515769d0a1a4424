/** Where the plain tree goes: into a folder that somebody chose, or into one ZIP file. */
import { makeZip } from "client-zip";

import { PhotoError } from "./photos.ts";
import type { TreeFile, WriteFile } from "./plain-tree.ts";

/** A place to write to. `close` once all is written; `give up` leaves nothing half done. */
export interface Target {
  readonly write: WriteFile;
  close(): Promise<void>;
  giveUp(): Promise<void>;
}

type PickFolder = (options: { readonly mode: "readwrite"; readonly id: string }) => Promise<FileSystemDirectoryHandle>;
type PickFile = (options: { readonly suggestedName: string }) => Promise<FileSystemFileHandle>;

interface Pickers {
  readonly showDirectoryPicker?: PickFolder;
  readonly showSaveFilePicker?: PickFile;
}

const pickers = globalThis as Pickers;

export const canPickFolder = (): boolean => pickers.showDirectoryPicker !== undefined;

/** Ask for a folder. Null when the person thought better of it. */
export async function pickFolder(): Promise<Target | null> {
  const root = await notAborted(pickers.showDirectoryPicker?.({ mode: "readwrite", id: "pocketvault" }));
  return root === null ? null : folderTarget(root);
}

/** Ask where the ZIP file goes. Without a way to ask, it is made first and then downloaded. */
export async function pickZip(name: string): Promise<Target | null> {
  if (pickers.showSaveFilePicker === undefined) return zipTarget(downloading(name));
  const handle = await notAborted(pickers.showSaveFilePicker({ suggestedName: name }));
  return handle === null ? null : zipTarget(savingTo(handle));
}

async function notAborted<Handle>(picking: Promise<Handle> | undefined): Promise<Handle | null> {
  try {
    return (await picking) ?? null;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return null;
    throw error;
  }
}

/** A file is written beside and takes its name when it is whole: so the browser does it. */
export function folderTarget(root: FileSystemDirectoryHandle): Target {
  const folders = new Map<string, Promise<FileSystemDirectoryHandle>>([["", Promise.resolve(root)]]);
  const folderAt = (path: string): Promise<FileSystemDirectoryHandle> => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const at = path.lastIndexOf("/");
    const made = folderAt(path.slice(0, Math.max(0, at))).then((parent) => parent.getDirectoryHandle(path.slice(at + 1), { create: true }));
    folders.set(path, made);
    return made;
  };
  const write = async (file: TreeFile): Promise<void> => {
    const at = file.path.lastIndexOf("/");
    const folder = await folderAt(file.path.slice(0, Math.max(0, at)));
    const handle = await folder.getFileHandle(file.path.slice(at + 1), { create: true });
    await writeTo(handle, file).catch(async (error: unknown) => {
      await folder.removeEntry(handle.name).catch(() => undefined);
      throw error;
    });
  };
  return { write, close: () => Promise.resolve(), giveUp: () => Promise.resolve() };
}

async function writeTo(handle: FileSystemFileHandle, file: TreeFile): Promise<void> {
  const writable = await handle.createWritable();
  let written = 0;
  try {
    for await (const chunk of file.chunks()) {
      await writable.write(chunk as Uint8Array<ArrayBuffer>);
      written += chunk.length;
    }
    await writable.close();
  } catch (error) {
    await writable.abort().catch(() => undefined);
    throw error;
  }
  const { size } = await handle.getFile();
  if (size !== written) throw new PhotoError("It was not written whole. Is the disk full?");
}

type Take = (bytes: ReadableStream<Uint8Array>) => Promise<void>;

const savingTo = (handle: FileSystemFileHandle): Take => async (bytes) => {
  await bytes.pipeTo(await handle.createWritable());
};

/** The browser keeps what it is handed on its own disk until it is downloaded. */
const downloading = (name: string): Take => async (bytes) => {
  const whole = await new Response(bytes as ReadableStream<Uint8Array<ArrayBuffer>>).blob();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(whole);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 60_000);
};

interface Waiting {
  readonly file: TreeFile;
  settle(error?: unknown): void;
}

/**
 * One ZIP file. What stands in it cannot be taken back, so a photo is opened once to see that it opens
 * whole, and once more to write it.
 */
function zipTarget(take: Take): Target {
  const queue = new Handing<Waiting>();
  const entries = async function* (): AsyncGenerator<{ name: string; input: AsyncIterable<Uint8Array> }> {
    for await (const { file, settle } of queue) {
      yield { name: file.path, input: told(file, settle) };
    }
  };
  const taken = take(makeZip(entries()));
  taken.catch(() => undefined);
  const write = async (file: TreeFile): Promise<void> => {
    if (file.isSealed) for await (const _ of file.chunks()) void _;
    const done = new Promise<void>((resolve, reject) => {
      queue.hand({ file, settle: (error) => { if (error === undefined) resolve(); else reject(error as Error); } });
    });
    await Promise.race([done, taken.then(() => done)]);
  };
  return {
    write,
    close: async () => {
      queue.end();
      await taken;
    },
    giveUp: async () => {
      queue.end(new DOMException("Stopped.", "AbortError"));
      await taken.catch(() => undefined);
    },
  };
}

async function* told(file: TreeFile, settle: Waiting["settle"]): AsyncGenerator<Uint8Array> {
  try {
    yield* file.chunks();
  } catch (error) {
    settle(error);
    throw error;
  }
  settle();
}

/** Hands things over one by one to whoever iterates. */
class Handing<Thing> implements AsyncIterable<Thing> {
  readonly #waiting: Thing[] = [];
  #isOver = false;
  #failure: unknown;
  #wake: () => void = () => undefined;

  hand(thing: Thing): void {
    this.#waiting.push(thing);
    this.#wake();
  }

  end(failure?: unknown): void {
    this.#isOver = true;
    this.#failure = failure;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Thing> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) yield next;
      else if (this.#failure !== undefined) throw this.#failure as Error;
      else if (this.#isOver) return;
      else await new Promise<void>((resolve) => { this.#wake = resolve; });
    }
  }
}
