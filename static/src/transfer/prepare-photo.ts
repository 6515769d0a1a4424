/** Reading, cleaning and picturing one file, before anything is encrypted. */
import { owned, type Bytes } from "../crypto/bytes.ts";
import { prepare, type Prepared } from "../photo/choices.ts";
import type { MetadataChoice } from "../photo/metadata-choice.ts";
import type { DecodeRequest } from "../photo/decode.ts";
import { readFacts } from "../photo/facts.ts";
import { NoPicture } from "../photo/no-picture.ts";
import { parseSidecar, type Correction } from "../photo/takeout.ts";
import type { Derived } from "../photo/thumbnails.ts";
import { LibraryError } from "../vault/library/bridge.ts";
import type { CorrectionsDocument, MarksDocument, MetadataDocument, Rights } from "../vault/library/documents.ts";
import { decodeRequestFor } from "./decode-plan.ts";
import { correctionsFrom, deviceOffset, marksFrom, metadataDocument, withTold } from "./first-record.ts";
import type { UploadJob } from "./contract.ts";

/** Cleaning needs the whole file in memory, so there is an end to it. */
const MOST_IN_MEMORY = 1024 * 1024 * 1024;
const SIDECAR_BYTES = 1024 * 1024;

/** A photo ready to be encrypted. */
export interface ReadyPhoto {
  readonly content: Bytes;
  readonly metadata: MetadataDocument;
  readonly corrections: CorrectionsDocument | null;
  readonly marks: MarksDocument | null;
  readonly derived: Derived | null;
  readonly note: string;
  readonly isKeptWhole: boolean;
}

/** @throws LibraryError "empty_file", "file_too_large", "unreadable_file". */
export async function readWhole(file: File, limitBytes: number): Promise<Bytes> {
  if (file.size === 0) throw new LibraryError("empty_file", "This file is empty.");
  if (file.size > Math.min(limitBytes, MOST_IN_MEMORY)) throw new LibraryError("file_too_large", "This file is too large to be kept here.");
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new LibraryError("unreadable_file", "This file can no longer be read. Please choose it again.");
  }
}

async function readSidecar(file: File | null): Promise<Correction | null> {
  if (file === null || file.size > SIDECAR_BYTES) return null;
  return parseSidecar(await file.text().catch(() => ""));
}

/** @throws CannotStrip, whose sentence is for the person. */
function cleaned(bytes: Bytes, file: File, choice: MetadataChoice): Prepared {
  return prepare(bytes, file.name, file.lastModified, choice);
}

/** No picture is no reason to lose a photo: it is kept, with a plain stand-in. */
async function pictured(request: () => DecodeRequest, derive: (request: DecodeRequest) => Promise<Derived>): Promise<{ derived: Derived | null; note: string }> {
  try {
    return { derived: await derive(request()), note: "" };
  } catch (error) {
    const isOurs = error instanceof NoPicture || error instanceof LibraryError;
    return { derived: null, note: isOurs ? error.message : new NoPicture("broken_picture").message };
  }
}

/** From the bytes of a file to all that will be encrypted. @throws CannotStrip. */
export async function preparePhoto(
  job: Pick<UploadJob, "file" | "sidecar" | "told" | "choice">, bytes: Bytes, derive: (request: DecodeRequest) => Promise<Derived>, rights: Rights,
): Promise<ReadyPhoto> {
  const { file, choice } = job;
  const prepared = cleaned(bytes, file, choice);
  const measured = prepared.facts ?? readFacts(bytes, null);
  const { derived, note } = await pictured(() => decodeRequestFor(file, bytes, prepared.kind, measured), derive);
  const sidecar = await readSidecar(job.sidecar);
  const found = metadataDocument({ name: file.name, prepared, measured, derived, choice, rights, offsetAt: deviceOffset });
  const metadata = job.told === null ? found : withTold(found, job.told, choice);
  return {
    content: owned(prepared.bytes),
    metadata,
    corrections: correctionsFrom(sidecar, metadata, choice, deviceOffset),
    marks: marksFrom(sidecar),
    derived,
    note: [prepared.note, note].filter(Boolean).join(" "),
    isKeptWhole: prepared.keptWhole,
  };
}
