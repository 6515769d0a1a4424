/** What was written in a run and before it, with its hashes: the manifests and the journal come from here. */
import { utf8, type Bytes } from "../../crypto/bytes.ts";
import { gather, HashedPieces, sha256OfStored, type Hash } from "./hashing.ts";
import type { Room } from "./room.ts";
import type { Stored, Target, Written } from "./target.ts";

/** What an interruption may cost at most: these are written again. */
const NOTE_FILES = 96;
const NOTE_MS = 3000;
const HELD_TAG_BYTES = 1024 * 1024;
/** What Chromium writes into until a file is closed. */
const SWAP = ".crswap";

/** A file that is about to stand. */
export type Unhashed = Pick<Written, "path" | "source" | "orientation">;

export class Ledger {
  readonly #target: Target;
  readonly #hash: Hash;
  readonly #room: Room;
  readonly #now: () => number;
  readonly #written = new Map<string, Written>();
  /** Files around the payload, such as the manifests: they are read back, and in no manifest of it. */
  readonly #tags = new Map<string, Written>();
  #unnoted: Written[] = [];
  #notedAt: number;

  constructor(target: Target, hash: Hash, room: Room, now: () => number) {
    this.#target = target;
    this.#room = room;
    this.#hash = hash;
    this.#now = now;
    this.#notedAt = now();
  }

  /** The payload: what this run wrote or looked at, in no order. */
  all(): readonly Written[] {
    return [...this.#written.values()];
  }

  everything(): readonly Written[] {
    return [...this.#written.values(), ...this.#tags.values()];
  }

  tags(): readonly Written[] {
    return [...this.#tags.values()];
  }

  async digestOf(stored: Stored): Promise<string> {
    return await sha256OfStored(stored, this.#hash, this.#room);
  }

  /** What an earlier run noted of a file, if it is made of the same and still stands to the last bit. */
  async standing(path: string, source: string): Promise<Written | null> {
    const noted = this.#target.noted.get(path);
    if (noted?.source !== source) return null;
    const file = await this.#target.read(path);
    if (file?.size !== noted.bytes || (await this.digestOf(file)) !== noted.sha256) return null;
    this.#written.set(path, noted);
    return noted;
  }

  /**
   * Take into the bag what else stands among the payload, whether an earlier run or the person put it there:
   * a bag names every file of its payload. What an interruption left half made, or `isStale` names, goes.
   */
  async adopt(folder: string, isStale: (path: string) => boolean): Promise<void> {
    for await (const path of this.#target.list(folder)) {
      if (this.#written.has(path)) continue;
      const file = await this.#target.read(path);
      if (file === null) continue;
      const noted = this.#target.noted.get(path);
      if (isStale(path) || path.endsWith(SWAP) || (file.size === 0 && noted === undefined)) {
        await this.#target.remove(path);
        continue;
      }
      const sha256 = await this.digestOf(file);
      const isAsNoted = noted?.sha256 === sha256;
      this.#written.set(path, { path, bytes: file.size, sha256, source: isAsNoted ? noted.source : "", orientation: isAsNoted ? noted.orientation : 1 });
    }
  }

  /** Answers the bytes to go on with: those that were given may have been moved away. */
  async write(entry: Unhashed, content: Bytes, modifiedAt: Date): Promise<Bytes> {
    const { written, bytes } = await this.#hashedAndPut(entry, content, modifiedAt);
    await this.#add(written);
    return bytes;
  }

  async writeLarge(entry: Unhashed, pieces: HashedPieces, modifiedAt: Date): Promise<void> {
    await this.#add(await this.#put(entry, pieces, modifiedAt));
  }

  async writeText(path: string, text: string): Promise<void> {
    await this.write({ path, source: "", orientation: 1 }, utf8(text), this.#moment());
  }

  /** A file around the payload: of a large bag its list of files is twenty megabytes, and is never held whole. */
  async writeTag(path: string, text: Iterable<string>): Promise<void> {
    const entry = { path, source: "", orientation: 1 };
    const content = await gather(encoded(text), this.#room, 0, HELD_TAG_BYTES);
    if ("whole" in content) {
      const { written, bytes } = await this.#hashedAndPut(entry, content.whole, this.#moment());
      this.#room.give(bytes);
      this.#tags.set(path, written);
    } else this.#tags.set(path, await this.#put(entry, new HashedPieces(content.first, content.rest), this.#moment()));
  }

  #moment(): Date {
    return new Date(this.#now());
  }

  async #hashedAndPut({ path, source, orientation }: Unhashed, content: Bytes, modifiedAt: Date): Promise<{ readonly written: Written; readonly bytes: Bytes }> {
    const { sha256, crc, bytes } = await this.#hash(content, this.#target.wantsCrc);
    await this.#target.write(path, bytes, modifiedAt, crc);
    // Spelled out: of an object that is spread V8 keeps a shape for each, and there may be a hundred and fifty thousand.
    return { written: { path, bytes: bytes.length, sha256, source, orientation }, bytes };
  }

  async #put(entry: Unhashed, pieces: HashedPieces, modifiedAt: Date): Promise<Written> {
    await this.#target.write(entry.path, pieces.through(), modifiedAt, null);
    return { ...entry, bytes: pieces.bytes, sha256: pieces.sha256 };
  }

  async flush(): Promise<void> {
    const due = this.#unnoted;
    this.#unnoted = [];
    this.#notedAt = this.#now();
    await this.#target.note(due);
  }

  async #add(entry: Written): Promise<void> {
    this.#written.set(entry.path, entry);
    this.#unnoted.push(entry);
    if (this.#unnoted.length >= NOTE_FILES || this.#now() - this.#notedAt >= NOTE_MS) await this.flush();
  }
}

async function* encoded(texts: Iterable<string>): AsyncGenerator<Bytes> {
  for (const text of texts) yield await Promise.resolve(utf8(text));
}
