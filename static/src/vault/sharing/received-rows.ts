/** Photos of somebody's album as the grid and the viewer know photos. */
import { toBase64Url } from "../../crypto/bytes.ts";
import { localMilliseconds } from "../library/documents.ts";
import type { MediaRequest } from "../library/contract.ts";
import type { ItemState, Row } from "../library/entry.ts";
import type { Part } from "../library/wire.ts";
import type { PeopledAlbum } from "./received.ts";
import type { ReceivedItem } from "./received-items.ts";

const MICRO = 1_000_000;
const ENDINGS: Readonly<Record<string, string>> = {
  "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif", "image/avif": "avif",
  "image/heic": "heic", "image/heif": "heif", "image/jxl": "jxl", "image/tiff": "tif",
};

/** The row of a photo; a favourite is one that this account likes. File names are not shared: one made of its title, else of its day, takes their place. */
export function rowOfItem({ wire, fields }: ReceivedItem, self: string): Row {
  const addedAt = Date.parse(wire.addedAt) || 0;
  const { time, isTimeKnown } = takenAt(fields?.taken_at, addedAt);
  const mediaType = fields?.type ?? "application/octet-stream";
  const place = fields?.place === undefined ? null : { lat: fields.place.lat / MICRO, lon: fields.place.lon / MICRO };
  return {
    id: wire.imageId,
    name: nameOf(fields?.title ?? "", wire, mediaType),
    title: fields?.title ?? "",
    altText: "",
    kind: ENDINGS[mediaType] === "jpg" ? "jpeg" : (ENDINGS[mediaType] ?? "unknown"),
    mediaType,
    camera: "", words: "", time, isTimeKnown, storedAt: addedAt,
    width: fields?.width ?? 0,
    height: fields?.height ?? 0,
    rotation: 0,
    bytes: fields?.bytes ?? 0,
    thumbhash: fields?.thumbhash ?? "",
    place,
    rating: 0, isFavourite: wire.likes.some((like) => like["author_id"] === self), isArchived: false, binnedAt: null, purgeAt: null, albums: [],
    isWhole: false,
    state: stateOf(wire, fields),
    version: wire.version,
    parts: Object.fromEntries(wire.parts),
    wrappedContentKey: wire.wrappedContentKey === null ? "" : toBase64Url(wire.wrappedContentKey),
  };
}

/** How to reach one part; null when there is none, or none for this account. */
export function requestFor({ wire, fields, ciphers }: ReceivedItem, part: Part, album: PeopledAlbum): MediaRequest | null {
  if (fields === null || wire.wrappedContentKey === null || !wire.parts.has(part)) return null;
  return {
    id: wire.imageId,
    version: fields.version,
    wrappedContentKey: toBase64Url(wire.wrappedContentKey),
    part,
    mediaType: part === "original" ? fields.type : "image/webp",
    shared: {
      albumId: album.id, albumOwner: album.ownerId, photoOwner: fields.owner, source: fields.source,
      wrappingKey: ciphers.wrapping, digest: fields.digests[part] ?? "",
    },
  };
}

function stateOf({ isDamaged, wrappedContentKey }: ReceivedItem["wire"], fields: ReceivedItem["fields"]): ItemState {
  if (fields === null || wrappedContentKey === null) return "cannot-open";
  return isDamaged ? "damaged" : "fine";
}

/** A moment on the wall, or a day alone; without either, when it came into the album, by this device's wall. */
function takenAt(text: string | undefined, addedAt: number): { time: number; isTimeKnown: boolean } {
  const time = text === undefined ? null : localMilliseconds(text.length === 10 ? `${text}T12:00:00` : text.slice(0, 19));
  return { time: time ?? addedAt - new Date(addedAt).getTimezoneOffset() * 60_000, isTimeKnown: time !== null };
}

function nameOf(title: string, { imageId, addedAt }: ReceivedItem["wire"], mediaType: string): string {
  const name = title || `Shared ${addedAt.slice(0, 10)} ${imageId.slice(-6)}`;
  const ending = ENDINGS[mediaType];
  return ending === undefined ? name : `${name}.${ending}`;
}
