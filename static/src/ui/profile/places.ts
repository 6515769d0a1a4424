/**
 * Whether photos stand where their owner signed them to stand: under that heading, lower positions first, and of two at one
 * position the greater id first. One that was taken back leaves no gap that could be told from others: what is not shown is
 * not missed here.
 */
import type { ProfileStatement, SaidPlace } from "../../crypto/public-words.ts";
import { standing, type Standing } from "./standing.ts";

export interface Placed {
  /** The heading it is shown under. */
  readonly album: string | null;
  readonly publication: string;
  /** What was signed; null where that is not known. */
  readonly place: SaidPlace | null;
  readonly madeAt: string;
}

/** `photos` are those of one page in their order; `profile` is what was signed of it. */
export function placesStanding(photos: readonly Placed[], profile: ProfileStatement | null, now: number): Standing {
  const newest = [profile?.madeAt ?? "", ...photos.map(({ madeAt }) => madeAt)].reduce((left, right) => (left > right ? left : right));
  const isRight = photos.every((photo) => isUnderItsHeading(photo, profile)) && isInOrder(photos);
  if (!isRight) return standing(false, newest, now);
  return photos.every(({ place }) => place !== null) ? "signed" : "unsigned";
}

/** What stood under a heading that was taken away stands under none. */
function isUnderItsHeading({ album, place }: Placed, profile: ProfileStatement | null): boolean {
  if (place === null || place.albumId === album) return true;
  return album === null && profile !== null && !profile.albums.some(({ id }) => id === place.albumId);
}

function isInOrder(photos: readonly Placed[]): boolean {
  const before = new Map<string | null, Placed>();
  for (const photo of photos) {
    if (photo.place === null) continue;
    const last = before.get(photo.album);
    if (last !== undefined && !isAfter(photo, last)) return false;
    before.set(photo.album, photo);
  }
  return true;
}

function isAfter(photo: Placed, last: Placed): boolean {
  const [here, there] = [photo.place?.position ?? 0, last.place?.position ?? 0];
  return here === there ? photo.publication < last.publication : here > there;
}
