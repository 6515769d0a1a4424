/**
 * An export in a folder of the person's own. Every file appears whole or not at all, and a journal beside
 * the photos says what stands, so that a closed tab costs nothing that was written.
 */
import { ANYWHERE, type NameLimit } from "../../export/names.ts";
import { cannotWrite, storedBlob, type Content, type Stored, type Target, type Written } from "./target.ts";

/** The folder inside the one that was picked. */
export const BAG = "PocketVault";
/** Not part of the bag's payload: a reader of BagIt passes over it. */
const JOURNAL = ".pocketvault";
const OWNER = "owner.txt";
const SETTLED = "settled.jsonl";

const isMissing = (error: unknown): boolean => error instanceof DOMException && error.name === "NotFoundError";

async function childFolder(parent: FileSystemDirectoryHandle, name: string): Promise<FileSystemDirectoryHandle | null> {
  try {
    return await parent.getDirectoryHandle(name);
  } catch (error) {
    if (isMissing(error)) return null;
    // A file has that name.
    if (error instanceof DOMException && error.name === "TypeMismatchError") return null;
    throw error;
  }
}

async function fileIn(folder: FileSystemDirectoryHandle | null, name: string): Promise<File | null> {
  try {
    return folder === null ? null : await (await folder.getFileHandle(name)).getFile();
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Whose export a folder holds; null for none of ours. */
async function ownerOf(folder: FileSystemDirectoryHandle): Promise<string | null> {
  const file = await fileIn(await childFolder(folder, JOURNAL), OWNER);
  return file === null ? null : (await file.text()).trim();
}

async function isTaken(parent: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  for await (const each of parent.keys()) if (each.toLowerCase() === name.toLowerCase()) return true;
  return false;
}

/** The folder of this account's export inside what was picked: the one that is there, else a new one. */
async function bagFolder(picked: FileSystemDirectoryHandle, accountId: string, bag: string): Promise<FileSystemDirectoryHandle> {
  if ((await ownerOf(picked)) === accountId) return picked;
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? bag : `${bag}~${number}`;
    const there = await childFolder(picked, name);
    if (there !== null && (await ownerOf(there)) === accountId) return there;
    if (there === null && !(await isTaken(picked, name))) return await picked.getDirectoryHandle(name, { create: true });
  }
}

/** Asks the file system itself how long a name may be: a hundred letters of three bytes each. */
async function limitOf(folder: FileSystemDirectoryHandle): Promise<NameLimit> {
  const name = `${"あ".repeat(100)}.tmp`;
  try {
    await folder.getFileHandle(name, { create: true });
    await folder.removeEntry(name);
    return { unit: "units", most: 255 };
  } catch {
    return ANYWHERE;
  }
}

function readLine(line: string): Written | null {
  try {
    const { path, bytes, sha256, source, orientation } = JSON.parse(line) as Record<string, unknown>;
    if (typeof path !== "string" || typeof bytes !== "number" || typeof sha256 !== "string" || typeof source !== "string") return null;
    return { path, bytes, sha256, source, orientation: typeof orientation === "number" ? orientation : 1 };
  } catch {
    return null;
  }
}

const linesOf = (written: readonly Written[]): string => written.map((each) => `${JSON.stringify(each)}\n`).join("");

export class FolderTarget implements Target {
  readonly name: string;
  readonly limit: NameLimit;
  readonly wantsCrc = false;
  readonly noted: ReadonlyMap<string, Written>;
  readonly #folder: FileSystemDirectoryHandle;
  readonly #journal: FileSystemDirectoryHandle;
  readonly #folders = new Map<string, Promise<FileSystemDirectoryHandle>>();
  #notes = 0;

  private constructor(folder: FileSystemDirectoryHandle, journal: FileSystemDirectoryHandle, limit: NameLimit, noted: ReadonlyMap<string, Written>) {
    this.name = folder.name === "" ? BAG : folder.name;
    this.limit = limit;
    this.noted = noted;
    this.#folder = folder;
    this.#journal = journal;
  }

  /** @throws LibraryError "cannot_write" where the folder lets us write nothing. */
  static async open(picked: FileSystemDirectoryHandle, accountId: string, bag: string = BAG): Promise<FolderTarget> {
    try {
      const folder = await bagFolder(picked, accountId, bag);
      const journal = await folder.getDirectoryHandle(JOURNAL, { create: true });
      await writeWhole(journal, OWNER, [accountId]);
      const noted = await readJournal(journal);
      const target = new FolderTarget(folder, journal, await limitOf(journal), noted);
      await target.#compact([...noted.values()]);
      return target;
    } catch (error) {
      if (error instanceof DOMException) throw cannotWrite(error);
      throw error;
    }
  }

  async write(path: string, content: Content): Promise<void> {
    const at = path.lastIndexOf("/");
    const folder = await this.#folderAt(path.slice(0, Math.max(0, at)));
    try {
      await writeWhole(folder, path.slice(at + 1), content instanceof Uint8Array ? [content] : content);
    } catch (error) {
      if (error instanceof DOMException && error.name !== "AbortError") throw cannotWrite(error);
      throw error;
    }
  }

  async read(path: string): Promise<Stored | null> {
    const parts = path.split("/");
    const name = parts.pop() ?? "";
    let folder: FileSystemDirectoryHandle | null = this.#folder;
    for (const part of parts) folder = folder === null ? null : await childFolder(folder, part);
    const file = await fileIn(folder, name);
    return file === null ? null : storedBlob(file);
  }

  async *list(folder: string): AsyncGenerator<string> {
    const there = await childFolder(this.#folder, folder);
    if (there !== null) yield* listed(there, folder);
  }

  async remove(path: string): Promise<void> {
    const at = path.lastIndexOf("/");
    await (await this.#folderAt(path.slice(0, Math.max(0, at)))).removeEntry(path.slice(at + 1));
  }

  async note(written: readonly Written[]): Promise<void> {
    if (written.length === 0) return;
    this.#notes += 1;
    await writeWhole(this.#journal, `${Date.now()}-${this.#notes}.jsonl`, [linesOf(written)]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async settle(written: readonly Written[]): Promise<void> {
    await this.#compact(written);
  }

  abandon(): Promise<void> {
    return Promise.resolve();
  }

  /** One file for all that is known. The others go only once it stands: what is said twice does no harm. */
  async #compact(written: readonly Written[]): Promise<void> {
    const others: string[] = [];
    for await (const name of this.#journal.keys()) if (name.endsWith(".jsonl") && name !== SETTLED) others.push(name);
    await writeWhole(this.#journal, SETTLED, [linesOf(written)]);
    for (const name of others) await this.#journal.removeEntry(name);
  }

  #folderAt(path: string): Promise<FileSystemDirectoryHandle> {
    if (path === "") return Promise.resolve(this.#folder);
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const at = path.lastIndexOf("/");
    const made = this.#folderAt(path.slice(0, Math.max(0, at))).then((parent) => parent.getDirectoryHandle(path.slice(at + 1), { create: true }));
    this.#folders.set(path, made);
    // A folder that could not be made is tried again with the next file.
    made.catch(() => this.#folders.delete(path));
    return made;
  }
}

async function* listed(folder: FileSystemDirectoryHandle, path: string): AsyncGenerator<string> {
  for await (const [name, handle] of folder.entries()) {
    if (handle.kind === "directory") yield* listed(handle as FileSystemDirectoryHandle, `${path}/${name}`);
    else yield `${path}/${name}`;
  }
}

async function readJournal(journal: FileSystemDirectoryHandle): Promise<Map<string, Written>> {
  const names: string[] = [];
  for await (const name of journal.keys()) if (name.endsWith(".jsonl")) names.push(name);
  const noted = new Map<string, Written>();
  // What was settled comes before what was noted later, and so does "9" before "10" of one moment.
  const order = (name: string): string => (name === SETTLED ? "" : name.replace(/\d+/g, (digits) => digits.padStart(16, "0")));
  for (const name of names.sort((left, right) => (order(left) < order(right) ? -1 : 1))) {
    const text = (await (await fileIn(journal, name))?.text()) ?? "";
    for (const line of text.split("\n")) {
      const written = line === "" ? null : readLine(line);
      if (written !== null) noted.set(written.path, written);
    }
  }
  return noted;
}

/** The browser puts a file in its place only when it is closed, so there is never half a photo. */
async function writeWhole(folder: FileSystemDirectoryHandle, name: string, pieces: Iterable<FileSystemWriteChunkType> | AsyncIterable<FileSystemWriteChunkType>): Promise<void> {
  const handle = await folder.getFileHandle(name, { create: true });
  const writer = await handle.createWritable();
  try {
    for await (const piece of pieces) await writer.write(piece);
    await writer.close();
  } catch (error) {
    await writer.abort().catch(() => undefined);
    throw error;
  }
}
