/**
 * Names of files and folders that every file system takes, as close to a photo's own as can be.
 *
 * Nothing is cut for looks. What Windows, a browser's folder or a BagIt manifest cannot hold becomes "_",
 * and a name is shortened only to the length that its target demands; its full spelling stands in the
 * sidecar. Sources: "Naming Files, Paths, and Namespaces" (learn.microsoft.com); RFC 8493, 2.1.3, whose
 * percent-encoding common validators do not undo; Chromium's rules for names of the File System Access API.
 */
import { wellFormed } from "./spelling.ts";

/** The longest name that a target takes: in bytes of UTF-8 (most of Unix) or in units of UTF-16 (Windows, APFS). */
export interface NameLimit {
  readonly unit: "bytes" | "units";
  readonly most: number;
}

/** Holds on every file system in use, so that an archive unpacks wherever it is carried. */
export const ANYWHERE: NameLimit = { unit: "bytes", most: 255 };

const REFUSED = /[<>:"/\\|?*%\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Noncharacter_Code_Point}/gu;
/** Invisible marks, such as those that turn the direction of writing; joiners stay, they make letters and emoji. */
const INVISIBLE = /(?![\u200c\u200d])\p{Cf}/gu;
const RESERVED = /^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$)\s*(\.|$)/iu;
/** Windows reads more than a name out of these endings, and browsers refuse them. */
const SHORTCUT = /\.(lnk|url|scf|\{[^.]*\})$/iu;

/** Splits text where a reader sees one character: an emoji of five parts is one. */
const CHARACTERS = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Bytes of UTF-8 that a code point takes. Asked for every letter of every name, so no text is encoded for it. */
const bytesOf = (point: number): number => (point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4);

function lengthOf(text: string, unit: NameLimit["unit"]): number {
  if (unit === "units") return text.length;
  let bytes = 0;
  for (const point of text) bytes += bytesOf(point.codePointAt(0) ?? 0);
  return bytes;
}

/** "a.b.jpg" is "a.b" and ".jpg"; what is longer than an extension can be is none. */
export function splitName(name: string): readonly [stem: string, extension: string] {
  const at = name.lastIndexOf(".");
  const extension = at > 0 ? name.slice(at) : "";
  return extension.length > 1 && /^\.[\p{L}\p{N}]{1,12}$/u.test(extension) ? [name.slice(0, at), extension] : [name, ""];
}

/** The longest beginning of a text that fits, cut between characters as a reader sees them. */
function beginning(text: string, most: number, unit: NameLimit["unit"]): string {
  let at = 0;
  let used = 0;
  for (const point of text) {
    used += unit === "units" ? point.length : bytesOf(point.codePointAt(0) ?? 0);
    if (used > most) break;
    at += point.length;
  }
  if (at === text.length) return text;
  const whole = CHARACTERS.segment(text).containing(at)?.index ?? at;
  // A reader's character has no longest length; code points do.
  return text.slice(0, whole > 0 ? whole : at);
}

/** `stem` and `ending` within the limit: the ending stays whole, and no dot or space is left before nothing. */
function fitted(stem: string, ending: string, { unit, most }: NameLimit): string {
  if (lengthOf(stem + ending, unit) <= most) return stem + ending;
  const kept = beginning(stem, most - lengthOf(ending, unit), unit);
  return (ending === "" ? kept.replace(/[. ]+$/u, "") : kept) + ending;
}

/** A name that Windows, macOS, Linux and a browser's folder take. `fallback` stands in for a name of nothing. */
export function portableName(name: string, fallback: string, limit: NameLimit = ANYWHERE): string {
  const plain = wellFormed(name).normalize("NFC").replace(INVISIBLE, "").replace(REFUSED, "_");
  const named = /^[_\s.]*$/u.test(plain) ? fallback : plain.replace(/^(?=[\s.])/u, "_").replace(/(?<=[\s.])$/u, "_");
  const free = RESERVED.test(named) ? `_${named}` : named;
  const [stem, extension] = splitName(SHORTCUT.test(free) ? `${free}_` : free);
  return fitted(stem, extension, limit);
}

/** Equal for names that some file system holds to be the same: it ignores case, composition and "ß" for "ss". */
export function nameKey(name: string): string {
  return name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFC");
}

