/** Reading back a ZIP of stored files, large ones too: where the bytes of each file lie. Source: PKWARE APPNOTE 6.3.10, 4.3. */
import { LibraryError } from "../../vault/library/bridge.ts";

const END = 0x06054b50;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const END_64_BYTES = 56;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const UNKNOWN = 0xffffffff;
const ZIP64_FIELD = 1;

async function viewOf(archive: Blob, from: number, to: number): Promise<DataView> {
  return new DataView(await archive.slice(from, to).arrayBuffer());
}

const broken = (): LibraryError => new LibraryError("archive_broken", "The archive on the disk is not what was written. Please make it again.");

interface Directory {
  readonly at: number;
  readonly bytes: number;
}

async function directoryOf(archive: Blob): Promise<Directory> {
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
}

function* entriesOf(view: DataView): Generator<Entry> {
  const text = new TextDecoder();
  for (let at = 0; at + ENTRY_BYTES <= view.byteLength;) {
    const [size, header] = [view.getUint32(at + 24, true), view.getUint32(at + 42, true)];
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [number, number, number];
    const name = text.decode(new Uint8Array(view.buffer, view.byteOffset + at + ENTRY_BYTES, nameBytes));
    const extra = at + ENTRY_BYTES + nameBytes;
    const [largeSize, , largeHeader] = largeNumbers(view, extra, extra + extraBytes, [size === UNKNOWN, view.getUint32(at + 20, true) === UNKNOWN, header === UNKNOWN]);
    yield { name, bytes: largeSize ?? size, headerAt: largeHeader ?? header };
    at = extra + extraBytes + commentBytes;
  }
}

export class ZipReader {
  readonly #archive: Blob;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(archive: Blob, entries: ReadonlyMap<string, Entry>) {
    this.#archive = archive;
    this.#entries = entries;
  }

  /** @throws LibraryError "archive_broken". */
  static async open(archive: Blob): Promise<ZipReader> {
    try {
      const { at, bytes } = await directoryOf(archive);
      const entries = new Map([...entriesOf(await viewOf(archive, at, at + bytes))].map((entry) => [entry.name, entry]));
      return new ZipReader(archive, entries);
    } catch (error) {
      throw error instanceof RangeError ? broken() : error;
    }
  }

  /** The bytes of one file, read only when they are asked for; null for none of that name. */
  async file(name: string): Promise<Blob | null> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return null;
    const local = await viewOf(this.#archive, entry.headerAt, entry.headerAt + LOCAL_BYTES);
    const start = entry.headerAt + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
    return this.#archive.slice(start, start + entry.bytes);
  }
}
