/**
 * The frame around an export: BagIt 1.0 (RFC 8493), by which anybody can check that every byte arrived,
 * now and in thirty years.
 */

/** One file of the bag. */
export interface BagFile {
  /** Inside the bag, with "/": "data/photos/Lake/a.jpg". */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256, 64 hexadecimal digits in lower case. */
  readonly sha256: string;
}

export const BAG_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
export const MANIFEST = "manifest-sha256.txt";
export const TAG_MANIFEST = "tagmanifest-sha256.txt";
export const BAG_INFO = "bag-info.txt";
export const DECLARATION = "bagit.txt";

/**
 * Lines of a manifest, in the order of their paths.
 *
 * Paths need no encoding: `portableName` leaves no "%" and no line break in them. @throws RangeError for a path with one.
 */
export function manifestOf(files: readonly BagFile[]): string {
  return [...manifestPieces(files)].join("");
}

const LINES_AT_ONCE = 1000;

/** The same in pieces: of a large bag the whole is twenty megabytes. */
export function* manifestPieces(files: readonly BagFile[]): Generator<string> {
  const sorted = [...files].sort((left, right) => (left.path < right.path ? -1 : 1));
  for (let at = 0; at < sorted.length; at += LINES_AT_ONCE) yield sorted.slice(at, at + LINES_AT_ONCE).map(lineOf).join("");
}

function lineOf({ path, sha256 }: BagFile): string {
  if (/[%\r\n]/.test(path)) throw new RangeError("A path of a manifest has no percent sign and no line break.");
  return `${sha256}  ${path}\n`;
}

export interface BagFacts {
  /** ISO 8601 UTC. */
  readonly madeAt: string;
  readonly software: string;
  /** What is in it, in a sentence. */
  readonly description: string;
  /** The oldest time of arrival of what is in it, for an export of what is new; null for a whole one. */
  readonly since: string | null;
}

/** A value keeps to one line; what RFC 8493 would fold is not needed here. */
const line = (label: string, value: string): string => `${label}: ${value.replaceAll(/\s+/g, " ").trim()}\n`;

function spokenSize(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let size = bytes;
  let unit = 0;
  for (; size >= 1000 && unit < units.length - 1; unit += 1) size /= 1000;
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}

/** `bag-info.txt`. */
export function bagInfo(payload: readonly BagFile[], facts: BagFacts): string {
  const bytes = payload.reduce((sum, file) => sum + file.bytes, 0);
  return [
    line("Bagging-Date", facts.madeAt.slice(0, 10)),
    line("Bag-Software-Agent", facts.software),
    line("External-Description", facts.description),
    line("Payload-Oxum", `${bytes}.${payload.length}`),
    line("Bag-Size", spokenSize(bytes)),
    facts.since === null ? "" : line("PocketVault-Since", facts.since),
  ].join("");
}
