/**
 * Comments and likes: sealed under the album key, and signed by whoever made them.
 *
 * Everybody who reads an album holds its key, visitors of a link too. Without a signature any of them
 * could, together with the server, put words into another's mouth.
 */
import { fromBase64Url, toBase64Url, utf8, type Bytes } from "./bytes.ts";
import { canonicalText, exactly, idIn, readCanonical, textIn, wellFormed } from "./canonical.ts";
import type { Context } from "./context.ts";
import { cannotOpen } from "./errors.ts";
import type { AlbumKey, Holding, IdentitySeed } from "./keys.ts";
import { openRecord, sealRecord } from "./record.ts";
import { signStatement, verifyStatement, type IdentityPublicKey } from "./signature.ts";

/** A comment has an id of its own; a like is one per photo and person, and goes by the photo's. */
export type RemarkKind = "comment" | "like";

/** Where a remark stands. */
export interface RemarkPlace {
  readonly kind: RemarkKind;
  readonly album: string;
  /** The account that made it. */
  readonly author: string;
  /** The comment's id; for a like the image's. */
  readonly id: string;
  /** Of the album key. */
  readonly generation: number;
}

/** What is said: a text about a photo or the whole album, or how a photo is liked. */
export interface Remark {
  readonly image: string | null;
  readonly text: string;
}

/** Sign a remark and seal it. */
export async function sealRemark(
  remark: Remark,
  place: RemarkPlace,
  author: IdentitySeed,
  key: Holding<AlbumKey>,
): Promise<Bytes> {
  const context = remarkContext(place);
  const statement = canonicalText({ image: remark.image, text: wellFormed(remark.text) });
  const signature = signStatement(utf8(statement), author, context);
  return await sealRecord({ signature: toBase64Url(signature), statement }, key, context);
}

/** Open a remark and insist that `author` made it, here. @throws CryptoError. */
export async function openRemark(
  sealed: Bytes,
  place: RemarkPlace,
  author: IdentityPublicKey,
  key: Holding<AlbumKey>,
): Promise<Remark> {
  const context = remarkContext(place);
  const { signature, statement } = exactly(await openRecord(sealed, key, context), ["signature", "statement"]);
  const text = textIn(statement);
  verifyStatement(fromBase64Url(textIn(signature)), utf8(text), author, context);
  return readRemark(text, place);
}

function readRemark(text: string, { kind, id }: RemarkPlace): Remark {
  const members = exactly(readCanonical(text), ["image", "text"]);
  const image = members["image"] === null ? null : idIn(members["image"]);
  if (kind === "like" && image !== id) throw cannotOpen();
  return { image, text: textIn(members["text"]) };
}

function remarkContext({ kind, album, author, id, generation }: RemarkPlace): Context<RemarkKind> {
  return { purpose: kind, owner: author, record: album, part: id, version: generation };
}
