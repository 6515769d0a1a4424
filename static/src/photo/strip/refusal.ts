/**
 * Why a file could not be cleaned.
 *
 * A walker that does not understand what it reads must not guess: whatever it skipped
 * could be the place where a photo was taken. It throws, and the person decides.
 */

export type RefusalCode =
  | "unknown_format"
  | "cut_short"
  | "broken_structure"
  | "no_picture"
  | "too_complex"
  | "unsupported_variant";

const SENTENCES: Readonly<Record<RefusalCode, string>> = {
  unknown_format: "This is not a photo format we know, so we cannot clean it.",
  cut_short: "This file ends too early, so we cannot tell what is hidden in it.",
  broken_structure: "This file is damaged in a way that keeps us from cleaning it safely.",
  no_picture: "There is no picture in this file.",
  too_complex: "This file claims to hold more parts than a photo can have.",
  unsupported_variant: "This file uses a variant of its format that we cannot clean safely.",
};

/** Thrown for any file that cannot be walked. `message` is a sentence for a person, `detail` is for us. */
export class CannotStrip extends Error {
  readonly code: RefusalCode;
  readonly detail: string;

  constructor(code: RefusalCode, detail = "") {
    super(SENTENCES[code]);
    this.name = "CannotStrip";
    this.code = code;
    this.detail = detail;
  }
}
