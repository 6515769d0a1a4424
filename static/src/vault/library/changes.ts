/** What a person may change about their photos and albums. */
import type { Remote } from "./bridge.ts";
import type { AlbumChange, Corrected, CorrectionChange, Earlier, LibraryWorker, Outcome } from "./contract.ts";

type Ids = readonly string[];

/** One bad item never stops the others: every outcome lists both. */
/** Who changes albums that are shared: each change of those is signed (`vault/sharing`). */
export interface SharedAlbumWriter {
  isShared(albumId: string): boolean;
  change(albumId: string, change: AlbumChange): Promise<void>;
  add(albumId: string, ids: Ids): Promise<Outcome>;
  remove(albumId: string, ids: Ids): Promise<Outcome>;
}

export class Changes {
  readonly #worker: Remote<LibraryWorker>;
  #shared: SharedAlbumWriter | null = null;

  constructor(worker: Remote<LibraryWorker>) {
    this.#worker = worker;
  }

  setFavourite(ids: Ids, favourite: boolean): Promise<Outcome> {
    return this.#worker.mark(ids, { favourite });
  }

  setArchived(ids: Ids, archived: boolean): Promise<Outcome> {
    return this.#worker.mark(ids, { archived });
  }

  correct(ids: Ids, change: CorrectionChange): Promise<Corrected> {
    return this.#worker.correct(ids, change);
  }

  /** Moves each photo's own time, as for a camera whose clock was wrong. */
  shiftClock(ids: Ids, seconds: number): Promise<Corrected> {
    return this.#worker.shiftClock(ids, seconds);
  }

  takeBack(earlier: readonly Earlier[]): Promise<Outcome> {
    return this.#worker.takeBack(earlier);
  }

  restore(ids: Ids): Promise<Outcome> {
    return this.#worker.restore(ids);
  }

  /** Answers the new album's id. */
  createAlbum(change: AlbumChange): Promise<string> {
    return this.#worker.createAlbum(change);
  }

  /** Leave changes of shared albums to `writer`. */
  shareThrough(writer: SharedAlbumWriter): void {
    this.#shared = writer;
  }

  changeAlbum(id: string, change: AlbumChange): Promise<void> {
    return this.#writerOf(id)?.change(id, change) ?? this.#worker.changeAlbum(id, change);
  }

  deleteAlbum(id: string): Promise<void> {
    return this.#worker.deleteAlbum(id);
  }

  addToAlbum(albumId: string, ids: Ids): Promise<Outcome> {
    return this.#writerOf(albumId)?.add(albumId, ids) ?? this.#worker.addToAlbum(albumId, ids);
  }

  removeFromAlbum(albumId: string, ids: Ids): Promise<Outcome> {
    return this.#writerOf(albumId)?.remove(albumId, ids) ?? this.#worker.removeFromAlbum(albumId, ids);
  }

  #writerOf(albumId: string): SharedAlbumWriter | null {
    return this.#shared?.isShared(albumId) === true ? this.#shared : null;
  }
}
