/** An export in one archive, written as it comes: any size, without holding it in memory. */
import { makeZip } from "client-zip";

import { ANYWHERE } from "../../export/names.ts";
import { ZipReader } from "./zip-reader.ts";
import type { Content, Target, Written } from "./target.ts";

/** A file of the browser's own for what is too large to be held while its turn comes. */
export interface Scratch {
  keep(pieces: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<{ readonly file: Blob; drop(): Promise<void> }>;
}

/** Where the bytes of an archive go, and where they are read back. */
export interface Sink {
  readonly name: string;
  readonly stream: WritableStream<Uint8Array>;
  /** Once the stream is closed. */
  file(): Promise<File>;
}

interface Waiting {
  readonly name: string;
  readonly input: Uint8Array<ArrayBuffer> | Blob;
  readonly lastModified: Date;
  taken(): void;
  refused(reason: unknown): void;
}

export class ZipTarget implements Target {
  readonly name: string;
  readonly limit = ANYWHERE;
  readonly noted: ReadonlyMap<string, Written> = new Map();
  readonly #sink: Sink;
  readonly #scratch: Scratch;
  readonly #queue: Waiting[] = [];
  readonly #written: Promise<void>;
  readonly #stop = new AbortController();
  #isClosing = false;
  #current: Waiting | null = null;
  #wake: () => void = () => undefined;
  #reader: ZipReader | null = null;

  constructor(sink: Sink, scratch: Scratch) {
    this.name = sink.name;
    this.#sink = sink;
    this.#scratch = scratch;
    this.#written = makeZip(this.#files(), { buffersAreUTF8: true }).pipeTo(sink.stream, { signal: this.#stop.signal });
    // Whoever writes next hears of it, and so does `close`.
    this.#written.catch((error: unknown) => { this.#refuseAll(error); });
  }

  async write(path: string, content: Content, modifiedAt: Date): Promise<void> {
    if (content instanceof Uint8Array) return await this.#add(path, content, modifiedAt);
    // Once its first byte is in the archive a file can no longer be left out: so all of it is at hand before.
    const { file, drop } = await this.#scratch.keep(content);
    try {
      await this.#add(path, file, modifiedAt);
    } finally {
      await drop();
    }
  }

  async read(path: string): Promise<Blob | null> {
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
    this.#isClosing = true;
    this.#wake();
    await this.#written;
    this.#reader = await ZipReader.open(await this.#sink.file());
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  async abandon(reason: unknown): Promise<void> {
    this.#stop.abort(reason);
    // Who waits for the next file would wait for good.
    this.#isClosing = true;
    this.#wake();
    await this.#written.catch(() => undefined);
  }

  #add(name: string, input: Waiting["input"], lastModified: Date): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.reject(this.#stop.signal.reason as Error);
    return new Promise((taken, refused) => {
      this.#queue.push({ name, input, lastModified, taken, refused });
      this.#wake();
    });
  }

  /** A file is taken when the archive asks for the one after it. */
  async *#files() {
    for (;;) {
      const next = this.#queue.shift();
      if (next !== undefined) {
        const { name, input, lastModified } = next;
        this.#current = next;
        yield { name, input, lastModified, size: input instanceof Blob ? input.size : input.length };
        this.#current = null;
        next.taken();
      } else if (this.#isClosing) {
        return;
      } else {
        await new Promise<void>((resolve) => { this.#wake = resolve; });
      }
    }
  }

  #refuseAll(reason: unknown): void {
    this.#stop.abort(reason);
    this.#current?.refused(reason);
    for (const each of this.#queue.splice(0)) each.refused(reason);
  }
}
