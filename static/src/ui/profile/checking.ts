/** Whether a public page says what its owner signed: what stands on it, held against the statements and the key that came with them. */
import type { SignedBy, SignedPhotos, SignedText, SignedWords } from "../../api/public.ts";
import { fromBase64Url, utf8, type Bytes } from "../../crypto/bytes.ts";
import { CryptoError } from "../../crypto/errors.ts";
import { profileContext, profileSaid, publicationContext, publicationNamed, publicationSaid, type ProfileStatement, type PublicationStatement, type PublicWords, type SaidHeading } from "../../crypto/public-words.ts";
import { publisherFingerprint, publisherOf, type Publisher } from "../../crypto/publisher.ts";
import { placesStanding, type Placed } from "./places.ts";
import { standing, type Standing } from "./standing.ts";

export type { Standing } from "./standing.ts";

/** What stands on a page about its owner; null for what that page does not say. */
export interface ShownWords {
  readonly name: string;
  readonly shownName: string;
  readonly bio: string | null;
  readonly licence: string;
  /** Those that have photos under them on this page, in their order. */
  readonly headings: readonly SaidHeading[];
  /** The photo that stands for the page elsewhere; null where it tells of none. */
  readonly cover: string | null;
}

export interface ShownPhoto extends PublicWords {
  readonly id: string;
  /** The heading it stands under. */
  readonly album: string | null;
}

export interface ShownPage {
  readonly words: ShownWords;
  /** In their order. */
  readonly photos: readonly ShownPhoto[];
  /** The page of one photo, on which nothing stands before or behind another. */
  readonly isAlone: boolean;
}

export interface Verdict {
  /** Null where this browser cannot check signatures. */
  readonly words: Standing | null;
  /** By photo; those that no statement came for are not among them. */
  readonly photos: ReadonlyMap<string, Standing>;
  /** Whether they stand where they were signed to stand. "unsigned" where not all of them say so. */
  readonly places: Standing;
  readonly fingerprint: string;
}

/** A statement that this publisher signed about a photo. */
interface Said {
  readonly publication: string;
  readonly said: PublicationStatement;
}

/** Null when what came is no word of one account under one key. */
export async function verdictOf(page: ShownPage, words: SignedWords, photos: SignedPhotos, now: number): Promise<Verdict | null> {
  const key = keyOf(words, photos);
  const fingerprint = key === null ? null : await publisherFingerprint(key);
  if (key === null || fingerprint === null) return null;
  const publisher = await publisherOf(key);
  if (publisher === null) return { words: null, photos: new Map(), places: "unsigned", fingerprint };
  const read = await Promise.all(Object.entries(photos.photos).map(async ([id, signed]) => [id, await photoSaid(signed, words.account, publisher)] as const));
  const about = new Map(read);
  const said = await profileOf(words, publisher);
  const standings = page.photos.flatMap((photo) => (about.has(photo.id) ? [[photo.id, photoStanding(photo, about.get(photo.id) ?? null, now)] as const] : []));
  const places = page.isAlone ? "signed" : placesStanding(page.photos.map(({ id, album }) => placedOf(album, about.get(id))), said, now);
  return { words: wordsStanding(page.words, words, said, about, now), photos: new Map(standings), places, fingerprint };
}

function keyOf(one: SignedBy, other: SignedBy): Bytes | null {
  if (one.account !== other.account || one.identityKey !== other.identityKey) return null;
  return quietly(() => fromBase64Url(one.identityKey));
}

/** What was signed of the profile; null where that is not signed by this publisher. */
async function profileOf(signed: SignedWords, publisher: Publisher): Promise<ProfileStatement | null> {
  const said = quietly(() => profileSaid(utf8(signed.statement), signed.account));
  return said !== null && (await isSigned(signed, publisher, profileContext(signed.account, said.number))) ? said : null;
}

async function photoSaid(signed: SignedText, account: string, publisher: Publisher): Promise<Said | null> {
  const statement = utf8(signed.statement);
  const place = quietly(() => ({ owner: account, publication: publicationNamed(statement) }));
  const said = place === null ? null : quietly(() => publicationSaid(statement, place));
  if (place === null || said === null || !(await isSigned(signed, publisher, publicationContext(place, said.number)))) return null;
  return { publication: place.publication, said };
}

function wordsStanding(shown: ShownWords, signed: SignedWords, said: ProfileStatement | null, about: ReadonlyMap<string, Said | null>, now: number): Standing {
  if (signed.statement === "") return "unsigned";
  if (said === null) return "altered";
  return standing(saysSo(shown, said) && isCover(shown.cover, said, about), said.madeAt, now);
}

/** A page that tells of no cover is believed: whoever takes theirs back signs nothing. */
function isCover(cover: string | null, said: ProfileStatement, about: ReadonlyMap<string, Said | null>): boolean {
  return cover === null || said.coverId === undefined || (said.coverId !== null && about.get(cover)?.publication === said.coverId);
}

function photoStanding(shown: ShownPhoto, about: Said | null, now: number): Standing {
  if (about === null) return "altered";
  const { said } = about;
  return standing(said.caption === shown.caption && said.creator === shown.creator && said.licence === shown.licence, said.madeAt, now);
}

function placedOf(album: string | null, about: Said | null | undefined): Placed {
  const told = about ?? null;
  return { album, publication: told?.publication ?? "", place: told?.said.place ?? null, madeAt: told?.said.madeAt ?? "" };
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
