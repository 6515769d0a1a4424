/**
 * What this account shows to everyone, as every part of the page sees it: read at the unlock, after each change of it,
 * and again and again while the server still works on some of it.
 */
import type { PublicCopyJob } from "../../transfer/public-copy.ts";
import { PublishQueue, type PublishTotals } from "../../transfer/publish-queue.ts";
import { LibraryError } from "../../vault/library/bridge.ts";
import type { NewPublication, Placed } from "../../vault/publishing/contract.ts";
import { Problem } from "../../api/problem.ts";
import { profileNow, removeProfile, saveProfile } from "../../vault/publishing/profile.ts";
import type { OwnProfile } from "../../vault/publishing/profile-words.ts";
import { arrange, inOrder, isPublished, listPublications, publish, type Moved } from "../../vault/publishing/publications.ts";
import { heldToHeadings, type Publication } from "../../vault/publishing/statements.ts";
import type { ProfileWords, PublicAlbum } from "../../vault/publishing/wire.ts";
import { currentVault, type Vault } from "../../vault/unlock.ts";
import { firstScreen } from "../library/first-screen.ts";
import { onSession, whenReady, type LibrarySession } from "../library/session.ts";
import { toast } from "../shell/notices.ts";
import { tn } from "../text.ts";
import { presentKeeper, setPresent, tellFollowers, wasToldBefore } from "./present.ts";

/** How often the feed is asked while the server works on something. */
const FOLLOW_MS = 2000;

const isUnderWay = ({ state }: Publication): boolean => state !== "live" && state !== "refused";

/** One that stands elsewhere than it is to stand, or that was never signed to stand there. */
function movedTo({ id, albumId, position }: Placed, before: Publication | undefined): readonly Moved[] {
  const signed = before?.signed ?? null;
  if (before === undefined || signed === null) return [];
  const isThere = before.albumId === albumId && before.position === position;
  const isSaid = before.said !== null && signed.place?.albumId === albumId && signed.place.position === position;
  return isThere && isSaid ? [] : [{ id, albumId, position, signed }];
}

class Keeper {
  readonly #session: LibrarySession;
  readonly #vault: Vault;
  readonly #queue: PublishQueue;
  readonly #listeners = new Set<() => void>();
  readonly #stop: () => void;
  #profile: OwnProfile | null = null;
  #publications: readonly Publication[] = [];
  #images: ReadonlySet<string> = new Set();
  #awaited = new Set<string>();
  #isRead = false;
  /** Whoever shows nothing mostly has no profile, and is not asked for it at every unlock. */
  #isProfileDue = false;
  #reading: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #timer = 0;
  #isEnded = false;

