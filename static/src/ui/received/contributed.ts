/** What others put into a shared album of one's own, among one's own photos there. */
import { MergedView, precedesIn } from "../../vault/library/merged-view.ts";
import { viewOf, type View } from "../../vault/library/view.ts";
import { ownAlbumShown } from "../../vault/sharing/photos-of-others.ts";
import { currentVault } from "../../vault/unlock.ts";
import type { LibrarySession } from "../library/session.ts";
import { isAbort } from "../library/outcome.ts";
import { sharingKeeper } from "../sharing/keeper.ts";
import { t } from "../text.ts";
import { Others } from "./others.ts";
import { changedKeysWords, gapWords } from "./words.ts";

export class Contributed extends Others {
  readonly #session: LibrarySession;
  readonly #albumId: string;
  readonly #listeners = new Set<() => void>();
  /** Why nothing is known of them; null once something is. */
  #error: unknown = null;
  #isKnown = false;
  #isStarted = false;
  #unfollow: () => void = () => undefined;

  /** @throws TypeError while the vault is locked. */
  constructor(session: LibrarySession, albumId: string) {
    const vault = currentVault();
    if (vault === null) throw new TypeError("The vault is locked.");
    super(vault, session.access, ownAlbumShown(albumId));
    this.#session = session;
    this.#albumId = albumId;
  }

  /** Begins once the album is one that others can be in. */
  override start(): void {
    this.photos.subscribe(() => { this.#tell(); });
    const { library } = this.#session.access;
    const begin = (): void => {
      if (this.#isStarted || !this.isShared) return;
      this.#isStarted = true;
      super.start();
    };
    this.#unfollow = library.subscribe(({ kind }) => { if (kind === "albums") begin(); });
    begin();
  }

  /** Told of photos as well as of what else is known of them. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Others can be in it, or could once. */
  get isShared(): boolean {
    return this.#session.access.library.album(this.#albumId)?.isShared === true;
  }

  /** Whether there may be photos of which nothing is known yet. */
  get isOpening(): boolean {
    return this.isShared && !this.#isKnown && this.#error === null;
  }

  get count(): number {
    return this.rows().length;
  }

  /** What went wrong with all of it, for `sentenceOf`; null when nothing did. */
  get error(): unknown {
    return this.photos.unreadable[0]?.error ?? this.#error;
  }

  /** What is not as it should be, in sentences: `alerts` are to be acted on. */
  get warnings(): { readonly alerts: readonly string[]; readonly gaps: readonly string[] } {
    const shown = this.photos.shown(this.#albumId);
    if (shown === null) return { alerts: [], gaps: [] };
    const found = shown.photos.completenessOfOthers;
    return { alerts: changedKeysWords(shown.album), gaps: found === null ? [] : gapWords(found) };
  }

  /** Read all of it anew, as somebody asks for it who does not believe what stands there. */
  async readAnew(): Promise<void> {
    this.photos.doubt();
    await this.lookAgain();
  }

  override pageOf(albumId: string): string {
    return `/albums/${albumId}`;
  }

  override pickedWords(n: string): string {
    return t("{n} selected, from others", { n });
  }

  /** In the order of the album, which its owner may have laid photos of others in as well. */
  override viewWith(own: View): View {
    const album = this.#session.access.library.album(this.#albumId);
    const others = this.rows();
    if (album === null || others.length === 0) return own;
    const { order, sequence } = album;
    return new MergedView(own, viewOf(others, { order }, new Set(), sequence), precedesIn(order, sequence));
  }

  override close(): void {
    this.#isKnown = false;
    this.#unfollow();
    this.#listeners.clear();
    super.close();
  }

  protected override async look(): Promise<void> {
    // It may have been deleted meanwhile, on another device or here.
    if (!this.isShared) return;
    try {
      await super.look();
      this.#isKnown = true;
      this.#error = null;
    } catch (error) {
      // What is known stays as it was, and is asked for again soon.
      if (!isAbort(error) && !this.#isKnown) this.#error = error;
    }
    this.#tell();
  }

  #tell(): void {
    if (this.#isKnown) sharingKeeper().noteOthers(this.#albumId, this.count);
    for (const listener of [...this.#listeners]) listener();
  }
}
