/**
 * An export, from what is to be written to a bag that was read back.
 *
 * One bad photo never ends it: what cannot be opened, or was deleted meanwhile, is listed. Without a network
 * it waits. Run again over the same folder it looks at what stands there, byte for byte, before it passes over it.
 */
import { Problem } from "../../api/problem.ts";
import type { Bytes } from "../../crypto/bytes.ts";
import { layOut, type Layout, type Place, PHOTOS } from "../../export/layout.ts";
import type { ExportedPhoto } from "../../export/photo.ts";
import { jsonSidecar } from "../../export/sidecars.ts";
import { xmpSidecar } from "../../export/xmp.ts";
import { readFacts } from "../../photo/facts.ts";
import { LibraryError, refusalOf } from "../../vault/library/bridge.ts";
import { COPIES, CopyNames, type MadeCopy } from "./copies.ts";
import type { Described, ExportFailure, ExportJob, ExportProgress, ExportReport, PhotoToExport } from "./contract.ts";
import { writeFrame, writeTree, type AccountFile, type Finished } from "./frame.ts";
import { Gate } from "./gate.ts";
import { gather, HashedPieces, type Hash } from "./hashing.ts";
import { Ledger } from "./ledger.ts";
import { Meter } from "./meter.ts";
import { Room } from "./room.ts";
import type { Target, Written } from "./target.ts";

/** Photos at a time: while one is written the next is on its way. */
const AT_ONCE = 3;
/** A service that stumbles is asked again; after so many times the photo is listed. */
const ATTEMPTS = 4;
const PAUSE_MS = 1500;
/** The head of a large file says how it stands. */
const HEAD_BYTES = 256 * 1024;

export interface EnginePorts {
  readonly target: Target;
  /** The decrypted pieces of an original. */
  readonly open: (photo: PhotoToExport, signal: AbortSignal) => AsyncIterable<Bytes>;
  readonly describe: (id: string) => Promise<Described | null>;
  readonly hash: Hash;
  readonly copy: (bytes: Bytes, photo: ExportedPhoto) => Promise<MadeCopy>;
  /** What else belongs to the account; each is asked for when its turn comes. */
  readonly accountFiles: readonly AccountFile[];
  readonly tell: (progress: ExportProgress) => void;
  readonly now: () => number;
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const GONE = new LibraryError("deleted_meanwhile", "This photo was deleted while the export ran.");

export class Export {
  readonly #job: ExportJob;
  readonly #ports: EnginePorts;
  readonly #stop = new AbortController();
  readonly #meter: Meter;
  readonly #ledger: Ledger;
  readonly #room = new Room(AT_ONCE);
  readonly #failures: ExportFailure[] = [];
  readonly #finished: Finished[] = [];
  readonly #albums: ReadonlyMap<string, string>;
  readonly gate: Gate;
  #copyNames: CopyNames;
  #kept = 0;

