/** The server's answers about albums of others, checked before anything relies on them. */
import { isRecord, isTrue, list, numberOr, record, text, textOrNull, type UnknownRecord } from "../../api/shape.ts";
import { fromBase64Url, type Bytes } from "../../crypto/bytes.ts";
import type { Head } from "../../crypto/entry.ts";
import { GRANT_ROLES, type GrantRole } from "../../crypto/event.ts";
import { SOURCES, type ItemSource } from "../../crypto/item.ts";
import type { PublicKeys } from "../../crypto/known-keys.ts";
import { PARTS, type Part } from "../library/wire.ts";
import { readPublicKeys } from "../people/wire.ts";
import { readHead } from "./entries.ts";

/** Somebody an album concerns, with the keys the server says are theirs; null once the account is gone. */
export interface WirePerson {
  readonly accountId: string;
  readonly email: string | null;
  readonly keys: PublicKeys | null;
}

/** An album key for this account, or for a group it is in. `sealed` is null where the server cannot open what it kept. */
export interface WireAlbumDelivery {
  readonly groupId: string | null;
  readonly generation: number;
  readonly groupGeneration: number;
  readonly granterId: string;
  readonly sealed: Bytes | null;
}

export interface WireGrant {
  readonly accountId: string | null;
  readonly groupId: string | null;
  readonly role: GrantRole;
}

export interface WireReceivedAlbum {
  readonly id: string;
  readonly ownerId: string;
  readonly role: GrantRole | "owner";
  readonly canDownload: boolean;
  readonly itemCount: number;
  readonly sharedAt: string;
  readonly isInTimeline: boolean;
  readonly settings: { readonly number: number; readonly sealed: Bytes };
  readonly head: Head;
  readonly deliveries: readonly WireAlbumDelivery[];
  readonly grants: readonly WireGrant[];
  readonly people: readonly WirePerson[];
}

/** A like as it is kept; a comment besides has an id of its own. */
export interface WireLike {
  readonly authorId: string;
  readonly generation: number;
  readonly sealed: Bytes;
  readonly madeAt: string;
}

export interface WireComment extends WireLike {
  readonly id: string;
  readonly imageId: string | null;
}

export interface WireSharedItem {
  readonly imageId: string;
  readonly ownerId: string;
  readonly version: number;
  readonly source: ItemSource;
  readonly generation: number;
  /** Null, both, while the photo is withheld; the key alone when its seal broke. */
  readonly wrappedContentKey: Bytes | null;
  readonly fields: Bytes | null;
  /** Ciphertext bytes of what may be fetched. */
  readonly parts: { readonly [P in Part]?: number };
  readonly isDamaged: boolean;
  readonly isWithheld: boolean;
  readonly addedAt: string;
  readonly entrySeq: number;
  readonly commitment: Bytes;
  readonly likes: readonly WireLike[];
}

/** A page of what is in an album. `cursor` is null on the last one. */
export interface WirePage<Each> {
  readonly items: readonly Each[];
  readonly cursor: string | null;
}

/** @throws CryptoError "malformed" for keys that are none, and for what is not base64url. */
export function readWireReceivedAlbum(answer: unknown): WireReceivedAlbum {
  const row = record(answer);
  const settings = record(row["settings"]);
  return {
    id: text(row["id"]),
    ownerId: text(row["owner_id"]),
    role: row["role"] === "owner" ? "owner" : grantRole(row["role"]),
    canDownload: isTrue(row["can_download"]),
    itemCount: numberOr(row["item_count"], 0),
    sharedAt: text(row["shared_at"]),
    isInTimeline: isTrue(row["is_in_timeline"]),
    settings: { number: numberOr(settings["number"], 0), sealed: fromBase64Url(text(settings["sealed"])) },
    head: readHead(row["head"]),
    deliveries: rows(row["deliveries"]).map(readDelivery),
    grants: rows(row["grants"]).map((each) => ({ accountId: textOrNull(each["account_id"]), groupId: textOrNull(each["group_id"]), role: grantRole(each["role"]) })),
    people: rows(row["people"]).map(readPerson),
  };
}

/** @throws CryptoError "malformed". */
export function readItemsPage(answer: unknown): WirePage<WireSharedItem> {
  return pageOf(answer, readItem);
}

/** @throws CryptoError "malformed". */
export function readCommentsPage(answer: unknown): WirePage<WireComment> {
  return pageOf(answer, (row) => ({ ...readLike(row), id: text(row["id"]), imageId: textOrNull(row["image_id"]) }));
}

function pageOf<Each>(answer: unknown, read: (row: UnknownRecord) => Each): WirePage<Each> {
  const page = record(answer);
  return { items: rows(page["items"]).map(read), cursor: textOrNull(page["cursor"]) };
}

function readItem(row: UnknownRecord): WireSharedItem {
  const parts = record(row["parts"]);
  const sizes = PARTS.flatMap((part) => (isRecord(parts[part]) ? [[part, numberOr(record(parts[part])["bytes"], 0)] as const] : []));
  return {
    imageId: text(row["image_id"]),
    ownerId: text(row["owner_id"]),
    version: numberOr(row["version"], 0),
    source: SOURCES.find((source) => source === row["source"]) ?? "content",
    generation: numberOr(row["generation"], 0),
    wrappedContentKey: bytesOrNull(row["wrapped_content_key"]),
    fields: bytesOrNull(row["fields"]),
    parts: Object.fromEntries(sizes),
    isDamaged: isTrue(row["is_damaged"]),
    isWithheld: isTrue(row["is_withheld"]),
    addedAt: text(row["added_at"]),
    entrySeq: numberOr(row["entry_seq"], 0),
    commitment: fromBase64Url(text(row["commitment"])),
    likes: rows(row["likes"]).map(readLike),
  };
}

function readLike(row: UnknownRecord): WireLike {
  return {
    authorId: text(row["author_id"]),
    generation: numberOr(row["generation"], 0),
    sealed: fromBase64Url(text(row["sealed"])),
    madeAt: text(row["made_at"]),
  };
}

function readDelivery(row: UnknownRecord): WireAlbumDelivery {
  return {
    groupId: textOrNull(row["group_id"]),
    generation: numberOr(row["generation"], 0),
    groupGeneration: numberOr(row["group_generation"], 0),
    granterId: text(row["granter_id"]),
    sealed: bytesOrNull(row["sealed"]),
  };
}

function readPerson(row: UnknownRecord): WirePerson {
  const isThere = typeof row["identity_public_key"] === "string" && typeof row["exchange_public_key"] === "string";
  return { accountId: text(row["account_id"]), email: textOrNull(row["email"]), keys: isThere ? readPublicKeys(row) : null };
}

const rows = (value: unknown): readonly UnknownRecord[] => list(value).filter(isRecord);
const grantRole = (value: unknown): GrantRole => GRANT_ROLES.find((role) => role === value) ?? "viewer";
const bytesOrNull = (value: unknown): Bytes | null => (typeof value === "string" ? fromBase64Url(value) : null);
