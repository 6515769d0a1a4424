/**
 * What guests brought, until this account takes it in or throws it away.
 *
 * A drop's keys are sealed to this account. Taking one in wraps them by the account key: the bytes stay
 * where they are, and the photo is one like any other.
 */
import { call } from "../../api/client.ts";
import type { Body } from "../../api/types.ts";
import { fromBase64Url, fromUtf8, toBase64Url } from "../../crypto/bytes.ts";
import { CryptoError } from "../../crypto/errors.ts";
import { openFrom } from "../../crypto/exchange.ts";
import { keyFromBytes, type RecordKey } from "../../crypto/keys.ts";
import { openRecord, sealRecord, type JsonValue } from "../../crypto/record.ts";
import { wrapKey } from "../../crypto/wrap.ts";
import { record, text } from "../../api/shape.ts";
import { readMetadata, type MetadataDocument } from "../library/documents.ts";
import { refusalOf } from "../library/bridge.ts";
import type { Outcome } from "../library/contract.ts";
import { contextOf } from "../library/keyring.ts";
import type { Vault } from "../state.ts";

type WireDrop = Body<"Drop">;

/** The most that a guest may be called. */
const NAME_SIGNS = 200;
/** Signs that are not seen, and those that turn the reading direction of the words around them. */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\s]+/gu;

/** A photo that waits. */
export interface Drop {
  readonly wire: WireDrop;
  /** What its guest wants to be called: nobody vouches for it. */
  readonly from: string | null;
  /** Null for one that does not open: it can only be thrown away. */
  readonly opened: OpenedDrop | null;
}

interface OpenedDrop {
  /** By the account key, as it is once the photo is taken in. */
  readonly wrappedContentKey: string;
  readonly recordKey: RecordKey;
  readonly metadata: MetadataDocument;
}

/** Words of a stranger, in one line of bounded length that leaves the words around it alone. */
export function plainLine(words: string, most = NAME_SIGNS): string {
  return [...words.replace(UNSEEN, " ").trim()].slice(0, most).join("");
}

/** Everything that waits, oldest first. What is among `before` is not opened again. @throws Problem. */
export async function readDrops(vault: Vault, before: readonly Drop[] = []): Promise<readonly Drop[]> {
  const found: WireDrop[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await call<Body<"Drops">>("GET", "/drops", { query: { cursor } });
    found.push(...page.items);
    if (page.cursor === null) break;
    cursor = page.cursor;
  }
  const known = new Map(before.map((drop) => [sealedIn(drop.wire), drop]));
  const isKnown = found.every((wire) => known.has(sealedIn(wire)));
  const seed = isKnown ? null : await vault.exchangeSeed();
  return await Promise.all(found.map(async (wire) => known.get(sealedIn(wire)) ?? (seed === null ? { wire, from: null, opened: null } : await openDrop(wire, vault, seed))));
}

/** All that a drop is: another one may come under the id of one that went. */
const sealedIn = ({ id, link_id: link, image_id: image, payload, metadata, parts }: WireDrop): string => JSON.stringify([id, link, image, payload, metadata, parts]);

/** Make these photos of this account. One that cannot be stops none of the others. */
export async function takeIn(vault: Vault, drops: readonly Drop[]): Promise<Outcome> {
  return await eachOf(drops, (drop) => takeOne(vault, drop));
}

/** Throw these away: their bytes go. */
export async function throwAway(drops: readonly Drop[]): Promise<Outcome> {
  return await eachOf(drops, async ({ wire }) => { await call("DELETE", `/drops/${wire.id}`); });
}

async function openDrop(wire: WireDrop, { accountId, wrappingKey }: Vault, seed: Parameters<typeof openFrom>[1]): Promise<Drop> {
  try {
    const context = { purpose: "guest-upload", owner: accountId, record: wire.image_id, part: wire.link_id ?? "-", version: 1 } as const;
    const statement = record(JSON.parse(fromUtf8(await openFrom(fromBase64Url(wire.payload), seed, context))));
    const contentKey = keyFromBytes("content-key", fromBase64Url(text(statement["content"])));
    const recordKey = keyFromBytes("record-key", fromBase64Url(text(statement["record"])));
    const metadata = readMetadata(await openRecord(fromBase64Url(wire.metadata), recordKey, contextOf("metadata", accountId, wire.image_id, 1)));
    const wrapped = await wrapKey(contentKey, wrappingKey, contextOf("content-key", accountId, wire.image_id, 1));
    const opened = metadata && { wrappedContentKey: toBase64Url(wrapped), recordKey, metadata };
    return { wire, from: plainLine(text(statement["from"])) || null, opened };
  } catch {
    return { wire, from: null, opened: null };
  }
}

/**
 * The ordinary commit, with what was brought. Repeating it is harmless: the image has its id already.
 *
 * That a file was cleaned is a guest's word, and nobody vouches for a guest: noted as whole, it is never shared
 * as it is, but as a clean copy that this account's own device makes.
 */
async function takeOne({ accountId, wrappingKey }: Vault, { wire, opened }: Drop): Promise<void> {
  if (opened === null) throw new CryptoError("cannot-open", "This photo does not open with your keys, and cannot be taken in.");
  const { image_id: id, parts } = wire;
  const known = { ...opened.metadata, storedAs: "whole" } as unknown as JsonValue;
  const [key, metadata] = await Promise.all([
    wrapKey(opened.recordKey, wrappingKey, contextOf("record-key", accountId, id, 1)),
    sealRecord(known, opened.recordKey, contextOf("metadata", accountId, id, 1)),
  ]);
  const keys = { wrapped_content_key: opened.wrappedContentKey, wrapped_record_key: toBase64Url(key) };
  await call("PUT", `/images/${id}`, { body: { version: 1, ...keys, metadata: toBase64Url(metadata), parts } });
}

async function eachOf(drops: readonly Drop[], act: (drop: Drop) => Promise<void>): Promise<Outcome> {
  const done: string[] = [];
  const failed: { id: string; code: string; sentence: string }[] = [];
  for (const drop of drops) {
    const { image_id: id } = drop.wire;
    try {
      await act(drop);
      done.push(id);
    } catch (error) {
      failed.push({ id, ...refusalOf(error) });
    }
  }
  return { done, failed };
}
