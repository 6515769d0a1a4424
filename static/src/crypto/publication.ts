/**
 * What an owner says about a photo they show to everyone, and on the page where they show it, signed by their identity key.
 *
 * The server can open a published copy, so it could show another one, under other words, or unmarked. It cannot
 * sign: whoever reads a statement sees what its owner said (docs/publishing.md, "Statements").
 */
import type { Bytes } from "./bytes.ts";
import { digestText } from "./canonical.ts";
import type { Context } from "./context.ts";
import type { IdentitySeed } from "./keys.ts";
import {
  profileContext, profileSaid, publicationContext, publicationSaid, spelledProfile, spelledPublication, type ProfileStatement, type PublicationPlace,
  type PublicationStatement,
} from "./public-words.ts";
import { signStatement, verifyStatement, type IdentityPublicKey } from "./signature.ts";

export { toTheSecond, type ProfileStatement, type PublicationPlace, type PublicationStatement, type PublicWords, type SaidHeading, type SaidPlace, type SaidProfile } from "./public-words.ts";

/** A statement as it travels. */
export interface SignedStatement {
  readonly statement: Bytes;
  readonly signature: Bytes;
}

/** What a published copy is sealed for on its way to the server. */
export function copyContext({ owner, publication }: PublicationPlace): Context<"publication"> {
  return { purpose: "publication", owner, record: publication, part: "copy", version: 1 };
}

/** Sign what is said about a publication. @throws CryptoError "malformed" for a statement nobody could read. */
export function signPublication(said: PublicationStatement, place: PublicationPlace, seed: IdentitySeed): SignedStatement {
  const statement = spelledPublication(said, place);
  return { statement, signature: signStatement(statement, seed, publicationContext(place, said.number)) };
}

/** Read a statement strictly and insist that `signer` made it about this publication. @throws CryptoError. */
export function readPublication({ statement, signature }: SignedStatement, place: PublicationPlace, signer: IdentityPublicKey): PublicationStatement {
  const said = publicationSaid(statement, place);
  verifyStatement(signature, statement, signer, publicationContext(place, said.number));
  return said;
}

/** Sign what an account's profile says. @throws CryptoError "malformed" for a statement nobody could read. */
export function signProfile(said: ProfileStatement, owner: string, seed: IdentitySeed): SignedStatement {
  const statement = spelledProfile(said, owner);
  return { statement, signature: signStatement(statement, seed, profileContext(owner, said.number)) };
}

/** Read a statement strictly and insist that `signer` made it about this account's profile. @throws CryptoError. */
export function readProfileStatement({ statement, signature }: SignedStatement, owner: string, signer: IdentityPublicKey): ProfileStatement {
  const said = profileSaid(statement, owner);
  verifyStatement(signature, statement, signer, profileContext(owner, said.number));
  return said;
}

/** The digest of a copy as a statement spells it. */
export const copyDigest = digestText;