  constructor(job: ExportJob, ports: EnginePorts) {
    this.#job = job;
    this.#ports = ports;
    this.#copyNames = new CopyNames([], ports.target.limit);
    this.#albums = new Map(job.albums.map(({ id, name }) => [id, name]));
    this.gate = new Gate(this.#stop.signal, () => { this.#meter.say(); });
    this.#meter = new Meter(ports.tell, ports.now, () => this.gate.isOffline);
    this.#ledger = new Ledger(ports.target, ports.hash, this.#room, ports.now);
  }

  cancel(): void {
    this.#stop.abort(new DOMException("This was cancelled.", "AbortError"));
  }

  /** @throws AbortError when it was cancelled, LibraryError when nothing more can be written. */
  async run(): Promise<ExportReport> {
    const { target } = this.#ports;
    try {
      const layout = this.#layOut();
      this.#meter.begin("photos", this.#job.photos.length, this.#job.photos.reduce((sum, { bytes }) => sum + bytes, 0));
      this.#copyNames = new CopyNames(layout.places.values(), target.limit);
      await this.#photos(layout);
      this.#meter.begin("finishing", 0, 0);
      await writeTree({ job: this.#job, layout, finished: this.#finished, ledger: this.#ledger, ...this.#accountPorts() });
      await this.#ledger.flush();
      const written = await writeFrame(this.#job, this.#ledger, this.#finished.length);
      await target.close();
      const verified = await this.#verify();
      await target.settle(this.#ledger.all());
      return {
        photos: this.#finished.length, files: written.files, bytes: written.bytes, kept: this.#kept, verified,
        failures: this.#failures, name: target.name, archive: null,
      };
    } catch (error) {
      await this.#ledger.flush().catch(() => undefined);
      await target.abandon(error);
      throw error;
    }
  }

  #accountPorts() {
    return {
      files: this.#ports.accountFiles,
      patiently: <T>(act: () => Promise<T>) => this.#patiently(act),
      failed: (path: string, error: unknown) => { this.#failures.push({ id: path, name: path, ...refusalOf(error) }); },
      signal: this.#stop.signal,
    };
  }

  #layOut(): Layout {
    const kept = new Map<string, string>();
    for (const { path, source } of this.#ports.target.noted.values()) {
      const [kind, id] = source.split(" ");
      if (kind === "original" && id !== undefined) kept.set(id, path.slice(PHOTOS.length + 1));
    }
    const { photos, albums, choices } = this.#job;
    return layOut(photos, albums, { byAlbum: choices.byAlbum, limit: this.#ports.target.limit, kept });
  }

  async #photos({ places }: Layout): Promise<void> {
    await this.#atOnce(this.#job.photos.values(), async (photo) => {
      await this.gate.pass();
      const place = places.get(photo.id);
      if (place !== undefined) await this.#photo(photo, place);
    });
  }

  async #photo(photo: PhotoToExport, place: Place): Promise<void> {
    let counted = 0;
    const count = (bytes: number): void => {
      counted += bytes;
      this.#meter.add(bytes);
    };
    const restart = (): void => {
      this.#meter.undo(counted);
      counted = 0;
    };
    try {
      this.#finished.push(await this.#patiently(() => this.#write(photo, place, count), restart));
      this.#meter.fileDone();
    } catch (error) {
      if (this.#stop.signal.aborted || isFatal(error)) throw error;
      this.#failures.push({ id: photo.id, name: photo.name, ...failureOf(error) });
      this.#meter.fileFailed();
    }
  }

  /** Try until it works, waiting for the network as long as it takes and for the service a few times. */
  async #patiently<T>(act: () => Promise<T>, restart: () => void = () => undefined): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      await this.gate.pass();
      try {
        return await act();
      } catch (error) {
        this.#stop.signal.throwIfAborted();
        if (!isPassing(error) || tried >= ATTEMPTS) throw error;
        restart();
        if (error instanceof Problem && error.code === "offline" && this.gate.isOffline) tried = 0;
        else await this.#ports.pause(PAUSE_MS * tried, this.#stop.signal);
      }
    }
  }

  async #write(photo: PhotoToExport, place: Place, count: (bytes: number) => void): Promise<Finished> {
    const described = await this.#ports.describe(photo.id);
    if (described === null) throw GONE;
    const { choices } = this.#job;
    const known = { ...described, bytes: photo.bytes, sharedBy: photo.sharedBy, albums: this.#albumNames(photo), orientation: 1 };
    const original = choices.originals ? await this.#original(photo, place, known, count) : null;
    let whole = known;
    if (original !== null) whole = { ...known, orientation: original.orientation, bytes: original.bytes };
    const copy = choices.copies === null ? null : await this.#copyOrNone(photo, place, whole, original, count);
    const held = original?.held ?? null;
    if (held !== null) this.#room.give(held);
    await this.#sidecars(original === null ? copy?.path : `${PHOTOS}/${place.folder}/${place.name}`, place, copy?.photo ?? whole);
    const { mediaType, capturedLocal, storedAt, title, name, altText } = whole;
    return { photo: { mediaType, capturedLocal, storedAt, title, name, altText }, id: photo.id, path: original?.path ?? null, copy: copy?.path ?? null };
  }

  #albumNames({ albums }: PhotoToExport): string[] {
    return albums.flatMap((id) => this.#albums.get(id) ?? []);
  }

  /** What stands already is read and compared; else it is fetched and written. */
  async #original(photo: PhotoToExport, place: Place, known: ExportedPhoto, count: (bytes: number) => void) {
    const path = `${PHOTOS}/${place.folder}/${place.name}`;
    const source = `original ${photo.id} ${photo.request.version}`;
    const before = await this.#ledger.standing(path, source);
    if (before !== null) {
      this.#kept += 1;
      this.#meter.keep(before.bytes);
      return { path, orientation: before.orientation, bytes: before.bytes, held: null };
    }
    const content = await gather(this.#counted(this.#ports.open(photo, this.#stop.signal), count), this.#room, photo.bytes);
    const modifiedAt = momentOf(known);
    if ("whole" in content) {
      const { orientation } = readFacts(content.whole, null);
      const held = await this.#ledger.write({ path, source, orientation }, content.whole, modifiedAt);
      return { path, orientation, bytes: held.length, held };
    }
    const { orientation } = readFacts(content.first.slice(0, HEAD_BYTES), null);
    const hashed = new HashedPieces(content.first, content.rest);
    await this.#ledger.writeLarge({ path, source, orientation }, hashed, modifiedAt);
    return { path, orientation, bytes: hashed.bytes, held: null };
  }

  async *#counted(pieces: AsyncIterable<Bytes>, count: (bytes: number) => void): AsyncGenerator<Bytes> {
    for await (const piece of pieces) {
      await this.gate.pass();
      count(piece.length);
      yield piece;
    }
  }

