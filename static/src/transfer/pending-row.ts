/** How a photo that is on its way up stands in the library, until the stored one takes its place. */
import { NO_MARKS } from "../vault/library/documents.ts";
import { rowOf, type Row } from "../vault/library/entry.ts";
import type { UploadPlan } from "./plan.ts";
import type { ReadyPhoto } from "./prepare-photo.ts";

/** `now` in milliseconds since 1970. Nothing of it can be fetched yet, so it has no parts and no key. */
export function pendingRow({ imageId }: UploadPlan, { metadata, corrections, marks }: ReadyPhoto, now: number): Row {
  const row = rowOf({
    id: imageId, storedAt: new Date(now).toISOString(), verifiedAt: null, binnedAt: null, purgeAt: null, version: 1, parts: {}, digests: {}, isDamaged: false,
    wrappedContentKey: "", wrappedRecordKey: "", marksNumber: 0, marks: marks ?? NO_MARKS, revision: 0, corrections, metadata, albums: [],
  });
  return { ...row, state: "pending" };
}
