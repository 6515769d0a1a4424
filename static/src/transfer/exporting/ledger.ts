/** What was written in a run and before it, with its hashes: the manifests and the journal come from here. */
import { concat, utf8, type Bytes } from "../../crypto/bytes.ts";
import { sha256Hex, sha256OfStored, type Hash, type HashedPieces } from "./hashing.ts";
import type { Room } from "./room.ts";
import type { Stored, Target, Written } from "./target.ts";

/** What an interruption may cost at most: these are written again. */
const NOTE_FILES = 96;
const NOTE_MS = 3000;
/** What Chromium writes into until a file is closed. */
const SWAP = ".crswap";

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

  async write(entry: Written, bytes: Bytes, modifiedAt: Date): Promise<void> {
    await this.#target.write(entry.path, bytes, modifiedAt);
    await this.#add(entry);
  }

  async writeLarge(entry: Pick<Written, "path" | "source" | "orientation">, pieces: HashedPieces, modifiedAt: Date): Promise<void> {
    await this.#target.write(entry.path, pieces.through(), modifiedAt);
    await this.#add({ ...entry, bytes: pieces.bytes, sha256: pieces.sha256 });
  }

  async writeText(path: string, text: string): Promise<void> {
    const bytes = utf8(text);
    await this.write({ path, bytes: bytes.length, sha256: await sha256Hex(bytes), source: "", orientation: 1 }, bytes, new Date(this.#now()));
  }

  /** A file around the payload. */
  async writeTag(path: string, text: Iterable<string>): Promise<void> {
    const bytes = concat(...Array.from(text, utf8));
    await this.#target.write(path, bytes, new Date(this.#now()));
    this.#tags.set(path, { path, bytes: bytes.length, sha256: await sha256Hex(bytes), source: "", orientation: 1 });
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
