/** Reading back a ZIP of stored files, large ones too: where the bytes of each file lie. Source: PKWARE APPNOTE 6.3.10, 4.3. */
import type { Bytes } from "../../crypto/bytes.ts";
import { LibraryError } from "../../vault/library/bridge.ts";
import type { Room } from "./room.ts";
import type { Stored } from "./target.ts";

const END = 0x06054b50;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const END_64_BYTES = 56;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const UNKNOWN = 0xffffffff;
const ZIP64_FIELD = 1;
/** Read at once where little is asked for: what comes next is asked for next. */
const WINDOW_BYTES = 2 * 1024 * 1024;
/** Files are read a few at a time, so one may still be at the end of what the next has left behind. */
const WINDOWS = 2;
/** A large file comes in pieces of this size, and so does the directory. */
const PIECE_BYTES = 1024 * 1024;

/** An archive that lies somewhere and is read piece by piece. */
export interface ArchiveBytes {
  readonly size: number;
  /** Fill `bytes` with what begins at `at`. Answers how many there were: fewer where the archive ends before. */
  readInto(bytes: Bytes, at: number): Promise<number>;
  /** Let go of it. */
  close(): void;
}

/** An archive in a file that is read as anything else is. */
export const bytesOfBlob = (blob: Blob): ArchiveBytes => ({
  size: blob.size,
  readInto: async (bytes, at) => {
    const read = new Uint8Array(await blob.slice(at, at + bytes.length).arrayBuffer());
    bytes.set(read);
    return read.length;
  },
  close: () => undefined,
});

interface Window {
  readonly from: number;
  readonly to: number;
  readonly memory: Bytes;
  readonly bytes: Promise<Bytes>;
  /** How many are taking something out of it. */
  users: number;
}

/** Reads ahead, or each of a hundred thousand small files would be asked for twice; in the same memory again and again. */
class Ahead {
  readonly #archive: ArchiveBytes;
  readonly size: number;
  #windows: readonly Window[] = [];
  #free: Bytes | null = null;

  constructor(archive: ArchiveBytes) {
    this.#archive = archive;
    this.size = archive.size;
  }

  /** As {@link ArchiveBytes.readInto}. */
  async readInto(bytes: Bytes, at: number): Promise<number> {
    if (bytes.length > WINDOW_BYTES / 2) return await this.#archive.readInto(bytes, at);
    return await this.#use(at, at + bytes.length, (near) => {
      bytes.set(near);
      return near.length;
    });
  }

  /** A few bytes, in memory of their own. */
  async near(from: number, to: number): Promise<Bytes> {
    return await this.#use(from, to, (near) => near.slice());
  }

  async #use<T>(from: number, to: number, take: (near: Bytes) => T): Promise<T> {
    const known = this.#windows.find((window) => window.from <= from && Math.min(to, this.size) <= window.to);
    const window = known ?? this.#opened(from, to);
    window.users += 1;
    try {
      return take((await window.bytes).subarray(from - window.from, to - window.from));
    } finally {
      window.users -= 1;
    }
  }

  #opened(from: number, atLeast: number): Window {
    const to = Math.min(this.size, Math.max(atLeast, from + WINDOW_BYTES));
    const memory = this.#memoryFor(Math.max(0, to - from));
    const bytes = memory.subarray(0, to - from);
    const window = { from, to, memory, bytes: this.#archive.readInto(bytes, from).then((read) => bytes.subarray(0, read)), users: 0 };
    const all = [window, ...this.#windows];
    this.#windows = all.slice(0, WINDOWS);
    for (const gone of all.slice(WINDOWS)) if (gone.users === 0) this.#free = gone.memory;
    return window;
  }

  #memoryFor(length: number): Bytes {
    const free = this.#free;
    this.#free = null;
    return free !== null && free.length >= length ? free : new Uint8Array(Math.max(length, WINDOW_BYTES));
  }

  close(): void {
    this.#windows = [];
    this.#archive.close();
  }
}

