/** Comments and likes in a shared album: sealed under its key, and signed by whoever makes them. */
import { call } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { isRecord, list, numberOr, record, text, textOrNull, type UnknownRecord } from "../../api/shape.ts";
import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import { CryptoError } from "../../crypto/errors.ts";
import { openRemark, sealRemark, type Remark, type RemarkPlace } from "../../crypto/remark.ts";
import { newId } from "../ids.ts";
import type { Vault } from "../state.ts";
import { albumPath } from "./album-state.ts";
import type { PeopledAlbum } from "./received.ts";
import type { ReceivedItem } from "./received-items.ts";

/** Something that was written about a photo, or about the whole album. */
export interface Comment {
  readonly id: string;
  readonly authorId: string;
  readonly text: string;
  readonly madeAt: string;
  readonly isOwn: boolean;
  readonly mayDelete: boolean;
}

/** What was said about a photo. What nobody signed who can be known here is counted, and not shown. */
export interface Said<Each> {
  readonly proved: readonly Each[];
  readonly unproved: number;
}

/** An album as it is now: whoever writes may find that its key was replaced. */
export type Reread = () => Promise<PeopledAlbum>;

/** As much as fits into one comment, in characters. */
export const LONGEST_COMMENT = 2000;

/** The accounts that like a photo. */
export async function likesOf(album: PeopledAlbum, { wire }: ReceivedItem): Promise<Said<string>> {
  return split(await Promise.all(wire.likes.map(async (row) => {
    const remark = await opened(row, album, "like", wire.imageId);
    return remark?.image === wire.imageId ? text(row["author_id"]) : null;
  })));
}

/** What was written about one photo, or with null about the whole album, oldest first. @throws Problem. */
export async function commentsOn(album: PeopledAlbum, imageId: string | null, signal: AbortSignal): Promise<Said<Comment>> {
  const rows: UnknownRecord[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const page: UnknownRecord = record(await call<unknown>("GET", `${albumPath(album.id)}/comments`, { query: { image_id: imageId ?? undefined, cursor: cursor || undefined }, signal }));
    rows.push(...list(page["items"]).filter(isRecord));
    cursor = textOrNull(page["cursor"]);
  }
  // Without a photo the service answers everything that was said. What each is about its author signed.
  const about = imageId === null ? rows.filter((row) => textOrNull(row["image_id"]) === null) : rows;
  return split(await Promise.all(about.map((row) => commentIn(row, album, imageId))));
}

async function commentIn(row: UnknownRecord, album: PeopledAlbum, imageId: string | null): Promise<Comment | null> {
  const [id, authorId] = [text(row["id"]), text(row["author_id"])];
  const remark = await opened(row, album, "comment", id);
  if (remark === null || remark.image !== imageId) return null;
  const isOwn = authorId === album.self;
  return { id, authorId, text: remark.text, madeAt: text(row["made_at"]), isOwn, mayDelete: isOwn || album.role === "manager" || album.role === "owner" };
}

/** Write about a photo, or with null about the whole album. Answers the comment's id. @throws Problem, HistoryError, as all below. */
export async function writeComment(reread: Reread, vault: Vault, imageId: string | null, words: string): Promise<string> {
  const id = newId();
  await say(reread, vault, { kind: "comment", id }, { image: imageId, text: words }, (album, body) =>
    call("PUT", `${albumPath(album.id)}/comments/${id}`, { body: { image_id: imageId, ...body } }));
  return id;
}

export async function deleteComment(album: PeopledAlbum, commentId: string): Promise<void> {
  await call("DELETE", `${albumPath(album.id)}/comments/${commentId}`).catch(unlessGone);
}

export async function like(reread: Reread, vault: Vault, imageId: string): Promise<void> {
  await say(reread, vault, { kind: "like", id: imageId }, { image: imageId, text: "" }, (album, body) =>
    call("PUT", `${albumPath(album.id)}/items/${imageId}/like`, { body }));
}

export async function unlike(album: PeopledAlbum, imageId: string): Promise<void> {
  await call("DELETE", `${albumPath(album.id)}/items/${imageId}/like`);
}

type Send = (album: PeopledAlbum, body: { readonly generation: number; readonly sealed: string }) => Promise<unknown>;

const ATTEMPTS = 3;

/** Sealed under the key in force; anew when that was replaced meanwhile. */
async function say(reread: Reread, vault: Vault, what: Pick<RemarkPlace, "kind" | "id">, remark: Remark, send: Send): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const album = await reread();
    const { generation } = album.state;
    const place: RemarkPlace = { ...what, album: album.id, author: vault.accountId, generation };
    const sealed = await sealRemark(remark, place, await vault.identitySeed(), album.key);
    try {
      await send(album, { generation, sealed: toBase64Url(sealed) });
      return;
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "stale_generation" || attempt >= ATTEMPTS) throw error;
    }
  }
}

/** Null for what does not open, and for what its author did not sign. */
async function opened(row: UnknownRecord, album: PeopledAlbum, kind: RemarkPlace["kind"], id: string): Promise<Remark | null> {
  const [author, generation] = [text(row["author_id"]), numberOr(row["generation"], 0)];
  const identity = album.identityOf(author);
  if (identity === undefined) return null;
  try {
    const key = await album.keyOf(generation);
    return await openRemark(fromBase64Url(text(row["sealed"])), { kind, album: album.id, author, id, generation }, identity, key);
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}

function split<Each>(found: readonly (Each | null)[]): Said<Each> {
  const proved = found.filter((each) => each !== null);
  return { proved, unproved: found.length - proved.length };
}

function unlessGone(error: unknown): void {
  if (!(error instanceof Problem) || error.status !== 404) throw error;
}
