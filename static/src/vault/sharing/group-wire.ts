/** The server's answers about groups, checked before anything relies on them. */
import { isRecord, list, numberOr, record, text, textOrNull, type UnknownRecord } from "../../api/shape.ts";
import { fromBase64Url, type Bytes } from "../../crypto/bytes.ts";
import type { Head } from "../../crypto/entry.ts";
import type { PublicKeys } from "../../crypto/known-keys.ts";
import { readPublicKeys } from "../people/wire.ts";
import { readHead } from "./entries.ts";

/** Somebody who is in the group by the server's word, with the keys it says are theirs. */
export interface WireMember {
  readonly accountId: string;
  readonly role: string;
  readonly joinedAt: string;
  readonly keys: PublicKeys;
}

/** A group key for this account. `sealed` is null where the server can no longer open what it kept. */
export interface WireGroupDelivery {
  readonly generation: number;
  readonly granterId: string;
  readonly sealed: Bytes | null;
}

/** An album's key for the group, under the group key of `groupGeneration`. */
export interface WireGroupAlbum {
  readonly albumId: string;
  readonly ownerId: string;
  readonly generation: number;
  readonly groupGeneration: number;
  readonly granterId: string;
  readonly sealed: Bytes | null;
}

export interface WireGroup {
  readonly id: string;
  /** The account that made it, whoever owns it now. */
  readonly makerId: string;
  readonly generation: number;
  readonly rotationDueAt: string | null;
  readonly settings: { readonly number: number; readonly sealed: Bytes };
  readonly head: Head;
  readonly members: readonly WireMember[];
  readonly deliveries: readonly WireGroupDelivery[];
  readonly albums: readonly WireGroupAlbum[];
}

/** @throws CryptoError "malformed" for keys that are none, and for what is not base64url. */
export function readWireGroup(answer: unknown): WireGroup {
  const row = record(answer);
  const settings = record(row["settings"]);
  return {
    id: text(row["id"]),
    makerId: text(row["owner_id"]),
    generation: numberOr(row["generation"], 0),
    rotationDueAt: textOrNull(row["rotation_due_at"]),
    settings: { number: numberOr(settings["number"], 0), sealed: fromBase64Url(text(settings["sealed"])) },
    head: readHead(row["head"]),
    members: list(row["members"]).filter(isRecord).map(readMember),
    deliveries: list(row["deliveries"]).filter(isRecord).map(readDelivery),
    albums: list(row["albums"]).filter(isRecord).map(readAlbum),
  };
}

function readMember(row: UnknownRecord): WireMember {
  return { accountId: text(row["account_id"]), role: text(row["role"]), joinedAt: text(row["joined_at"]), keys: readPublicKeys(row) };
}

function readDelivery(row: UnknownRecord): WireGroupDelivery {
  return { generation: numberOr(row["generation"], 0), granterId: text(row["granter_id"]), sealed: bytesOrNull(row["sealed"]) };
}

function readAlbum(row: UnknownRecord): WireGroupAlbum {
  return {
    albumId: text(row["album_id"]),
    ownerId: text(row["owner_id"]),
    generation: numberOr(row["generation"], 0),
    groupGeneration: numberOr(row["group_generation"], 0),
    granterId: text(row["granter_id"]),
    sealed: bytesOrNull(row["sealed"]),
  };
}

const bytesOrNull = (value: unknown): Bytes | null => (typeof value === "string" ? fromBase64Url(value) : null);
