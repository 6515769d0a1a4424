/**
 * Looks after what this account put into albums of somebody else, and reads none of them oftener than something can
 * come of it: one that is in order waits for news of it or of the photos, one that cannot be believed until the
 * service lists it otherwise.
 */
import { toBase64Url } from "../../crypto/bytes.ts";
import { digestOf } from "../../crypto/commitment.ts";
import { CryptoError } from "../../crypto/errors.ts";
import { HistoryError } from "../../crypto/history-error.ts";
import type { Item } from "../library/view.ts";
import { AlbumError, type AlbumErrorCode } from "./album-error.ts";
import { sightOfContributed, type Contributed } from "./album-tending.ts";
import type { WireSharedAlbum } from "./album-wire.ts";

/** By the server's word; whoever is told wrong finds nothing that they may do. */
const MAY_ADD: ReadonlySet<string> = new Set(["contributor", "manager"]);
/** Of what the service lists and hands out. Anything else may pass by itself. */
const OF_THE_ALBUM: ReadonlySet<AlbumErrorCode> = new Set(["doubtful", "other-keys", "unreadable-key"]);

export interface ContributedPorts {
  /** See `tendContributed`. */
  readonly tend: (id: string) => Promise<Contributed>;
  /** A photo of this account. */
  readonly photo: (id: string) => Item | null;
}

export class ContributedAlbums {
  readonly #ports: ContributedPorts;
  /** This account's photos in each album, as far as that is known. */
  readonly #own = new Map<string, readonly string[]>();
  readonly #inOrder = new Map<string, string>();
  readonly #unbelieved = new Map<string, string>();

  constructor(ports: ContributedPorts) {
    this.#ports = ports;
  }

  /** Let an album that is listed show what this account put in as it is now. Answers whether it was read for that. */
  async lookAt(album: WireSharedAlbum): Promise<boolean> {
    const { id } = album;
    const before = this.#sightOf(album);
    const listed = listedAs(album);
    if (!MAY_ADD.has(album.role) || this.#inOrder.get(id) === before || this.#unbelieved.get(id) === listed) return false;
    this.#unbelieved.delete(id);
    try {
      const { ids, failed } = await this.#ports.tend(id);
      this.#own.set(id, ids);
      if (failed.length === 0) this.#inOrder.set(id, before);
    } catch (error) {
      // Its page says what is wrong with it, if anything is.
      if (isDisbelief(error)) this.#unbelieved.set(id, listed);
    }
    return true;
  }

  #sightOf(album: WireSharedAlbum): string {
    return sightOfContributed(album, (this.#own.get(album.id) ?? []).flatMap((each) => this.#ports.photo(each) ?? []));
  }
}

/** Whether the same would be read again, for as long as the service lists the album as it does. */
function isDisbelief(error: unknown): boolean {
  if (error instanceof AlbumError) return OF_THE_ALBUM.has(error.code);
  return error instanceof HistoryError || (error instanceof CryptoError && error.code !== "unavailable");
}

/** All that an album is believed by, as text to compare. */
function listedAs({ head, settings, generation, deliveries, grants, people }: WireSharedAlbum): string {
  return JSON.stringify([
    head.seq, toBase64Url(head.hash), settings.number, toBase64Url(digestOf(settings.sealed)), generation,
    deliveries.map((each) => [each.grantId, each.generation, each.groupGeneration, each.sealed === null ? null : toBase64Url(digestOf(each.sealed))]),
    grants.map(({ id, accountId, groupId, role }) => [id, accountId, groupId, role]),
    people.map(({ accountId, keys }) => [accountId, keys === null ? null : [toBase64Url(keys.identity), toBase64Url(keys.exchange)]]),
  ]);
}
