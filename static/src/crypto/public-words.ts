/**
 * What owners say to everyone, as it is spelled: reading it strictly and writing it, without the signature.
 *
 * Apart from `publication.ts`, so that a visitor's page, which checks with what its browser brings along, loads no
 * signature code of ours.
 */
import { fromUtf8, utf8, type Bytes } from "./bytes.ts";
import { canonicalText, countIn, digestIn, exactly, idIn, readCanonical, textIn, wellFormed } from "./canonical.ts";
import type { Context } from "./context.ts";
import { cannotOpen, CryptoError } from "./errors.ts";

/** What stands beside a published photo. */
export interface PublicWords {
  readonly caption: string;
  readonly creator: string;
  readonly licence: string;
}

/** Whose publication a statement is about. */
export interface PublicationPlace {
  readonly owner: string;
  readonly publication: string;
}

/** Where a photo stands; of two at one position the greater id, which is the newer, comes first. */
export interface SaidPlace {
  /** The heading, or null for none. */
  readonly albumId: string | null;
  /** From 0; lower comes first. */
  readonly position: number;
}

export interface PublicationStatement extends PublicWords {
  /** SHA-256 of the copy that was handed over, unencrypted: 32 bytes, base64url. */
  readonly copy: string;
  readonly image: string;
  /** To the second: `2026-11-27T14:00:00Z`. */
  readonly madeAt: string;
  /** 1 for the first, one more with each change of the words. */
  readonly number: number;
  readonly isWatermarked: boolean;
  /** Null in statements from before places were signed. */
  readonly place: SaidPlace | null;
}

/** What a heading of a profile is called. */
export interface SaidHeading {
  readonly id: string;
  readonly title: string;
}

/** All that a profile says. */
export interface SaidProfile {
  /** The last part of its address. */
  readonly name: string;
  readonly shownName: string;
  readonly bio: string;
  readonly licence: string;
  /** Its headings, in their order. */
  readonly albums: readonly SaidHeading[];
}

export interface ProfileStatement extends SaidProfile {
  /** To the second, and later than that of the one before. */
  readonly madeAt: string;
  /** 1 for the first, one more with each change; 1 again where a profile was removed and made anew. */
  readonly number: number;
  /** The publication that stands for the profile, or null for none; not there in statements from before covers were signed. */
  readonly coverId?: string | null;
}

const PUBLICATION = "publication";
const PUBLICATION_NAMES = ["caption", "copy", "creator", "image", "kind", "licence", "made_at", "number", "publication", "watermark"] as const;
const PLACED_NAMES = [...PUBLICATION_NAMES, "album", "position"] as const;
const LAST_POSITION = 2 ** 31 - 1;
const PROFILE = "profile";
const PROFILE_NAMES = ["albums", "bio", "kind", "licence", "made_at", "name", "number", "profile", "shown_name"] as const;
const COVERED_NAMES = [...PROFILE_NAMES, "cover"] as const;
const HEADING_NAMES = ["id", "title"] as const;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** A moment as statements spell it. */
export const toTheSecond = (moment: Date): string => `${moment.toISOString().slice(0, 19)}Z`;

/** What the statement of this number is signed for. */
export function publicationContext({ owner, publication }: PublicationPlace, number: number): Context<"publication"> {
  return { purpose: "publication", owner, record: publication, part: "statement", version: number };
}

/** What the statement of this number about an account's profile is signed for. */
export function profileContext(owner: string, number: number): Context<"profile"> {
  return { purpose: "profile", owner, record: owner, part: "statement", version: number };
}

/** What is said about a publication, in its one spelling. @throws CryptoError "malformed" for what nobody could read. */
export function spelledPublication(said: PublicationStatement, place: PublicationPlace): Bytes {
  return utf8(canonicalText({
    caption: wellFormed(said.caption), copy: digestIn(said.copy), creator: wellFormed(said.creator), image: idIn(said.image), kind: PUBLICATION,
    licence: wellFormed(said.licence), made_at: momentIn(said.madeAt), number: countIn(said.number), publication: idIn(place.publication),
    watermark: said.isWatermarked ? 1 : 0,
    ...(said.place === null ? {} : { album: idOrNull(said.place.albumId), position: positionIn(said.place.position) }),
  }));
}

