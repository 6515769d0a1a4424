/** Whether a public page says what its owner signed: what stands on it, held against the statements and the key that came with them. */
import type { SignedBy, SignedPhotos, SignedText, SignedWords } from "../../api/public.ts";
import { fromBase64Url, utf8, type Bytes } from "../../crypto/bytes.ts";
import { CryptoError } from "../../crypto/errors.ts";
import { profileContext, profileSaid, publicationContext, publicationNamed, publicationSaid, type ProfileStatement, type PublicWords, type SaidHeading } from "../../crypto/public-words.ts";
import { publisherFingerprint, publisherOf, type Publisher } from "../../crypto/publisher.ts";

/** What stands on a page about its owner; null for what that page does not say. */
export interface ShownWords {
  readonly name: string;
  readonly shownName: string;
  readonly bio: string | null;
  readonly licence: string;
  /** Those that have photos under them on this page, in their order. */
  readonly headings: readonly SaidHeading[];
}

export interface ShownPhoto extends PublicWords {
  readonly id: string;
}

/** "altered": signed, but not this. "changing": signed within minutes, so the page may be older than its statement. */
export type Standing = "signed" | "altered" | "changing" | "unsigned";

export interface Verdict {
  /** Null where this browser cannot check signatures. */
  readonly words: Standing | null;
  /** By photo; those that no statement came for are not among them. */
  readonly photos: ReadonlyMap<string, Standing>;
  readonly fingerprint: string;
}

/** Longer than anybody has a page open before its statements are fetched. */
const CHANGING_MS = 10 * 60 * 1000;

/** Null when what came is no word of one account under one key. */
export async function verdictOf(page: { readonly words: ShownWords; readonly photos: readonly ShownPhoto[] }, words: SignedWords, photos: SignedPhotos, now: number): Promise<Verdict | null> {
  const key = keyOf(words, photos);
  const fingerprint = key === null ? null : await publisherFingerprint(key);
  if (key === null || fingerprint === null) return null;
  const publisher = await publisherOf(key);
  if (publisher === null) return { words: null, photos: new Map(), fingerprint };
  const standings = page.photos.flatMap((photo) => {
    const signed = Object.hasOwn(photos.photos, photo.id) ? photos.photos[photo.id] : undefined;
    return signed === undefined ? [] : [photoStanding(photo, signed, words.account, publisher, now).then((standing) => [photo.id, standing] as const)];
  });
  return { words: await wordsStanding(page.words, words, publisher, now), photos: new Map(await Promise.all(standings)), fingerprint };
}

function keyOf(one: SignedBy, other: SignedBy): Bytes | null {
  if (one.account !== other.account || one.identityKey !== other.identityKey) return null;
  return quietly(() => fromBase64Url(one.identityKey));
}

async function wordsStanding(shown: ShownWords, signed: SignedWords, publisher: Publisher, now: number): Promise<Standing> {
  if (signed.statement === "") return "unsigned";
  const said = quietly(() => profileSaid(utf8(signed.statement), signed.account));
  if (said === null || !(await isSigned(signed, publisher, profileContext(signed.account, said.number)))) return "altered";
  return standing(saysSo(shown, said), said.madeAt, now);
}

async function photoStanding(shown: ShownPhoto, signed: SignedText, account: string, publisher: Publisher, now: number): Promise<Standing> {
  const statement = utf8(signed.statement);
  const place = quietly(() => ({ owner: account, publication: publicationNamed(statement) }));
  const said = place === null ? null : quietly(() => publicationSaid(statement, place));
  if (place === null || said === null || !(await isSigned(signed, publisher, publicationContext(place, said.number)))) return "altered";
  return standing(said.caption === shown.caption && said.creator === shown.creator && said.licence === shown.licence, said.madeAt, now);
}

function standing(isSaid: boolean, madeAt: string, now: number): Standing {
  if (isSaid) return "signed";
  return Math.abs(now - Date.parse(madeAt)) < CHANGING_MS ? "changing" : "altered";
}

async function isSigned({ statement, signature }: SignedText, publisher: Publisher, context: Parameters<Publisher["signed"]>[2]): Promise<boolean> {
  const bytes = quietly(() => fromBase64Url(signature));
  return bytes !== null && (await publisher.signed(utf8(statement), bytes, context).catch(() => false));
}

/** Headings without a photo on this page are not shown on it; the others stand in the order that was signed. */
function saysSo(shown: ShownWords, said: ProfileStatement): boolean {
  const places = shown.headings.map(({ id, title }) => said.albums.findIndex((album) => album.id === id && album.title === title));
  const isInOrder = places.every((place, at) => place >= 0 && place > (places[at - 1] ?? -1));
  const isBio = shown.bio === null || shown.bio === said.bio;
  return isInOrder && isBio && shown.name === said.name && shown.shownName === said.shownName && shown.licence === said.licence;
}

function quietly<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}
