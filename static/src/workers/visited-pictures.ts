/** Fetches and decrypts pictures of an album that was opened by link. */
import { send } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import { fromBase64Url } from "../crypto/bytes.ts";
import { decryptStream } from "../crypto/decrypt.ts";
import { deriveWrappingKey } from "../crypto/derive.ts";
import { runningSha256 } from "../crypto/digest.ts";
import { checkPart, type AlbumPlace } from "../crypto/item.ts";
import type { ContentKey, HeldKey, WrappingKey } from "../crypto/keys.ts";
import { contentKeyContext, contentVersion } from "../crypto/rewrap.ts";
import { unwrapHeldKey, wrappedKeyFromBytes } from "../crypto/wrap.ts";
import { bridge, LibraryError, refusalOf } from "../vault/library/bridge.ts";
import type { MediaRequest } from "../vault/library/contract.ts";
import type { Part } from "../vault/library/wire.ts";
import type { PictureSetup, VisitedContent, VisitPage } from "../vault/guests/picture-worker.ts";
import { pictureReader } from "./pictures/reader.ts";

interface Opened {
  readonly token: string;
  readonly place: AlbumPlace;
  readonly keys: ReadonlyMap<number, WrappingKey>;
}

/** Of a link that was ended, or a visit whose hour is over. */
const OVER = new Set(["link_ended", "visit_ended"]);

let visit: Promise<Opened> | null = null;
const contents = new Map<string, VisitedContent>();

async function start(setup: PictureSetup): Promise<void> {
  visit = opened(setup);
  await visit;
}

async function opened({ token, place, keys }: PictureSetup): Promise<Opened> {
  const wrapping = new Map<number, WrappingKey>();
  for (const [generation, key] of keys) wrapping.set(generation, await deriveWrappingKey(key));
  return { token, place, keys: wrapping };
}

function learn(told: readonly VisitedContent[]): void {
  for (const content of told) contents.set(content.id, content);
}

async function* pieces({ id, part }: MediaRequest, signal: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const content = contents.get(id);
  const album = await visit;
  if (album === null || content === undefined) throw new LibraryError("not_found", "This photo is no longer here.");
  const key = await contentKey(content, album);
  const body = await fetchPart(`/visits/items/${id}/${part}`, album.token, signal);
  const { owner, version, source } = content;
  const context = { purpose: "content", owner, record: id, part, version: contentVersion(version, source) } as const;
  yield* decryptStream(checked(body, content, part), key, context);
}

async function contentKey({ id, version, source, generation, wrapped }: VisitedContent, { keys, place }: Opened): Promise<HeldKey<ContentKey>> {
  const key = keys.get(generation);
  if (key === undefined) throw new LibraryError("cannot-open", "This photo does not open with the key of this link.");
  return await unwrapHeldKey(wrappedKeyFromBytes("content-key", fromBase64Url(wrapped)), key, contentKeyContext(place, id, version, source));
}

async function fetchPart(path: string, token: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  try {
    const { body } = await send({ method: "GET", path, signal, isAnonymous: true, headers: { Authorization: `Visit ${token}` } });
    if (body !== null) return body;
  } catch (error) {
    if (error instanceof Problem && OVER.has(error.code)) void page.remote.ended(refusalOf(error));
    throw error;
  }
  throw new LibraryError("unreadable_answer", "The server answered without the photo. Please try again.");
}

/** The ciphertext as it comes; its end is held back until it proved to be what was signed for. @throws HistoryError. */
async function* checked(body: ReadableStream<Uint8Array>, content: VisitedContent, part: Part): AsyncGenerator<Uint8Array> {
  const digest = await runningSha256();
  let held: Uint8Array | undefined;
  for await (const piece of chunksOf(body)) {
    if (held !== undefined) yield held;
    digest.update(piece);
    held = piece;
  }
  checkPart(content, part, digest.finish());
  if (held !== undefined) yield held;
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value as Uint8Array<ArrayBuffer>;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

const page = bridge<VisitPage>(self as unknown as Parameters<typeof bridge>[0], { start, learn, ...pictureReader(pieces) });
