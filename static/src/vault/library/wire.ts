/** The server's answers about images and albums, checked before anything relies on them. */
import { isRecord, list, numberOr, record, text, textOrNull, texts, type UnknownRecord } from "../../api/shape.ts";

export const PARTS = ["original", "preview", "thumbnail"] as const;
export type Part = (typeof PARTS)[number];

/** SHA-256 of the ciphertext of each part there is, base64url. */
export type PartDigests = { readonly [P in Part]?: string };

/** Ciphertext bytes of each part there is. */
export type PartSizes = { readonly [P in Part]?: number };

/** One image as the server keeps it. Sealed and wrapped members are base64url. */
export interface WireImage {
  readonly id: string;
  readonly storedAt: string;
  readonly verifiedAt: string | null;
  readonly binnedAt: string | null;
  readonly purgeAt: string | null;
  readonly version: number;
  readonly parts: PartSizes;
  readonly digests: PartDigests;
  readonly isDamaged: boolean;
  readonly wrappedContentKey: string;
  readonly wrappedRecordKey: string;
  readonly metadata: string;
  readonly marks: { readonly number: number; readonly sealed: string } | null;
  readonly corrections: { readonly revision: number; readonly sealed: string } | null;
  readonly albums: readonly string[];
}

export interface WireAlbum {
  readonly id: string;
  readonly wrappedAlbumKey: string;
  readonly generation: number;
  readonly isShared: boolean;
  readonly settings: { readonly number: number; readonly sealed: string };
}

export interface WireChange {
  /** "public": something about what is shown to everyone, which is read elsewhere. */
  readonly kind: "image" | "album" | "album-item" | "public" | "other";
  readonly id: string;
  readonly isDeleted: boolean;
  readonly image: WireImage | null;
  readonly album: WireAlbum | null;
}

export interface WirePage {
  readonly changes: readonly WireChange[];
  readonly cursor: string;
  readonly hasMore: boolean;
}

function readParts(value: unknown): PartSizes {
  const parts = record(value);
  const sizes = PARTS.filter((part) => isRecord(parts[part])).map((part) => [part, numberOr(record(parts[part])["bytes"], 0)]);
  return Object.fromEntries(sizes) as PartSizes;
}

function readDigests(value: unknown): PartDigests {
  const parts = record(value);
  return Object.fromEntries(PARTS.filter((part) => isRecord(parts[part])).map((part) => [part, text(record(parts[part])["sha256"])])) as PartDigests;
}

function readNumbered(value: unknown, name: "number" | "revision"): { number: number; sealed: string } | null {
  if (!isRecord(value) || typeof value["sealed"] !== "string") return null;
  return { number: numberOr(value[name], 0), sealed: value["sealed"] };
}

export function readImage(value: unknown): WireImage | null {
  if (!isRecord(value) || typeof value["id"] !== "string") return null;
  const version = record(value["version"]);
  const corrections = readNumbered(value["corrections"], "revision");
  return {
    id: value["id"],
    storedAt: text(value["stored_at"]),
    verifiedAt: textOrNull(value["verified_at"]),
    binnedAt: textOrNull(value["binned_at"]),
    purgeAt: textOrNull(value["purge_at"]),
    version: numberOr(version["number"], 1),
    parts: readParts(version["parts"]),
    digests: readDigests(version["parts"]),
    isDamaged: version["is_damaged"] === true,
    wrappedContentKey: text(value["wrapped_content_key"]),
    wrappedRecordKey: text(value["wrapped_record_key"]),
    metadata: text(value["metadata"]),
    marks: readNumbered(value["marks"], "number"),
    corrections: corrections && { revision: corrections.number, sealed: corrections.sealed },
    albums: texts(value["albums"]),
  };
}

export function readWireAlbum(value: unknown): WireAlbum | null {
  if (!isRecord(value) || typeof value["id"] !== "string") return null;
  return {
    id: value["id"],
    wrappedAlbumKey: text(value["wrapped_album_key"]),
    generation: numberOr(value["generation"], 1),
    isShared: value["is_shared"] === true,
    settings: readNumbered(value["settings"], "number") ?? { number: 0, sealed: "" },
  };
}

function kindIn(kind: string): WireChange["kind"] {
  if (kind.startsWith("album_item")) return "album-item";
  if (kind === "profile" || kind === "publication") return "public";
  return kind === "image" || kind === "album" ? kind : "other";
}

function readChange(value: UnknownRecord): WireChange {
  return {
    kind: kindIn(text(value["kind"])),
    id: text(value["id"]),
    isDeleted: value["is_deleted"] === true,
    image: readImage(value["image"]),
    album: readWireAlbum(value["album"]),
  };
}

/** One page of the change feed. */
export function readPage(value: unknown): WirePage {
  const page = record(value);
  return {
    changes: list(page["changes"]).filter(isRecord).map(readChange),
    cursor: text(page["cursor"]),
    hasMore: page["has_more"] === true,
  };
}
