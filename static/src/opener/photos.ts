/** The photos and albums of an opened archive, as an export tells them. */
import type { ExportedPhoto } from "../export/photo.ts";
import type { Album } from "./layout.ts";
import { albumEntryFrom, contentContext, heldContentKey, openImage, type Keyring } from "../vault/library/keyring.ts";
import type { CorrectionsDocument, MetadataDocument } from "../vault/library/documents.ts";
import type { Entry } from "../vault/library/entry.ts";
import { readImage, readWireAlbum } from "../vault/library/wire.ts";
import { fromBase64Url } from "../crypto/bytes.ts";
import { decryptStream } from "../crypto/decrypt.ts";
import { sha256Of } from "../crypto/digest.ts";
import { CryptoError } from "../crypto/errors.ts";
import type { Archive } from "./archive.ts";

/** Why one photo did not come out. Said to the person beside its name. */
export class PhotoError extends Error {
  override readonly name = "PhotoError";
}

const ID = /([0-9a-f-]{36})\.json$/;

/** The id in the path of a record. */
export const idOf = (path: string): string => ID.exec(path)?.[1] ?? path;

/** A photo by the path of its record. @throws PhotoError. */
export async function openPhoto(archive: Archive, path: string, keyring: Keyring): Promise<Entry> {
  const image = readImage(await archive.document(path));
  if (image === null || image.id !== idOf(path)) throw new PhotoError("Its record is damaged.");
  const { entry, closed } = await openImage(image, keyring);
  if (closed.content) throw new PhotoError("Its record does not open with the keys of this archive.");
  return entry;
}

/** An album by the path of its document; null for one whose name does not open. */
export async function openAlbum(archive: Archive, path: string, keyring: Keyring): Promise<Album | null> {
  const album = readWireAlbum(await archive.document(path));
  if (album === null || album.id !== idOf(path)) return null;
  const { id, settings } = await albumEntryFrom(album, keyring);
  return settings === null ? null : { id, name: settings.name, description: settings.description, cover: settings.cover, sequence: settings.sequence };
}

/**
 * The original of a photo, as it arrives from the disk. What is yielded is authentic; only the end proves that
 * nothing is missing. @throws PhotoError.
 */
export async function* originalOf(archive: Archive, entry: Entry, keyring: Keyring): AsyncGenerator<Uint8Array> {
  const ciphertext = await archive.content(`images/${entry.id}/${entry.version}-original.bin`);
  if (ciphertext === null) throw new PhotoError("Its file was damaged on our disks already when the archive was made.");
  const key = await heldContentKey(entry, keyring).catch(() => {
    throw new PhotoError("Its key does not open with the keys of this archive.");
  });
  try {
    yield* decryptStream(ciphertext.stream(), key, contentContext(entry, "original", keyring));
  } catch (error) {
    if (error instanceof CryptoError) throw new PhotoError(await reasonOf(ciphertext, entry));
    throw error;
  }
}

/** What was changed since it was stored can be told from what never was right. */
async function reasonOf(ciphertext: Blob, entry: Entry): Promise<string> {
  const wanted = fromBase64Url(entry.digests.original ?? "");
  const found = await sha256Of(ciphertext);
  const isSame = found.length === wanted.length && found.every((byte, index) => byte === wanted[index]);
  return isSame ? "It does not open, though its file is as it was stored." : "Its file in this archive was changed or damaged. Download the archive again.";
}

/** What the person set right in the place of what the photo says. `orientation` is that of the file. */
export function exportedPhoto(entry: Entry, names: ReadonlyMap<string, string>, orientation: number): ExportedPhoto {
  const { corrections, marks } = entry;
  const metadata = entry.metadata as MetadataDocument;
  const pick = <Value>(corrected: Value | null | undefined, original: Value): Value => (corrected === undefined ? original : (corrected ?? original));
  const fixes: Partial<CorrectionsDocument> = corrections ?? {};
  return {
    id: entry.id,
    name: metadata.name,
    mediaType: metadata.mediaType,
    ...timeOf(metadata, fixes),
    place: fixes.place === undefined ? metadata.place : fixes.place,
    title: pick(fixes.title === null ? "" : fixes.title, metadata.title),
    description: pick(fixes.description === null ? "" : fixes.description, metadata.description),
    altText: fixes.altText ?? "",
    keywords: fixes.keywords === undefined ? metadata.keywords : (fixes.keywords ?? []),
    rating: (fixes.rating === undefined ? metadata.rating : fixes.rating) ?? 0,
    rotation: fixes.rotation ?? 0,
    orientation,
    camera: metadata.camera,
    lens: metadata.lens,
    exposureSeconds: metadata.exposureSeconds,
    aperture: metadata.aperture,
    iso: metadata.iso,
    focalLengthMm: metadata.focalLengthMm,
    width: metadata.width,
    height: metadata.height,
    bytes: metadata.size,
    isFavourite: marks.favourite,
    isArchived: marks.archived,
    storedAt: entry.storedAt,
    creator: (fixes.rights ?? metadata.rights).creator,
    licence: (fixes.rights ?? metadata.rights).licence,
    sharedBy: "",
    albums: entry.albums.flatMap((id) => names.get(id) ?? []),
  };
}

function timeOf(metadata: MetadataDocument, fixes: Partial<CorrectionsDocument>): Pick<ExportedPhoto, "capturedLocal" | "zone"> {
  const captured = metadata.capturedAt;
  return {
    capturedLocal: fixes.capturedAt === undefined ? (captured?.local ?? null) : fixes.capturedAt,
    zone: fixes.zone === undefined ? (captured?.zone ?? null) : fixes.zone,
  };
}
