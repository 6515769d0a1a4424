/**
 * Publications: what an owner says about a photo they show to everyone, signed by their identity key.
 *
 * The server can open a published copy, so it could show another one, under other words, or unmarked. It cannot
 * sign: whoever reads a statement sees what its owner said (docs/publishing.md, "Statements").
 */
import { utf8, type Bytes } from "./bytes.ts";
import { canonicalText, countIn, digestIn, digestText, exactly, idIn, readCanonical, textIn, wellFormed } from "./canonical.ts";
import type { Context } from "./context.ts";
import { cannotOpen, CryptoError } from "./errors.ts";
import type { IdentitySeed } from "./keys.ts";
import { signStatement, verifyStatement, type IdentityPublicKey } from "./signature.ts";

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

export interface PublicationStatement extends PublicWords {
  /** SHA-256 of the copy that was handed over, unencrypted: 32 bytes, base64url. */
  readonly copy: string;
  readonly image: string;
  /** To the second: `2026-11-27T14:00:00Z`. */
  readonly madeAt: string;
  /** 1 for the first, one more with each change of the words. */
  readonly number: number;
  readonly isWatermarked: boolean;
}

/** A statement as it travels. */
export interface SignedStatement {
  readonly statement: Bytes;
  readonly signature: Bytes;
}

const KIND = "publication";
const NAMES = ["caption", "copy", "creator", "image", "kind", "licence", "made_at", "number", "publication", "watermark"] as const;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** What a published copy is sealed for on its way to the server. */
export function copyContext({ owner, publication }: PublicationPlace): Context<"publication"> {
  return { purpose: "publication", owner, record: publication, part: "copy", version: 1 };
}

/** A moment as statements spell it. */
export const toTheSecond = (moment: Date): string => `${moment.toISOString().slice(0, 19)}Z`;

/** Sign what is said about a publication. @throws CryptoError "malformed" for a statement nobody could read. */
export function signPublication(said: PublicationStatement, place: PublicationPlace, seed: IdentitySeed): SignedStatement {
  const statement = utf8(canonicalText({
    caption: wellFormed(said.caption), copy: digestIn(said.copy), creator: wellFormed(said.creator), image: idIn(said.image), kind: KIND,
    licence: wellFormed(said.licence), made_at: momentIn(said.madeAt), number: countIn(said.number), publication: idIn(place.publication),
    watermark: said.isWatermarked ? 1 : 0,
  }));
  return { statement, signature: signStatement(statement, seed, statementContext(place, said.number)) };
}

/** Read a statement strictly and insist that `signer` made it about this publication. @throws CryptoError. */
export function readPublication({ statement, signature }: SignedStatement, place: PublicationPlace, signer: IdentityPublicKey): PublicationStatement {
  const members = exactly(readCanonical(decoded(statement)), NAMES);
  const number = countIn(members["number"]);
  verifyStatement(signature, statement, signer, statementContext(place, number));
  if (members["kind"] !== KIND || idIn(members["publication"]) !== place.publication) throw cannotOpen();
  return {
    caption: textIn(members["caption"]), creator: textIn(members["creator"]), licence: textIn(members["licence"]),
    copy: digestIn(members["copy"]), image: idIn(members["image"]), madeAt: momentIn(members["made_at"]), number,
    isWatermarked: bitIn(members["watermark"]),
  };
}

/** The digest of a copy as a statement spells it. */
export const copyDigest = digestText;

function statementContext({ owner, publication }: PublicationPlace, number: number): Context<"publication"> {
  return { purpose: "publication", owner, record: publication, part: "statement", version: number };
}

function decoded(statement: Bytes): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(statement);
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

const malformed = (): CryptoError => new CryptoError("malformed", "What is said about this published photo does not have the form it should have.");