/** Endings of what stands beside a photo, in the order in which it is written. */
export const SIDECAR_ENDINGS = [".json", ".xmp"] as const;
const LONGEST_ENDING = Math.max(...SIDECAR_ENDINGS.map((ending) => ending.length));
export type SidecarEnding = (typeof SIDECAR_ENDINGS)[number];

/**
 * The name of what stands beside a file: all of its name and the ending. Where that is too long the
 * beginning of the name is left, as in Google Takeout, so that importers still pair them.
 */
export function sidecarName(name: string, ending: SidecarEnding, limit: NameLimit = ANYWHERE): string {
  return endedName(name, ending, limit);
}

/** All of a name and an ending, or as much of the name as leaves room for it. */
export const endedName = (name: string, ending: string, limit: NameLimit): string => fitted(name, ending, limit);

export interface NameWish {
  /** Who asks; stays the same over every run. */
  readonly id: string;
  readonly name: string;
}

/** How a file's names were settled: its own, and those of its sidecars. */
export interface GivenNames {
  readonly name: string;
  readonly json: string;
  readonly xmp: string;
}

/**
 * Gives every name of one folder once: the second "a.jpg" becomes "a~2.jpg".
 *
 * Whoever comes first by id keeps the name as it is, and nobody loses a name of their own to somebody else's
 * number, so the same photos get the same names in every run. Names given in an earlier run are kept.
 */
export class FolderNames {
  readonly #limit: NameLimit;
  readonly #taken = new Set<string>();
  readonly #kept: ReadonlyMap<string, string>;

  constructor(limit: NameLimit = ANYWHERE, { kept = new Map(), reserved = [] }: { readonly kept?: ReadonlyMap<string, string>; readonly reserved?: readonly string[] } = {}) {
    this.#limit = limit;
    this.#kept = kept;
    for (const name of reserved) this.#taken.add(nameKey(name));
  }

  /** Names by id. Call once for a folder. */
  give(wishes: readonly NameWish[], fallback: (id: string) => string): Map<string, GivenNames> {
    const given = new Map<string, GivenNames>();
    const settle = (id: string, names: GivenNames): void => {
      for (const name of [names.name, names.json, names.xmp]) this.#taken.add(nameKey(name));
      given.set(id, names);
    };
    const ordered = [...wishes].sort((left, right) => (left.id < right.id ? -1 : 1));
    for (const { id } of ordered) {
      const kept = this.#kept.get(id);
      if (kept !== undefined) settle(id, this.#names(kept));
    }
    const waiting: { readonly id: string; readonly wish: string }[] = [];
    for (const { id, name } of ordered) {
      if (given.has(id)) continue;
      const wish = portableName(name, fallback(id), this.#limit);
      const names = this.#names(wish);
      if (this.#isFree(names)) settle(id, names);
      else waiting.push({ id, wish });
    }
    for (const { id, wish } of waiting) settle(id, this.#numbered(wish));
    return given;
  }

  /** Where to begin counting, by wish: with 50,000 files of one name, from one would take a minute. */
  readonly #numbers = new Map<string, number>();
  /** Beginnings that leave room for an ending of some length. */
  readonly #shortened = new Map<string, string>();

  #numbered(wish: string): GivenNames {
    const [stem, extension] = splitName(wish);
    const key = nameKey(wish);
    for (let number = this.#numbers.get(key) ?? 2; ; number += 1) {
      const names = this.#names(this.#shortStem(stem, `~${number}${extension}`) + `~${number}${extension}`);
      if (!this.#isFree(names)) continue;
      this.#numbers.set(key, number + 1);
      return names;
    }
  }

  /** Leaves room for the sidecars' endings too, or the number itself would be cut from their names. */
  #shortStem(stem: string, ending: string): string {
    const key = `${ending.length} ${stem}`;
    const known = this.#shortened.get(key);
    if (known !== undefined) return known;
    const room = { ...this.#limit, most: this.#limit.most - LONGEST_ENDING };
    const short = fitted(stem, ending, room).slice(0, -ending.length);
    this.#shortened.set(key, short);
    return short;
  }

  #names(name: string): GivenNames {
    return { name, json: sidecarName(name, ".json", this.#limit), xmp: sidecarName(name, ".xmp", this.#limit) };
  }

  #isFree({ name, json, xmp }: GivenNames): boolean {
    const keys = [name, json, xmp].map(nameKey);
    // A long name that ends like a sidecar would be its own.
    return new Set(keys).size === keys.length && keys.every((key) => !this.#taken.has(key));
  }
}