async function viewOf(archive: Ahead, from: number, to: number): Promise<DataView> {
  const bytes = await archive.near(from, to);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const broken = (): LibraryError => new LibraryError("archive_broken", "The archive on the disk is not what was written. Please make it again.");

interface Directory {
  readonly at: number;
  readonly bytes: number;
}

async function directoryOf(archive: Ahead): Promise<Directory> {
  const start = archive.size - END_BYTES;
  if (start < 0) throw broken();
  const end = await viewOf(archive, start, archive.size);
  if (end.getUint32(0, true) !== END) throw broken();
  const [bytes, at] = [end.getUint32(12, true), end.getUint32(16, true)];
  if (at !== UNKNOWN && bytes !== UNKNOWN) return { at, bytes };
  const large = await viewOf(archive, start - LOCATOR_BYTES - END_64_BYTES, start - LOCATOR_BYTES);
  return { bytes: Number(large.getBigUint64(40, true)), at: Number(large.getBigUint64(48, true)) };
}

/** The 64-bit numbers of an entry stand in a field of its own, in this order, each only where it did not fit. */
function largeNumbers(view: DataView, from: number, to: number, wanted: readonly boolean[]): (number | null)[] {
  for (let at = from; at + 4 <= to; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== ZIP64_FIELD) continue;
    let next = at + 4;
    return wanted.map((isWanted) => {
      if (!isWanted) return null;
      next += 8;
      return Number(view.getBigUint64(next - 8, true));
    });
  }
  return wanted.map(() => null);
}

interface Entry {
  readonly name: string;
  readonly bytes: number;
  readonly headerAt: number;
  /** Of the entry itself. */
  readonly length: number;
}

/** A part of the directory at a time: that of a hundred thousand files has twenty megabytes. */
async function* entriesIn(archive: Ahead, { at, bytes }: Directory): AsyncGenerator<Entry> {
  const end = at + bytes;
  for (let from = at; from + ENTRY_BYTES <= end;) {
    const begun = from;
    for (const entry of entriesOf(await viewOf(archive, from, Math.min(end, from + PIECE_BYTES)))) {
      from += entry.length;
      yield entry;
    }
    if (from === begun) throw broken();
  }
}

/** Those that stand there whole. */
function* entriesOf(view: DataView): Generator<Entry> {
  const text = new TextDecoder();
  for (let at = 0; at + ENTRY_BYTES <= view.byteLength;) {
    const [size, header] = [view.getUint32(at + 24, true), view.getUint32(at + 42, true)];
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [number, number, number];
    const length = ENTRY_BYTES + nameBytes + extraBytes + commentBytes;
    if (at + length > view.byteLength) return;
    const name = text.decode(new Uint8Array(view.buffer, view.byteOffset + at + ENTRY_BYTES, nameBytes));
    const extra = at + ENTRY_BYTES + nameBytes;
    const [largeSize, , largeHeader] = largeNumbers(view, extra, extra + extraBytes, [size === UNKNOWN, view.getUint32(at + 20, true) === UNKNOWN, header === UNKNOWN]);
    yield { name, bytes: largeSize ?? size, headerAt: largeHeader ?? header, length };
    at += length;
  }
}

/** One file of an archive; its bytes are read only when they are asked for. */
class StoredFile implements Stored {
  readonly #archive: Ahead;
  readonly #from: number;
  readonly size: number;

  constructor(archive: Ahead, from: number, size: number) {
    this.#archive = archive;
    this.#from = from;
    this.size = size;
  }

  async whole(room: Room): Promise<Bytes> {
    const bytes = room.take(this.size);
    return bytes.subarray(0, await this.#archive.readInto(bytes, this.#from));
  }

  async *pieces(): AsyncGenerator<Bytes> {
    for (let at = 0; at < this.size; at += PIECE_BYTES) {
      const bytes = new Uint8Array(Math.min(this.size - at, PIECE_BYTES));
      yield bytes.subarray(0, await this.#archive.readInto(bytes, this.#from + at));
    }
  }
}

export class ZipReader {
  readonly #archive: Ahead;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(archive: Ahead, entries: ReadonlyMap<string, Entry>) {
    this.#archive = archive;
    this.#entries = entries;
  }

  /** @throws LibraryError "archive_broken". */
  static async open(archive: ArchiveBytes): Promise<ZipReader> {
    try {
      const ahead = new Ahead(archive);
      const entries = new Map<string, Entry>();
      for await (const entry of entriesIn(ahead, await directoryOf(ahead))) entries.set(entry.name, entry);
      return new ZipReader(ahead, entries);
    } catch (error) {
      archive.close();
      throw error instanceof RangeError ? broken() : error;
    }
  }

  /** One file; null for none of that name. */
  async file(name: string): Promise<Stored | null> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return null;
    const local = await viewOf(this.#archive, entry.headerAt, entry.headerAt + LOCAL_BYTES);
    const start = entry.headerAt + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
    return new StoredFile(this.#archive, start, entry.bytes);
  }

  close(): void {
    this.#archive.close();
  }
}
