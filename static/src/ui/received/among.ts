/**
 * Photos of others among one's own, before their code has come: reading albums of others takes signatures, histories and
 * the keys of other people, and nothing of that is needed for one's own photos to stand.
 */
import { untilOnline } from "../../api/connection.ts";
import type { LibraryAccess } from "../../vault/library/open.ts";
import { EitherMedia, type MediaOptions, type Pictured } from "../../vault/library/media.ts";
import type { View } from "../../vault/library/view.ts";
import type { Vault } from "../../vault/state.ts";
import type { PickedFromOthers } from "../library/acts.ts";
import type { ViewerSource } from "../library/viewer/source.ts";
import { ground } from "../shell/behind.ts";
import { insist } from "../shell/later.ts";
import type { MixedList } from "./among-own.ts";
import type { Others } from "./others.ts";

/** Photos of others themselves, and what can be done with them. */
export interface Arrived {
  readonly others: Others;
  readonly mixedSource: (list: MixedList, own: ViewerSource) => ViewerSource;
  readonly mixedPicks: (list: MixedList) => PickedFromOthers;
}

/** What a list of one's own asks of the photos of others that stand in it. */
export interface AmongOwn {
  /** Null while their code has not come. */
  readonly arrived: Arrived | null;
  readonly has: (id: string) => boolean;
  /** Whose a photo is; null for one's own. */
  readonly whose: (id: string) => string | null;
  readonly viewWith: (own: View) => View;
  readonly mediaWith: (own: Pictured) => Pictured;
  /** Call back at whatever changes of which there are. Answers how to stop. */
  readonly onPhotos: (listener: () => void) => () => void;
}

/** Those of the timeline: none at first, and as {@link Others} has them once its code is there. */
export class OthersToCome implements AmongOwn {
  readonly #vault: Vault;
  readonly #access: LibraryAccess;
  readonly #listeners = new Set<() => void>();
  #others: Others | null = null;
  #isClosed = false;

  constructor(vault: Vault, access: LibraryAccess) {
    this.#vault = vault;
    this.#access = access;
  }

  get arrived(): Arrived | null {
    return this.#others?.arrived ?? null;
  }

  /** Begin once `calm` has come, however often the code has to be asked for. */
  async start(calm: Promise<void>): Promise<void> {
    await calm;
    const { Others } = await insist(ground, untilOnline);
    if (this.#isClosed) return;
    const others = new Others(this.#vault, this.#access);
    this.#others = others;
    others.onPhotos(() => { for (const listener of [...this.#listeners]) listener(); });
    others.start();
  }

  /** See what is shared now; nothing to do while it will be looked at for the first time anyway. */
  async lookAgain(): Promise<void> {
    await this.#others?.lookAgain();
  }

  has(id: string): boolean {
    return this.#others?.has(id) === true;
  }

  whose(id: string): string | null {
    return this.#others?.whose(id) ?? null;
  }

  viewWith(own: View): View {
    return this.#others?.viewWith(own) ?? own;
  }

  mediaWith(own: Pictured): Pictured {
    const theirs = (): Pictured => this.#others?.media ?? own;
    const late: Pictured = {
      thumbnail: (id: string, options?: MediaOptions) => theirs().thumbnail(id, options),
      preview: (id: string, options?: MediaOptions) => theirs().preview(id, options),
      original: (id: string, options?: MediaOptions) => theirs().original(id, options),
      placeholder: (id: string) => theirs().placeholder(id),
    };
    return new EitherMedia(own, late, (id) => this.has(id));
  }

  onPhotos(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
    this.#others?.close();
  }
}
