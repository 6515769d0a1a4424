/** The server's answers about shared albums, checked before anything relies on them. */
import { isRecord, isTrue, list, numberOr, record, text, textOrNull, type UnknownRecord } from "../../api/shape.ts";
import { fromBase64Url, type Bytes } from "../../crypto/bytes.ts";
import type { Head } from "../../crypto/entry.ts";
import { exchangeKeyFromBytes } from "../../crypto/exchange.ts";
import type { ItemSource } from "../../crypto/item.ts";
import type { PublicKeys } from "../../crypto/known-keys.ts";
import { identityFromBytes } from "../../crypto/signature.ts";
import { readHead } from "./entries.ts";

/** An album key for this account, or for a group it is in. `sealed` is null where the server can no longer open what it kept. */
export interface WireAlbumDelivery {
  readonly grantId: string;
  readonly groupId: string | null;
  readonly generation: number;
  readonly groupGeneration: number;
  readonly granterId: string;
  readonly sealed: Bytes | null;
}

/** One recipient's access, by the server's word: an account or a group. */
export interface WireGrant {
  readonly id: string;
  readonly accountId: string | null;
  readonly groupId: string | null;
  readonly role: string;
  readonly canDownload: boolean;
  readonly madeAt: string;
  /** A day, told to owner and managers only. */
  readonly lastUsedOn: string | null;
}

/** Somebody concerned with an album. `keys` are null once their account is gone, `email` to whom they do not know. */
export interface WirePerson {
  readonly accountId: string;
  readonly email: string | null;
  readonly keys: PublicKeys | null;
}

export interface WireSharedAlbum {
  readonly id: string;
  readonly ownerId: string;
  /** This account's, by the server's word. */
  readonly role: string;
  readonly canDownload: boolean;
  readonly generation: number;
  readonly settings: { readonly number: number; readonly sealed: Bytes };
  readonly itemCount: number;
  readonly sharedAt: string;
  readonly rotationDueAt: string | null;
  readonly isInTimeline: boolean;
  readonly head: Head;
  /** The owner's own wraps, by generation. */
  readonly ownKeys: ReadonlyMap<number, Bytes>;
  readonly deliveries: readonly WireAlbumDelivery[];
  readonly grants: readonly WireGrant[];
  readonly people: readonly WirePerson[];
}

/** A photo in a shared album. Key and fields are null while it is withheld. */
export interface WireSharedItem {
  readonly imageId: string;
  readonly ownerId: string;
  readonly version: number;
  readonly source: ItemSource;
  readonly generation: number;
  readonly wrappedContentKey: Bytes | null;
  readonly fields: Bytes | null;
  /** What can be fetched, by the bytes of its ciphertext. */
  readonly parts: ReadonlyMap<string, number>;
  readonly isDamaged: boolean;
  readonly isWithheld: boolean;
  readonly addedAt: string;
  /** base64url. */
  readonly commitment: string;
  /** Who likes it, as the server has it: `remark.ts` says what is in `sealed`. */
  readonly likes: readonly UnknownRecord[];
}

/** @throws CryptoError "malformed" for keys that are none, and for what is not base64url. */
export function readWireSharedAlbum(answer: unknown): WireSharedAlbum {
  const row = record(answer);
  const settings = record(row["settings"]);
  return {
    id: text(row["id"]),
    ownerId: text(row["owner_id"]),
    role: text(row["role"]),
    canDownload: isTrue(row["can_download"]),
    generation: numberOr(row["generation"], 0),
    settings: { number: numberOr(settings["number"], 0), sealed: fromBase64Url(text(settings["sealed"])) },
    itemCount: numberOr(row["item_count"], 0),
    sharedAt: text(row["shared_at"]),
    rotationDueAt: textOrNull(row["rotation_due_at"]),
    isInTimeline: isTrue(row["is_in_timeline"]),
    head: readHead(row["head"]),
    ownKeys: readOwnKeys(list(row["wrapped_album_keys"]).filter(isRecord)),
    deliveries: list(row["deliveries"]).filter(isRecord).map(readDelivery),
    grants: list(row["grants"]).filter(isRecord).map(readGrant),
    people: list(row["people"]).filter(isRecord).map(readPerson),
  };
}

/** @throws CryptoError "malformed". */
export function readWireSharedItem(row: UnknownRecord): WireSharedItem {
  return {
    imageId: text(row["image_id"]),
    ownerId: text(row["owner_id"]),
    version: numberOr(row["version"], 0),
    source: row["source"] === "clean" ? "clean" : "content",
    generation: numberOr(row["generation"], 0),
    wrappedContentKey: bytesOrNull(row["wrapped_content_key"]),
    fields: bytesOrNull(row["fields"]),
    parts: readParts(record(row["parts"])),
    isDamaged: isTrue(row["is_damaged"]),
    isWithheld: isTrue(row["is_withheld"]),
    addedAt: text(row["added_at"]),
    commitment: text(row["commitment"]),
    likes: list(row["likes"]).filter(isRecord),
  };
}

function readOwnKeys(rows: readonly UnknownRecord[]): ReadonlyMap<number, Bytes> {
  return new Map(rows.flatMap((row): [number, Bytes][] => {
    const wrapped = bytesOrNull(row["wrapped_album_key"]);
    return wrapped === null ? [] : [[numberOr(row["generation"], 0), wrapped]];
  }));
}

function readDelivery(row: UnknownRecord): WireAlbumDelivery {
  return {
    grantId: text(row["grant_id"]),
    groupId: textOrNull(row["group_id"]),
    generation: numberOr(row["generation"], 0),
    groupGeneration: numberOr(row["group_generation"], 0),
    granterId: text(row["granter_id"]),
    sealed: bytesOrNull(row["sealed"]),
  };
}

function readGrant(row: UnknownRecord): WireGrant {
  return {
    id: text(row["id"]),
    accountId: textOrNull(row["account_id"]),
    groupId: textOrNull(row["group_id"]),
    role: text(row["role"]),
    canDownload: isTrue(row["can_download"]),
    madeAt: text(row["made_at"]),
    lastUsedOn: textOrNull(row["last_used_on"]),
  };
}

function readPerson(row: UnknownRecord): WirePerson {
  const [identity, exchange] = [bytesOrNull(row["identity_public_key"]), bytesOrNull(row["exchange_public_key"])];
  const keys = identity === null || exchange === null ? null : { identity: identityFromBytes(identity), exchange: exchangeKeyFromBytes(exchange) };
  return { accountId: text(row["account_id"]), email: textOrNull(row["email"]), keys };
}

function readParts(parts: UnknownRecord): ReadonlyMap<string, number> {
  return new Map(Object.entries(parts).filter(([, part]) => isRecord(part)).map(([name, part]) => [name, numberOr(record(part)["bytes"], 0)]));
}

const bytesOrNull = (value: unknown): Bytes | null => (typeof value === "string" ? fromBase64Url(value) : null);
