/** A place that an export is written to, whatever it is. */
import type { Bytes } from "../../crypto/bytes.ts";
import type { BagFile } from "../../export/bag.ts";
import type { NameLimit } from "../../export/names.ts";
import type { Room } from "./room.ts";
import { LibraryError } from "../../vault/library/bridge.ts";

/** A file that stands, and what it was made of. */
export interface Written extends BagFile {
  /** "original ID VERSION", so that a later run knows whether it is still what it should be; "" for what is made anew each time. */
  readonly source: string;
  /** EXIF orientation that an original has, so that a later run need not read it again; 1 for everything else. */
  readonly orientation: number;
}

/** What a target can write: small things whole, large ones as they come. */
export type Content = Bytes | AsyncIterable<Bytes>;

/** What stands somewhere. */
export interface Stored {
  readonly size: number;
  /** All of it, in memory that `room` has or in memory of its own. */
  whole(room: Room): Promise<Bytes>;
  pieces(): ReadableStream<Bytes> | AsyncIterable<Bytes>;
}

export const storedBlob = (blob: Blob): Stored => ({
  size: blob.size,
  whole: async () => new Uint8Array(await blob.arrayBuffer()),
  pieces: () => blob.stream(),
});

/** Why a disk took nothing, in words for a person. */
export function cannotWrite(error: DOMException): LibraryError {
  if (error.name === "QuotaExceededError") return new LibraryError("disk_full", "There is no room left where this is written. Make some, and go on; what is there stays.");
  return new LibraryError("cannot_write", "The folder does not let us write here. Choose another, or choose it again.");
}

export interface Target {
  readonly name: string;
  readonly limit: NameLimit;
  /** What an earlier run noted, by path; whether it is still there is another matter. */
  readonly noted: ReadonlyMap<string, Written>;
  /** Whether `write` is glad of the CRC-32 of what comes whole. */
  readonly wantsCrc: boolean;
  /** Either all of it stands afterwards, or nothing. `crc` is that of the content, null where nobody took it. */
  write(path: string, content: Content, modifiedAt: Date, crc: number | null): Promise<void>;
  /** What stands at a path; null for nothing, and for a target that can only be read at the end. */
  read(path: string): Promise<Stored | null>;
  /** Paths of everything below a folder of the bag, whoever put it there; nothing for a target that begins empty. */
  list(folder: string): AsyncIterable<string>;
  remove(path: string): Promise<void>;
  /** Remember that files stand, so that a run after an interruption finds them. */
  note(written: readonly Written[]): Promise<void>;
  /** All is written. Afterwards `read` works for every target. */
  close(): Promise<void>;
  /** All was read back and is right. */
  settle(written: readonly Written[]): Promise<void>;
  /** Give up: what stands stays, what is half written goes. */
  abandon(reason: unknown): Promise<void>;
}
