/**
 * What a person may choose to happen to the metadata of a photo before it is encrypted.
 */

import { type Facts, readFacts } from "./facts.ts";
import { CannotStrip, describeRemoved, kindOf, mediaTypeOf, type PhotoKind, type Removed, strip } from "./strip/strip.ts";

export type MetadataChoice = "remember" | "remove" | "keep";

export interface ChoiceWords {
  readonly choice: MetadataChoice;
  readonly label: string;
  readonly explanation: string;
}

/** The three choices in the order they are offered; the first is the default. @translated */
export const METADATA_CHOICES: readonly ChoiceWords[] = [
  {
    choice: "remember",
    label: "Clean the file, remember date and place",
    explanation:
      "We take the place, the time and the camera out of the file. Your timeline still knows them: they are kept beside the photo, encrypted, and only you can read them.",
  },
  {
    choice: "remove",
    label: "Remove everything",
    explanation: "We take the place, the time and the camera out of the file and keep no note of them. Nobody can bring them back, not even you.",
  },
  {
    choice: "keep",
    label: "Keep the file as it is",
    explanation: "The file is encrypted exactly as it came. Whoever gets the original from you also gets the place, the time and the camera.",
  },
];

export const DEFAULT_CHOICE: MetadataChoice = "remember";

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
