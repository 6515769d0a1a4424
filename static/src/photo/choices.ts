/** What becomes of a photo by what a person chose for its metadata, before it is encrypted. */

import { type Facts, readFacts } from "./facts.ts";
import type { MetadataChoice } from "./metadata-choice.ts";
import { CannotStrip, describeRemoved, kindOf, mediaTypeOf, type PhotoKind, type Removed, strip } from "./strip/strip.ts";

export interface Prepared {
  /** What to encrypt and store. May share memory with the bytes given. */
  readonly bytes: Uint8Array;
  readonly kind: PhotoKind;
  readonly mediaType: string;
  /** For the encrypted record beside the photo; null when nothing may be remembered. */
  readonly facts: Facts | null;
  readonly removed: readonly Removed[];
  /** True when the file could not be cleaned without harm and is stored as it came. */
  readonly keptWhole: boolean;
  /** A sentence for the person who uploads. */
  readonly note: string;
}

const KEPT_BY_CHOICE = "The file was kept as it is.";
const KEPT_WHOLE =
  "This is a camera RAW file. Cleaning it would harm it, so it is kept whole and encrypted, with everything the camera wrote in it. When you share it, a clean picture is made instead.";

/**
 * Apply a choice to one file. `modifiedAt` is the file's time in milliseconds, or null.
 *
 * Throws `CannotStrip` when the file cannot be cleaned, or its format is unknown, and the choice
 * demands cleaning: who says "keep the file as it is" keeps it, whatever it is. The name is no
 * evidence of a format, so it only serves messages.
 */
export function prepare(bytes: Uint8Array, name: string, modifiedAt: number | null, choice: MetadataChoice): Prepared {
  const kind = kindOf(bytes);
  if (kind === "unknown" && choice !== "keep") throw new CannotStrip("unknown_format", name.slice(-12));
  const facts = choice === "remove" ? null : readFacts(bytes, modifiedAt);
  const mediaType = mediaTypeOf(kind);
  if (choice === "keep") return { bytes, kind, mediaType, facts, removed: [], keptWhole: false, note: KEPT_BY_CHOICE };
  const { bytes: clean, removed, keptWhole } = strip(bytes);
  const note = keptWhole ? KEPT_WHOLE : describeRemoved(removed);
  return { bytes: clean, kind, mediaType, facts, removed, keptWhole, note };
}