  /** A picture that nothing here can show has its original all the same, and the copy is listed as missing. */
  async #copyOrNone(photo: PhotoToExport, place: Place, known: ExportedPhoto, original: { readonly held: Bytes | null } | null, count: (bytes: number) => void) {
    try {
      return await this.#copy(photo, place, known, original?.held ?? null, count);
    } catch (error) {
      if (original === null || isPassing(error) || isFatal(error) || this.#stop.signal.aborted) throw error;
      this.#failures.push({ id: photo.id, name: photo.name, ...refusalOf(error) });
      return null;
    }
  }

  async #copy(photo: PhotoToExport, place: Place, known: ExportedPhoto, held: Bytes | null, count: (bytes: number) => void) {
    const bytes = held ?? (await this.#whole(photo, this.#job.choices.originals ? () => undefined : count));
    const { orientation } = readFacts(bytes, null);
    const made = await this.#ports.copy(bytes, { ...known, orientation });
    const path = `${COPIES}/${place.folder}/${this.#copyNames.give(place, made.type)}`;
    await this.#ledger.write({ path, source: "", orientation: 1 }, made.bytes, momentOf(known));
    return { path, photo: { ...known, orientation: made.orientation } };
  }

  async #whole(photo: PhotoToExport, count: (bytes: number) => void): Promise<Bytes> {
    const content = await gather(this.#counted(this.#ports.open(photo, this.#stop.signal), count), this.#room, photo.bytes, Number.MAX_SAFE_INTEGER);
    if ("whole" in content) return content.whole;
    throw new LibraryError("unexpected", "A photo did not end.");
  }

  /** Beside the original, or beside the copy where that is all there is. */
  async #sidecars(path: string | undefined, place: Place, photo: ExportedPhoto): Promise<void> {
    if (path === undefined) return;
    const at = path.lastIndexOf("/") + 1;
    const folder = path.slice(0, at);
    await this.#ledger.writeText(`${folder}${place.json}`, jsonSidecar(photo, path.slice(at)));
    await this.#ledger.writeText(`${folder}${place.xmp}`, xmpSidecar(photo));
  }

  /** Read back everything that was written. Answers how many files are what they should be. */
  async #verify(): Promise<number> {
    const files = this.#ledger.everything();
    this.#meter.begin("verifying", files.length, files.reduce((sum, { bytes }) => sum + bytes, 0));
    let right = 0;
    const look = async ({ path, bytes, sha256 }: Written): Promise<void> => {
      await this.gate.pass();
      const stands = await this.#ports.target.read(path).catch(() => null);
      if (stands !== null && stands.size === bytes && (await this.#ledger.digestOf(stands)) === sha256) right += 1;
      else this.#failures.push({ id: path, name: path, code: "not_as_written", sentence: "What stands on the disk is not what was written. Try again, or use another disk." });
      this.#meter.add(bytes);
      this.#meter.fileDone();
    };
    await this.#atOnce(files.values(), look);
    return right;
  }

  /** Some at a time. The first that cannot go on stops the others, and none is left working behind our back. */
  async #atOnce<T>(waiting: IterableIterator<T>, act: (each: T) => Promise<void>): Promise<void> {
    const hand = async (): Promise<void> => {
      for (const each of waiting) await act(each);
    };
    const hands = Array.from({ length: AT_ONCE }, hand);
    for (const each of hands) each.catch((error: unknown) => { this.#stop.abort(error); });
    await Promise.allSettled(hands);
    await Promise.all(hands);
  }
}

/** The time that a file manager shows. */
function momentOf({ capturedLocal, storedAt }: ExportedPhoto): Date {
  const taken = new Date(`${capturedLocal ?? storedAt}`);
  return Number.isNaN(taken.getTime()) ? new Date(0) : taken;
}

const isPassing = (error: unknown): boolean =>
  error instanceof Problem && (error.code === "offline" || error.status === 429 || error.status >= 500);

/** Nothing after it could be written either. */
const isFatal = (error: unknown): boolean =>
  (error instanceof LibraryError && ["disk_full", "cannot_write", "locked"].includes(error.code)) || (error instanceof Problem && error.status === 401);

function failureOf(error: unknown): { readonly code: string; readonly sentence: string } {
  const isGone = error instanceof Problem && (error.status === 404 || error.status === 410);
  return refusalOf(isGone ? GONE : error);
}
