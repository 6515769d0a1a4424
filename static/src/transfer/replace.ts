/**
 * Putting back a photo whose stored bytes changed on a disk of ours, from the person's own original.
 *
 * The file must be the one that was stored: by its fingerprint, or, for a copy that was saved from
 * here after cleaning, by its format, its size and what the picture looks like. What the vault knows of
 * the photo stays as it is; only the content is new, as the next version under a key of its own.
 */
import { record } from "../api/shape.ts";
import type { HeldKey, RecordKey } from "../crypto/keys.ts";
import type { MetadataChoice } from "../photo/metadata-choice.ts";
import { LibraryError } from "../vault/library/bridge.ts";
import type { MetadataDocument } from "../vault/library/documents.ts";
import { entryFrom, heldRecordKey, type Keyring } from "../vault/library/keyring.ts";
import { readImage } from "../vault/library/wire.ts";
import type { ReadyPhoto } from "./prepare-photo.ts";
import type { CallJson } from "./upload-session.ts";

/** Where the content of a damaged photo goes: its next version, under the record key it has. */
export interface Replacement {
  readonly imageId: string;
  readonly version: number;
  readonly albums: readonly string[];
  readonly recordKey: HeldKey<RecordKey>;
  /** What the vault knows of it; null where that does not open. */
  readonly stored: MetadataDocument | null;
  /** Its fingerprint says that the file is the one that was stored. */
  readonly isSameFile: boolean;
}

const CHOICES: Readonly<Record<MetadataDocument["storedAs"], MetadataChoice>> = { stripped: "remember", empty: "remove", whole: "keep" };

export const anotherFile = (): LibraryError =>
  new LibraryError("another_file", "This is another file than the one that was stored here. Nothing was changed. You can upload it as a photo of its own.");

/** The photo a file is, however it fares on the server. @throws Problem. */
async function knownAs(fingerprint: string, call: CallJson): Promise<string | null> {
  const { known, binned, damaged } = record(await call("POST", "/images/check", { fingerprints: [fingerprint] }));
  const id = [known, binned, damaged].map((each) => record(each)[fingerprint]).find((each) => typeof each === "string");
  return typeof id === "string" ? id : null;
}

/** Whether a file is the one that was stored as this photo, as far as its fingerprint tells. @throws LibraryError "another_file", Problem. */
export async function isFileOf(imageId: string, fingerprint: string, call: CallJson): Promise<boolean> {
  const known = await knownAs(fingerprint, call);
  if (known !== null && known !== imageId) throw anotherFile();
  return known !== null;
}

/** How to replace a damaged photo as the server has it now, which may be newer than the index. @throws Problem, LibraryError, CryptoError. */
export async function replacementFor(imageId: string, isSameFile: boolean, keyring: Keyring, call: CallJson): Promise<Replacement> {
  const image = readImage(await call("GET", `/images/${imageId}`, null));
  if (image === null) throw new LibraryError("unreadable_answer", "The server gave an answer that makes no sense. Please try again.");
  const [{ metadata }, recordKey] = await Promise.all([entryFrom(image, keyring), heldRecordKey(image, keyring)]);
  return { imageId, version: image.version + 1, albums: image.albums, recordKey, stored: metadata, isSameFile };
}

/** How the photo was stored is how it is stored again, whatever is chosen for new ones. */
export function choiceFor({ stored }: Replacement, otherwise: MetadataChoice): MetadataChoice {
  return stored === null ? otherwise : CHOICES[stored.storedAs];
}

/** A copy that was saved from here is cleaned already, so it has another fingerprint. */
function looksTheSame({ content, metadata: fresh }: ReadyPhoto, stored: MetadataDocument | null): boolean {
  if (stored === null || stored.thumbhash === "") return false;
  return content.length === stored.size && fresh.kind === stored.kind && fresh.thumbhash === stored.thumbhash;
}

/** What was known stays; what is measured is measured anew. @throws LibraryError "another_file". */
export function asKnown(photo: ReadyPhoto, { stored, isSameFile }: Replacement): ReadyPhoto {
  if (!isSameFile && !looksTheSame(photo, stored)) throw anotherFile();
  if (stored === null) return photo;
  const { kind, mediaType, size, width, height, thumbhash } = photo.metadata;
  return { ...photo, metadata: { ...stored, kind, mediaType, size, width, height, thumbhash } };
}
