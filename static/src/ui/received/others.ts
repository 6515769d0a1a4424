/** Photos of others among one's own: those of the albums this account chose, kept in step while the vault is open. */
import type { LibraryAccess } from "../../vault/library/open.ts";
import { EitherMedia, type Media, type Pictured } from "../../vault/library/media.ts";
import { MergedView } from "../../vault/library/merged-view.ts";
import type { View } from "../../vault/library/view.ts";
import { readPeople } from "../../vault/people/people.ts";
import type { Circle, KnownContact } from "../../vault/sharing/groups.ts";
import { TimelinePhotos } from "../../vault/sharing/timeline-photos.ts";
import type { Vault } from "../../vault/state.ts";
import { whileSeen } from "../people/while-seen.ts";
import { personName } from "./words.ts";

export class Others {
  readonly photos: TimelinePhotos;
  /** Their pictures; apart from one's own, so that they go when an access ends. */
  readonly media: Media;
  readonly #vault: Vault;
  readonly #stop: () => void;
  #contacts: readonly KnownContact[] = [];

  constructor(vault: Vault, access: LibraryAccess) {
    this.#vault = vault;
    this.photos = new TimelinePhotos(() => { this.media.clear(); });
    this.media = access.mediaOf(this.photos);
    this.#stop = whileSeen(() => { if (!this.photos.isLooking) void this.lookAgain(); });
    void this.lookAgain();
  }

  /** Whom this account knew at the last look. */
  get circle(): Circle {
    return { vault: this.#vault, contacts: this.#contacts };
  }

  /** Quietly: what did not answer now is asked again soon, and what was shown until then stays. */
  async lookAgain(): Promise<void> {
    await this.photos.lookAgain(async () => {
      this.#contacts = (await readPeople(this.#vault)).contacts;
      return this.circle;
    }).catch(() => undefined);
  }

  has(id: string): boolean {
    return this.photos.albumOf(id) !== null;
  }

  /** Whose a photo is; null for one's own. */
  whose(id: string): string | null {
    const shown = this.photos.albumOf(id);
    return shown === null ? null : personName(shown.album, shown.photos.item(id)?.wire.ownerId ?? shown.album.ownerId);
  }

  viewWith(own: View): View {
    const others = this.photos.view();
    return others.count === 0 ? own : new MergedView(own, others);
  }

  mediaWith(own: Pictured): Pictured {
    return new EitherMedia(own, this.media, (id) => this.has(id));
  }

  close(): void {
    this.#stop();
    this.photos.close();
  }
}