  /** `isProfileDue`: something of it changed before this was there to hear of it. */
  constructor(session: LibrarySession, vault: Vault, isProfileDue: boolean) {
    this.#isProfileDue = isProfileDue;
    this.#session = session;
    this.#vault = vault;
    this.#queue = new PublishQueue({
      copyOf: async ({ id, imageId }) => await (await session.uploads()).publicCopy({ ...this.#photo(imageId), publication: id }),
      handOver: async (publication, copy) => { await publish(publication, copy, vault); this.#awaited.add(publication.id); },
      isThere: isPublished,
      keep: async (entries) => { await (await session.uploads()).rememberPublishing(entries); },
      pause: (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); }),
      arrived: () => void this.look().catch(() => undefined),
      changed: () => { this.#tellArrivals(); this.#tell(); },
    });
    this.#stop = session.access.library.subscribe(({ kind }) => {
      if (kind !== "public") return;
      this.#isProfileDue = true;
      void this.look().catch(() => undefined);
    });
  }

  /** Go on with what an earlier page had on its way to everyone. */
  async goOn(): Promise<void> {
    await firstScreen(this.#session);
    await whenReady(this.#session);
    if (this.#isEnded) return;
    const left = await (await this.#session.uploads()).publishingLeftBehind();
    if (!this.#isEnded) this.#queue.restore(left);
  }

  end(): void {
    this.#isEnded = true;
    this.#stop();
    this.#queue.close();
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  /** Null while there is none, or none was read yet. */
  get profile(): OwnProfile | null {
    return this.#profile;
  }

  get publications(): readonly Publication[] {
    return this.#publications;
  }

  /** Whether profile and publications were read. */
  get isRead(): boolean {
    return this.#isRead;
  }

  get totals(): PublishTotals {
    return this.#queue.totals;
  }

  /** Whether everyone can see a photo, or will as soon as it is prepared. */
  isPublic(imageId: string): boolean {
    // What is in the recycle bin is shown to nobody.
    const isBinned = (this.#session.access.library.byId(imageId)?.binnedAt ?? null) !== null;
    return !isBinned && (this.#images.has(imageId) || this.#queue.has(imageId));
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Read it again; what asks while it is being read is answered by one more reading. @throws Problem. */
  look(): Promise<void> {
    if (this.#next !== null) return this.#next;
    if (this.#reading === null) return this.#begin();
    this.#next = this.#reading.catch(() => undefined).then(() => {
      this.#next = null;
      return this.#begin();
    });
    return this.#next;
  }

  /** The same with the profile, for whoever wants to see it. @throws Problem. */
  async lookAtProfile(): Promise<void> {
    if (!this.#isRead) this.#isProfileDue = true;
    await this.look();
  }

  /** Show photos to everyone. What cannot be shown is told by {@link totals} and in the list. */
  publish(publications: readonly NewPublication[]): void {
    this.#queue.add(publications);
  }

  retry(): void {
    this.#queue.retry();
  }

  dismiss(): void {
    this.#queue.dismiss();
  }

  /** Show nothing of what still waits. What is handed over just now is taken back like everything else. */
  withdrawWaiting(): void {
    this.#queue.withdraw();
  }

  /**
   * Say this on the profile, and sign it. Whoever calls this has shown its owner every word of it; what is only
   * changed in passing goes through {@link changeProfile}. @throws Problem.
   */
  async saveProfile(words: ProfileWords): Promise<void> {
    this.#profile = await saveProfile(words, this.#profile, this.#vault);
    this.#isRead = true;
    this.#tell();
  }

  /** Change something about the profile and sign the rest as it stands. @throws Problem "words_altered" where that is not what was signed. */
  async changeProfile(change: Partial<ProfileWords>): Promise<void> {
    const profile = this.#profile;
    if (profile === null) throw new Problem("not_found", "There is no public page any more.", 404);
    if (profile.standing === "altered") throw new Problem("words_altered", "Your public page does not say what you signed. Look at it first.");
    await this.saveProfile({ ...profile, ...change });
  }

  /** Say which headings there are, in their order. @throws Problem. */
  async saveHeadings(albums: readonly PublicAlbum[]): Promise<void> {
    await this.changeProfile({ albums });
  }

  /** Take the page away with all that stands on it. @throws Problem. */
  async removeProfile(): Promise<void> {
    await removeProfile(this.#vault);
  }

  /**
   * Lay publications anew and sign it, each for itself: shown so at once, and as the server says if it does not follow.
   * What nobody knows a statement of stays where it is. @throws Problem.
   */
  async arrange(places: readonly Placed[]): Promise<void> {
    const before = new Map(this.#publications.map((each) => [each.id, each]));
    const moved = places.flatMap((place) => movedTo(place, before.get(place.id)));
    const placed = new Map(moved.map(({ id, albumId, position }) => [id, { albumId, position }]));
    this.#publications = this.#publications.map((each) => ({ ...each, ...placed.get(each.id) })).sort(inOrder);
    this.#tell();
    try {
      await arrange(moved, this.#vault);
    } finally {
      await this.look();
    }
  }

  /** What was taken back is no cover any more, and the page says so signed. It is gone, whether this can be signed or not. */
  async afterWithdrawal(ids: readonly string[]): Promise<void> {
    const cover = this.#profile?.said?.coverId ?? null;
    if (cover === null || !ids.includes(cover)) return;
    this.#isProfileDue = true;
    await this.look();
    await this.changeProfile({ coverId: null });
  }

  #begin(): Promise<void> {
    this.#reading = this.#read().finally(() => { this.#reading = null; });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const publications = await listPublications(this.#vault);
    const isDue = this.#isProfileDue || publications.length > 0;
    this.#isProfileDue = false;
    const before = this.#profile;
    const profile = isDue ? await profileNow(this.#vault) : before;
    if (this.#isEnded) return;
    // What was saved meanwhile is newer than an answer that was on its way.
    if (this.#profile === before) this.#profile = profile;
    // Whoever shows nothing to anybody, as before, has nothing drawn anew.
    const isNews = isDue || this.#publications.length > 0;
    this.#publications = heldToHeadings(publications, new Set(this.#profile?.said?.albums.map(({ id }) => id)));
    this.#isRead ||= isDue;
    this.#images = new Set(publications.filter(({ state }) => state !== "refused").map(({ imageId }) => imageId));
    this.#tellArrivals();
    this.#follow();
    if (isNews) this.#tell();
  }

  /** Once everything that was handed over here is settled, whoever waits hears of it. */
  #tellArrivals(): void {
    const mine = this.#publications.filter(({ id }) => this.#awaited.has(id));
    if (mine.length === 0 || this.#queue.totals.isRunning || mine.some(isUnderWay)) return;
    this.#awaited = new Set();
    const shown = mine.filter(({ state }) => state === "live").length;
    const refused = mine.length - shown;
    if (shown > 0) toast(tn("Everyone can see {n} photo more now.", "Everyone can see {n} photos more now.", shown));
    if (refused > 0) toast(tn("{n} photo cannot be shown. Your public page says why.", "{n} photos cannot be shown. Your public page says why.", refused), { seconds: 12 });
  }

  /** The change feed says when a step is done; it is asked more often while there are steps to come. */
  #follow(): void {
    clearTimeout(this.#timer);
    if (!this.#publications.some(isUnderWay)) return;
    this.#timer = window.setTimeout(() => {
      void this.#session.access.library.sync().then(() => { this.#follow(); });
    }, FOLLOW_MS);
  }

  #photo(imageId: string): Omit<PublicCopyJob, "publication"> {
    const { library } = this.#session.access;
    const [request, item] = [library.mediaRequest(imageId, "original"), library.byId(imageId)];
    if (request === null || item === null) throw new LibraryError("not_found", "This photo is not in your vault any more.");
    const { id, version, wrappedContentKey } = request;
    return { photo: { id, version, wrappedContentKey }, rotation: item.rotation };
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
    tellFollowers();
  }
}

export type PublishingKeeper = Keeper;

/** The keeper of the open vault. @throws TypeError while it is locked. */
export function publishingKeeper(): PublishingKeeper {
  const present = presentKeeper();
  if (present === null) throw new TypeError("The vault is locked.");
  return present;
}

// Also of the session that is open when this code comes (`present.ts`).
onSession((session) => {
  presentKeeper()?.end();
  const vault = currentVault();
  const keeper = session === null || vault === null ? null : new Keeper(session, vault, wasToldBefore());
  setPresent(keeper);
  keeper?.look().catch(() => undefined);
  keeper?.goOn().catch(() => undefined);
});
