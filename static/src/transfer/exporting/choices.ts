/** What somebody chose for an export, and how it is read back from an earlier visit. */
import { isTrue, record, textOrNull } from "../../api/shape.ts";
import type { ExportChoices } from "./contract.ts";

export const FIRST_CHOICES: ExportChoices = { originals: true, copies: null, corrections: true, byAlbum: true, received: false, since: null };

/** Whatever an older version wrote becomes choices that this one understands. */
export function readChoices(value: unknown): ExportChoices {
  const { originals, copies, corrections, byAlbum, received, since } = record(value);
  const kind = copies === "image/jpeg" || copies === "image/png" ? copies : null;
  return {
    originals: originals !== false || kind === null,
    copies: kind,
    corrections: corrections !== false,
    byAlbum: byAlbum !== false,
    received: isTrue(received),
    since: textOrNull(since),
  };
}