/** What a statement about this publication says, whoever made it. @throws CryptoError. */
export function publicationSaid(statement: Bytes, { publication }: PublicationPlace): PublicationStatement {
  const told = readCanonical(decoded(statement));
  const isPlaced = Object.hasOwn(told, "position");
  const members = exactly(told, isPlaced ? PLACED_NAMES : PUBLICATION_NAMES);
  if (members["kind"] !== PUBLICATION || idIn(members["publication"]) !== publication) throw cannotOpen();
  return {
    caption: textIn(members["caption"]), creator: textIn(members["creator"]), licence: textIn(members["licence"]),
    copy: digestIn(members["copy"]), image: idIn(members["image"]), madeAt: momentIn(members["made_at"]), number: countIn(members["number"]),
    isWatermarked: bitIn(members["watermark"]),
    place: isPlaced ? { albumId: idOrNull(members["album"]), position: positionIn(members["position"]) } : null,
  };
}

/** What is said on a profile, in its one spelling. @throws CryptoError "malformed" for what nobody could read. */
export function spelledProfile(said: ProfileStatement, owner: string): Bytes {
  return utf8(canonicalText({
    albums: said.albums.map(({ id, title }) => ({ id: idIn(id), title: wellFormed(title) })), bio: wellFormed(said.bio), kind: PROFILE,
    licence: wellFormed(said.licence), made_at: momentIn(said.madeAt), name: wellFormed(said.name), number: countIn(said.number),
    profile: idIn(owner), shown_name: wellFormed(said.shownName), ...(said.coverId === undefined ? {} : { cover: idOrNull(said.coverId) }),
  }));
}

/** What a statement about this account's profile says, whoever made it. @throws CryptoError. */
export function profileSaid(statement: Bytes, owner: string): ProfileStatement {
  const told = readCanonical(decoded(statement));
  const saysCover = Object.hasOwn(told, "cover");
  const members = exactly(told, saysCover ? COVERED_NAMES : PROFILE_NAMES);
  if (members["kind"] !== PROFILE || idIn(members["profile"]) !== owner) throw cannotOpen();
  return {
    name: textIn(members["name"]), shownName: textIn(members["shown_name"]), bio: textIn(members["bio"]), licence: textIn(members["licence"]),
    albums: headingsIn(members["albums"]), madeAt: momentIn(members["made_at"]), number: countIn(members["number"]),
    ...(saysCover ? { coverId: idOrNull(members["cover"]) } : {}),
  };
}

/** Which publication a statement is about, before anything of it is believed. @throws CryptoError. */
export function publicationNamed(statement: Bytes): string {
  return idIn(readCanonical(decoded(statement))["publication"]);
}

function headingsIn(value: unknown): readonly SaidHeading[] {
  if (!Array.isArray(value)) throw malformed();
  return (value as readonly unknown[]).map((each) => {
    const { id, title } = exactly(each, HEADING_NAMES);
    return { id: idIn(id), title: textIn(title) };
  });
}

const idOrNull = (value: unknown): string | null => (value === null ? null : idIn(value));

function positionIn(value: unknown): number {
  const position = countIn(value, 0);
  if (position > LAST_POSITION) throw malformed();
  return position;
}

function decoded(statement: Bytes): string {
  try {
    return fromUtf8(statement);
  } catch {
    throw malformed();
  }
}

function momentIn(value: unknown): string {
  const moment = textIn(value);
  if (!MOMENT.test(moment) || Number.isNaN(Date.parse(moment)) || toTheSecond(new Date(moment)) !== moment) throw malformed();
  return moment;
}

function bitIn(value: unknown): boolean {
  if (value !== 0 && value !== 1) throw malformed();
  return value === 1;
}

const malformed = (): CryptoError => new CryptoError("malformed", "What is said to everyone does not have the form it should have.");
