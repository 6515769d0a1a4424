/**
 * Clean copies: what of a photo is shared where its file still carries what the camera wrote.
 *
 * Made here, under a key of their own, and stored beside the version (docs/sharing.md, "Clean copies"). What an
 * earlier run stored is found and measured again, so a closed tab costs nothing but the time.
 */
import type { Ask } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import { isRecord, list, record, text, textOrNull } from "../api/shape.ts";
import { concat, fromBase64Url, owned, toBase64Url, type Bytes } from "../crypto/bytes.ts";
import type { Context } from "../crypto/context.ts";
import { decryptStream } from "../crypto/decrypt.ts";
import { newContentKey, type ContentKey } from "../crypto/keys.ts";
import { contentVersion } from "../crypto/rewrap.ts";
import { unwrapKey, wrapKey, wrappedKeyFromBytes } from "../crypto/wrap.ts";
import type { DecodeRequest } from "../photo/decode.ts";
import { readFacts } from "../photo/facts.ts";
import type { Derived } from "../photo/thumbnails.ts";
import { kindOf, mediaTypeOf } from "../photo/strip/strip.ts";
import { contentContext, heldContentKey, type Keyring, type WrappedContent } from "../vault/library/keyring.ts";
import { PARTS, type Part, type PartDigests } from "../vault/library/wire.ts";
import type { CleanCopy } from "../vault/sharing/album-sealing.ts";
import { cleanPicture, type CleanPicture } from "./clean-picture.ts";
import { sendContent, type SentContent } from "./send-content.ts";
import type { TusPorts } from "./tus.ts";
import type { CallJson } from "./upload-session.ts";

export interface CleanPorts {
  readonly keyring: Keyring;
  readonly tus: TusPorts;
  readonly call: CallJson;
  readonly send: (ask: Ask) => Promise<Response>;
  readonly derive: (request: DecodeRequest) => Promise<Derived>;
}

/** A clean copy, and what was taken out for it; null when an earlier run made it. */
export interface MadeCopy {
  readonly copy: CleanCopy;
  readonly removed: readonly string[] | null;
}

const ALREADY_THERE = "already_exists";

/** The clean copy of a photo, made if there is none. @throws CannotStrip, NoPicture, Problem, CryptoError. */
export async function cleanCopyOf(photo: WrappedContent, ports: CleanPorts): Promise<MadeCopy> {
  const stored = await storedCopy(photo, ports);
  if (stored !== null) return { copy: stored, removed: null };
  try {
    return await makeCopy(photo, ports);
  } catch (error) {
    // Another device was quicker. A copy has one key for good, so that one is the copy.
    const theirs = error instanceof Problem && error.code === ALREADY_THERE ? await storedCopy(photo, ports) : null;
    if (theirs === null) throw error;
    return { copy: theirs, removed: null };
  }
}

async function storedCopy(photo: WrappedContent, ports: CleanPorts): Promise<CleanCopy | null> {
  const versions = list(record(await ports.call("GET", `/images/${photo.id}/versions`, null))["items"]).filter(isRecord);
  const clean = record(versions.find((version) => version["number"] === photo.version)?.["clean"]);
  const wrappedContentKey = textOrNull(clean["wrapped_content_key"]);
  const digests = digestsIn(clean["parts"]);
  if (wrappedContentKey === null || digests.original === undefined || clean["is_damaged"] === true) return null;
  const key = await unwrapKey(wrappedKeyFromBytes("content-key", fromBase64Url(wrappedContentKey)), ports.keyring.wrappingKey, keyContext(photo, ports.keyring));
  const bytes = await fetched(`/images/${photo.id}/versions/${photo.version}/clean-original`, key, partContext(photo, "original", ports.keyring), ports);
  key.fill(0);
  const kind = kindOf(bytes);
  return { wrappedContentKey, version: photo.version, digests, type: mediaTypeOf(kind), bytes: bytes.length, ...uprightSize(bytes) };
}

/** The file of a photo as it is stored, opened. @throws CryptoError, Problem. */
export async function originalOf(photo: WrappedContent, ports: Pick<CleanPorts, "keyring" | "send">): Promise<Bytes> {
  const path = `/images/${photo.id}/versions/${photo.version}/original`;
  return await fetched(path, await heldContentKey(photo, ports.keyring), contentContext(photo, "original", ports.keyring), ports);
}

async function makeCopy(photo: WrappedContent, ports: CleanPorts): Promise<MadeCopy> {
  const { keyring, call, derive } = ports;
  const path = `/images/${photo.id}/versions/${photo.version}`;
  const picture = await cleanPicture(await originalOf(photo, ports), derive);
  const key = newContentKey();
  try {
    const wrappedContentKey = toBase64Url(await wrapKey(key, keyring.wrappingKey, keyContext(photo, keyring)));
    const parts: Record<string, { upload: string; sha256: string; bytes: number }> = {};
    for (const [part, plain] of await partsOf(picture)) parts[part] = await sendPart(photo, part, plain, key, ports);
    await call("PUT", `${path}/clean`, { parts, wrapped_content_key: wrappedContentKey });
    const digests = Object.fromEntries(Object.entries(parts).map(([part, { sha256 }]) => [part, sha256])) as PartDigests;
    const { type, bytes, width, height, removed } = picture;
    return { copy: { wrappedContentKey, version: photo.version, digests, type, bytes: bytes.length, width, height }, removed };
  } finally {
    key.fill(0);
  }
}

async function partsOf({ bytes, preview, thumbnail }: CleanPicture): Promise<readonly (readonly [Part, Bytes])[]> {
  const small = await Promise.all(([["preview", preview], ["thumbnail", thumbnail]] as const).map(async ([part, blob]) =>
    blob === null ? null : ([part, new Uint8Array(await blob.arrayBuffer())] as const)));
  return [["original", bytes] as const, ...small.filter((each) => each !== null)];
}

async function sendPart(photo: WrappedContent, part: Part, plain: Bytes, key: ContentKey, { keyring, tus }: CleanPorts): Promise<SentContent> {
  return await sendContent(plain, key, partContext(photo, part, keyring), { image: photo.id, part, version: String(photo.version) }, tus);
}

async function fetched(path: string, key: Parameters<typeof decryptStream>[1], context: Context<"content">, { send }: Pick<CleanPorts, "send">): Promise<Bytes> {
  const { body } = await send({ method: "GET", path });
  if (body === null) throw new Problem("unreadable_answer", "The server answered without the photo. Please try again.");
  const pieces: Bytes[] = [];
  for await (const piece of decryptStream(body, key, context)) pieces.push(piece);
  return owned(concat(...pieces));
}

function uprightSize(bytes: Bytes): { readonly width: number; readonly height: number } {
  const { width, height, orientation } = readFacts(bytes, null);
  const [across, down] = [width ?? 0, height ?? 0];
  return orientation >= 5 ? { width: down, height: across } : { width: across, height: down };
}

function digestsIn(parts: unknown): PartDigests {
  const known = record(parts);
  return Object.fromEntries(PARTS.filter((part) => isRecord(known[part])).map((part) => [part, text(record(known[part])["sha256"])])) as PartDigests;
}

const keyContext = ({ id, version }: WrappedContent, { accountId }: Keyring): Context<"content-key"> =>
  ({ purpose: "content-key", owner: accountId, record: id, part: "-", version: contentVersion(version, "clean") });

const partContext = ({ id, version }: WrappedContent, part: Part, { accountId }: Keyring): Context<"content"> =>
  ({ purpose: "content", owner: accountId, record: id, part, version: contentVersion(version, "clean") });
