/** An export in one archive, written as it comes: any size, without holding it in memory. */
import type { Bytes } from "../../crypto/bytes.ts";
import { ANYWHERE } from "../../export/names.ts";
import { crc32 } from "./crc32.ts";
import { LibraryError } from "../../vault/library/bridge.ts";
import { cannotWrite, type Content, type Stored, type Target, type Written } from "./target.ts";
import { ZipReader, type ArchiveBytes } from "./zip-reader.ts";
import { ZipWriter, type Summed } from "./zip-writer.ts";

const NO_ROOM = "There is no room left where this is written. Make some, and begin again.";

/** A file of the browser's own for what is too large to be held while its turn comes. */
export interface Scratch {
  keep(pieces: AsyncIterable<Bytes>): Promise<{ readonly file: Blob; drop(): Promise<void> }>;
}

/** Where the bytes of an archive go, and where they are read back. */
export interface Sink {
  readonly name: string;
  readonly stream: WritableStream<Uint8Array>;
  /** Once the stream is closed. */
  read(): Promise<ArchiveBytes>;
}

export class ZipTarget implements Target {
  readonly name: string;
  readonly limit = ANYWHERE;
  readonly wantsCrc = true;
  readonly noted: ReadonlyMap<string, Written> = new Map();
  readonly #sink: Sink;
  readonly #scratch: Scratch;
  readonly #writer: ZipWriter;
  #reader: ZipReader | null = null;

  constructor(sink: Sink, scratch: Scratch) {
    this.name = sink.name;
    this.#sink = sink;
    this.#scratch = scratch;
    this.#writer = new ZipWriter(sink.stream);
  }

  async write(path: string, content: Content, modifiedAt: Date, crc: number | null): Promise<void> {
    if (content instanceof Uint8Array) {
      await this.#add(path, { bytes: content.length, crc: crc ?? crc32(content), pieces: [content] }, modifiedAt);
      return;
    }
    // Once its first byte is in the archive a file can no longer be left out: so all of it is at hand before.
    const sum = new Sum(content);
    const { file, drop } = await this.#scratch.keep(sum.through());
    try {
      await this.#add(path, { bytes: file.size, crc: sum.crc, pieces: piecesOf(file) }, modifiedAt);
    } finally {
      await drop();
    }
  }

  async read(path: string): Promise<Stored | null> {
    return this.#reader === null ? null : await this.#reader.file(path);
  }

  async *list(): AsyncGenerator<string> {
    return;
  }

  remove(): Promise<void> {
    return Promise.resolve();
  }

  /** An archive is written from its beginning to its end: a run after an interruption begins anew. */
  note(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await orCannotWrite(this.#writer.close());
    this.#reader = await ZipReader.open(await this.#sink.read());
  }

  settle(): Promise<void> {
    this.#reader?.close();
    return Promise.resolve();
  }

  async abandon(reason: unknown): Promise<void> {
    this.#reader?.close();
    await this.#writer.abort(reason);
  }

  async #add(name: string, content: Summed, modifiedAt: Date): Promise<void> {
    await orCannotWrite(this.#writer.add(name, content, modifiedAt));
  }
}

/** Nothing more goes into an archive that could not take a file. */
async function orCannotWrite(writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (!(error instanceof DOMException) || error.name === "AbortError") throw error;
    throw error.name === "QuotaExceededError" ? new LibraryError("disk_full", NO_ROOM) : cannotWrite(error);
  }
}

/** Pieces whose sum is taken as they pass. */
class Sum {
  readonly #pieces: AsyncIterable<Bytes>;
  crc = 0;

  constructor(pieces: AsyncIterable<Bytes>) {
    this.#pieces = pieces;
  }

  async *through(): AsyncGenerator<Bytes> {
    for await (const piece of this.#pieces) {
      this.crc = crc32(piece, this.crc);
      yield piece;
    }
  }
}

async function* piecesOf(file: Blob): AsyncGenerator<Bytes> {
  const reader = file.stream().getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}
